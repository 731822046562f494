//! Webhooks that fail: retries, the end of retries, and crashes.

use std::time::Duration;

use latchkey::{
    outbound::Reach,
    webhooks::{WebhookTarget, Webhooks, sign::SigningSecret},
};

use super::{
    TOKEN,
    receiver::{Receiver, Reply, SECRET},
};
use crate::support::{TestApp, log::CapturedLog};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

#[tokio::test]
async fn failures_are_retried_for_three_days() {
    let mut receiver = Receiver::start().await;
    let app = TestApp::with(&receiver.settings()).await;
    let ada = app.person("ada@example.com").await;
    ada.sign_out(&app).await;
    receiver.plan("user.created", &vec![Reply::Status(500); 20]);
    let delays = [SECOND * 5, MINUTE * 5, MINUTE * 30, HOUR * 2, HOUR * 5, HOUR * 10, HOUR * 14, HOUR * 20, HOUR * 24];
    for delay in delays {
        assert_eq!(app.deliver_webhooks().await, 1);
        app.wait(delay.saturating_sub(SECOND));
        assert_eq!(app.deliver_webhooks().await, 0, "{delay:?}");
        app.wait(delay / 5 + SECOND);
    }
    assert_eq!(app.deliver_webhooks().await, 1);
    let attempts = receiver.received();
    assert_eq!(attempts.len(), 10);
    assert!(attempts.iter().all(|attempt| attempt.id == attempts[0].id && attempt.body == attempts[0].body));
    assert!(attempts.iter().all(|attempt| attempt.is_signed_with(SECRET)));
    let mut times: Vec<_> = attempts.iter().map(|attempt| attempt.timestamp.clone()).collect();
    times.dedup();
    assert_eq!(times.len(), 10, "each attempt has its own time");

    // The event is given up, and the next one of the user is sent.
    app.deliver_webhooks().await;
    assert_eq!(receiver.types(), ["session.ended"]);
    app.wait(HOUR * 48);
    assert_eq!(app.deliver_webhooks().await, 0);
}

#[tokio::test]
async fn every_other_status_is_a_failure() {
    let mut receiver = Receiver::start().await;
    let app = TestApp::with(&receiver.settings()).await;
    app.person("ada@example.com").await;
    let failures = [302, 304, 400, 404, 429, 503].map(Reply::Status);
    receiver.plan("user.created", &failures);
    for _ in &failures {
        assert_eq!(app.deliver_webhooks().await, 1);
        app.wait(HOUR * 24);
    }
    assert_eq!(app.deliver_webhooks().await, 1);
    assert_eq!(app.deliver_webhooks().await, 0);
    assert_eq!(receiver.received().len(), 7);
}

#[tokio::test]
async fn retry_after_is_respected() {
    let mut receiver = Receiver::start().await;
    let app = TestApp::with(&receiver.settings()).await;
    app.person("ada@example.com").await;
    receiver.plan("user.created", &[Reply::After(503, "3600")]);
    app.deliver_webhooks().await;
    app.wait(MINUTE * 59);
    assert_eq!(app.deliver_webhooks().await, 0);
    app.wait(MINUTE * 15);
    assert_eq!(app.deliver_webhooks().await, 1);
    assert_eq!(receiver.received().len(), 2);
}

#[tokio::test]
async fn status_410_stops_until_the_next_start() {
    let mut receiver = Receiver::start().await;
    let app = TestApp::with(&receiver.settings()).await;
    app.person("ada@example.com").await;
    receiver.plan("user.created", &[Reply::Status(410)]);
    app.deliver_webhooks().await;
    app.person("eve@example.com").await;
    app.wait(HOUR);
    assert_eq!(app.deliver_webhooks().await, 0);
    let app = app.restarted().await;
    assert_eq!(app.deliver_webhooks().await, 2);
    assert_eq!(receiver.received().len(), 3);
}

#[tokio::test]
async fn unreachable_receiver_is_retried() {
    let mut receiver = Receiver::start().await;
    let gone = "http://127.0.0.1:9/";
    let app = TestApp::with(&[("LATCHKEY_WEBHOOK_URL", gone), ("LATCHKEY_WEBHOOK_SECRET", SECRET), TOKEN]).await;
    app.person("ada@example.com").await;
    assert_eq!(app.deliver_webhooks().await, 1);
    let app = app.restarted_with(&receiver.settings()).await.expect("the service starts");
    app.wait(SECOND * 6);
    assert_eq!(app.deliver_webhooks().await, 1);
    assert_eq!(receiver.types(), ["user.created"]);
}

/// A process claims an event and dies before it records the result.
#[tokio::test]
async fn claimed_event_of_a_dead_process_is_sent() {
    let mut receiver = Receiver::start().await;
    let app = TestApp::with(&receiver.settings()).await;
    app.person("ada@example.com").await;
    let store = app.store().await.expect("the database is reachable");
    let claims = store.claim_webhooks(app.now(), app.now().plus(MINUTE), 10).await.expect("the database is reachable");
    assert_eq!(claims.len(), 1);
    drop(claims);
    app.wait(MINUTE.saturating_sub(SECOND));
    assert_eq!(app.deliver_webhooks().await, 0, "another process may still send it");
    app.wait(SECOND);
    assert_eq!(app.deliver_webhooks().await, 1);
    assert_eq!(receiver.types(), ["user.created"]);
}

/// The name is harmless, and its address is not.
#[tokio::test]
async fn private_address_receives_nothing() {
    let mut receiver = Receiver::start().await;
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    let url = receiver.url.replace("127.0.0.1", "localhost").parse().expect("a URL");
    let secrets = vec![SigningSecret::parse(SECRET).expect("a secret")];
    let store = app.store().await.expect("the database is reachable");
    let target = WebhookTarget { url, secrets, reach: Reach::Public };
    let webhooks = Webhooks::new(store, app.clock.clock(), target).expect("a client");
    let log = CapturedLog::start();
    assert_eq!(webhooks.deliver_due().await.expect("the database is reachable"), 1);
    assert!(receiver.received().is_empty());
    assert!(log.text().contains("the host's address is not public"), "{}", log.text());
}
