//! The order of events: a reader that follows the cursor misses none, however writers interleave.

use std::{pin::pin, sync::Arc};

use axum::http::StatusCode;
use futures::future::{Either, join_all, select};
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement, TransactionTrait};
use serde_json::{Value, json};

use super::{TOKEN, app, events, get};
use crate::support::{PASSWORD, TestApp};

async fn sign_up(app: &TestApp, number: usize) -> String {
    let body = json!({ "name": "", "email": format!("user{number}@example.com"), "password": PASSWORD });
    let client = app.client_at(&format!("192.0.2.{number}"));
    let mut response = client.post("/api/auth/sign-up/email").json(&body).await;
    // On a slow machine, the queue for the one writer of SQLite can be too long.
    while response.status == StatusCode::SERVICE_UNAVAILABLE {
        response = client.post("/api/auth/sign-up/email").json(&body).await;
    }
    response.assert_ok();
    response.json()["token"].as_str().expect("a token").to_owned()
}

/// The sequence numbers of the next page, and its cursor.
async fn next_page(app: &TestApp, after: &str) -> (Vec<i64>, String) {
    let page = get(app, &format!("?after={after}&limit=7")).await.json();
    let sequence = |event: &Value| event["sequence"].as_i64().expect("a number");
    let numbers = page["events"].as_array().expect("events").iter().map(sequence).collect();
    (numbers, page["next"].as_str().expect("a cursor").to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn parallel_writers_hide_no_event() {
    let app = Arc::new(TestApp::with(&[TOKEN, ("LATCHKEY_RATE_LIMIT", "off")]).await);
    let replica = app.replica().await;
    let writers = (0..30).map(|number| {
        let app = if number % 2 == 0 { &*app } else { &replica };
        async move {
            let token = sign_up(app, number).await;
            app.client().post("/api/auth/sign-out").bearer(&token).await.assert_ok();
        }
    });
    let mut writing = pin!(join_all(writers));
    let (mut seen, mut after) = (Vec::new(), "0".to_owned());
    loop {
        let cursor = after.clone();
        let reading = pin!(next_page(&app, &cursor));
        match select(reading, &mut writing).await {
            Either::Left(((numbers, next), _)) => {
                seen.extend(numbers);
                after = next;
            }
            Either::Right((_, reading)) => {
                let (numbers, next) = reading.await;
                seen.extend(numbers);
                after = next;
                break;
            }
        }
    }
    for app in [&*app, &replica] {
        app.write_queued_ends().await;
    }
    loop {
        let (numbers, next) = next_page(&app, &after).await;
        if numbers.is_empty() {
            break;
        }
        seen.extend(numbers);
        after = next;
    }
    let all: Vec<_> = events(&app).await.iter().map(|event| event["sequence"].as_i64().expect("a number")).collect();
    assert_eq!(all.len(), 60);
    assert_eq!(seen, all);
}

/// A transaction takes a number and commits late: later numbers must not be visible before it ends.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn late_commit_is_not_skipped() {
    let app = app().await;
    let db = Database::connect(app.database_url()).await.expect("the database is reachable");
    if db.get_database_backend() != DbBackend::Postgres {
        // SQLite has one writer at a time.
        return;
    }
    let first = app.person("ada@example.com").await;
    let (_, cursor) = next_page(&app, "0").await;
    // Takes the same steps as a writer, up to the commit.
    let late = db.begin().await.expect("a transaction");
    for statement in [
        "SELECT pg_advisory_xact_lock(4107330925618842)".to_owned(),
        format!(
            "INSERT INTO user_events (user_id, kind, data, created_at) VALUES ('{}', 'user.deleted', '{{}}', 1)",
            first.user_id
        ),
    ] {
        late.execute_unprepared(&statement).await.expect("the statement succeeds");
    }
    let mut writing = pin!(sign_up(&app, 1));
    // Until the writer waits for the lock.
    loop {
        let waits = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND pid IN \
                     (SELECT pid FROM pg_stat_activity WHERE datname = current_database())";
        let looking = pin!(db.query_one_raw(Statement::from_string(DbBackend::Postgres, waits)));
        match select(looking, &mut writing).await {
            Either::Left((found, _)) if found.as_ref().is_ok_and(Option::is_some) => break,
            Either::Left(_) => tokio::task::yield_now().await,
            Either::Right(_) => panic!("the second writer did not wait"),
        }
    }
    assert_eq!(next_page(&app, &cursor).await.0, Vec::<i64>::new());
    late.commit().await.expect("the transaction commits");
    writing.await;
    let (numbers, _) = next_page(&app, &cursor).await;
    assert_eq!(numbers.len(), 2);
}
