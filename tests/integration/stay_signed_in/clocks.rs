//! Revocation does not depend on the clocks of the machines.

use std::time::Duration;

use latchkey::{auth::sessions::feed::MAX_CLOCK_DIFFERENCE, clock::ManualClock};
use sea_orm::{ConnectionTrait, Database, DbBackend, TransactionTrait};

use crate::support::{TestApp, person::Person, records::operate};

const MINUTE: Duration = Duration::from_mins(1);

/// A second process whose clock is behind or ahead.
async fn replica_with_clock(app: &TestApp, behind: Duration, ahead: Duration) -> (TestApp, ManualClock) {
    let clock = ManualClock::starting_at(app.now().minus(behind).plus(ahead));
    (app.replica_with(clock.clone()).await, clock)
}

async fn status(app: &TestApp, person: &Person) -> u16 {
    person.get(app, "").await.status.as_u16()
}

#[tokio::test]
async fn replica_with_wrong_clock_misses_no_sign_out() {
    for (behind, ahead) in [(70, 0), (600, 0), (0, 600)].map(|(b, a)| (Duration::from_secs(b), Duration::from_secs(a)))
    {
        let app = TestApp::with(&[("LATCHKEY_ACCESS_TTL", "1h")]).await;
        let (replica, clock) = replica_with_clock(&app, behind, ahead).await;
        let ada = app.person("ada@example.com").await;
        replica.poll_revocations().await;
        app.wait(11 * MINUTE);
        clock.advance(11 * MINUTE);
        assert_eq!(status(&replica, &ada).await, 200);
        ada.sign_out(&app).await;
        replica.poll_revocations().await;
        assert_eq!(status(&replica, &ada).await, 401, "{behind:?} behind, {ahead:?} ahead");
        let (started, _) = replica_with_clock(&app, behind, ahead).await;
        assert_eq!(status(&started, &ada).await, 401, "a start reads it too");
    }
}

#[tokio::test]
async fn sign_out_by_a_wrong_clock_reaches_replicas() {
    for (behind, ahead) in [(MINUTE * 10, Duration::ZERO), (Duration::ZERO, MINUTE * 10)] {
        let app = TestApp::with(&[("LATCHKEY_ACCESS_TTL", "1h")]).await;
        let (replica, _) = replica_with_clock(&app, behind, ahead).await;
        let ada = app.person("ada@example.com").await;
        app.poll_revocations().await;
        ada.sign_out(&replica).await;
        app.poll_revocations().await;
        assert_eq!(status(&app, &ada).await, 401);
        assert_eq!(status(&app.restarted().await, &ada).await, 401);
    }
}

#[tokio::test]
async fn clock_forward_and_back_forgets_no_sign_out() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    ada.sign_out(&app).await;
    app.clock.set_forward(3 * MAX_CLOCK_DIFFERENCE);
    app.poll_revocations().await;
    app.clock.set_back(3 * MAX_CLOCK_DIFFERENCE);
    assert_eq!(status(&app, &ada).await, 401, "before the next poll");
    app.poll_revocations().await;
    assert_eq!(status(&app, &ada).await, 401);
}

/// A user who has signed out so long ago that the session is no longer in memory.
async fn with_forgotten_session() -> (TestApp, Person) {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    ada.sign_out(&app).await;
    app.poll_revocations().await;
    app.wait(2 * MAX_CLOCK_DIFFERENCE);
    app.poll_revocations().await;
    (app, ada)
}

#[tokio::test]
async fn clock_set_back_reloads_forgotten_sessions() {
    let (app, ada) = with_forgotten_session().await;
    app.clock.set_back((2 * MAX_CLOCK_DIFFERENCE).saturating_sub(MINUTE));
    app.poll_revocations().await;
    assert_eq!(status(&app, &ada).await, 401, "the token has not expired by the clock");
}

#[tokio::test]
async fn small_steps_back_reload_forgotten_sessions() {
    let (app, ada) = with_forgotten_session().await;
    for _ in 0..2 * 3600 / 20 - 3 {
        app.clock.set_back(Duration::from_secs(20));
        app.poll_revocations().await;
    }
    assert_eq!(status(&app, &ada).await, 401);
}

#[tokio::test]
async fn purged_events_do_not_stop_the_feed() {
    let app = TestApp::new().await;
    let replica = app.replica().await;
    let ada = app.person("ada@example.com").await;
    Person::sign_in(&app, "ada@example.com").await.sign_out(&app).await;
    replica.poll_revocations().await;
    app.wait(40 * 24 * 60 * MINUTE);
    app.purge().await;
    operate(&app, "DELETE FROM user_events WHERE kind = 'session.ended'").await;
    replica.poll_revocations().await;
    let again = Person::sign_in(&app, "ada@example.com").await;
    again.get(&replica, "").await.assert_ok();
    again.sign_out(&app).await;
    replica.poll_revocations().await;
    assert_eq!(status(&replica, &again).await, 401);
    drop(ada);
}

/// A transaction that ended a session commits late. The number of a later end must not become visible before.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn late_commit_of_an_end_is_not_missed() {
    let app = TestApp::new().await;
    let db = Database::connect(app.database_url()).await.expect("the database is reachable");
    if db.get_database_backend() != DbBackend::Postgres {
        // SQLite has one writer at a time.
        return;
    }
    let replica = app.replica().await;
    let (ada, bea) = (app.person("ada@example.com").await, app.person("bea@example.com").await);
    replica.poll_revocations().await;
    // Takes the same steps as a writer, up to the commit. Its clock is behind.
    let late = db.begin().await.expect("a transaction");
    let (session, user) = (ada.session_id(), &ada.user_id);
    for statement in [
        format!("UPDATE sessions SET ended_at = 1, end_reason = 'signed_out' WHERE id = '{session}'"),
        "SELECT pg_advisory_xact_lock(4107330925618842)".to_owned(),
        format!(
            r#"INSERT INTO user_events (user_id, kind, data, created_at)
               VALUES ('{user}', 'session.ended', '{{"sessionId":"{session}","reason":"signed_out"}}', 1)"#
        ),
    ] {
        late.execute_unprepared(&statement).await.expect("the statement succeeds");
    }
    let later = async {
        bea.sign_out(&app).await;
    };
    let polls = async {
        for _ in 0..20 {
            replica.poll_revocations().await;
            tokio::task::yield_now().await;
        }
        late.commit().await.expect("the transaction commits");
    };
    tokio::join!(later, polls);
    replica.poll_revocations().await;
    assert_eq!((status(&replica, &ada).await, status(&replica, &bea).await), (401, 401));
}
