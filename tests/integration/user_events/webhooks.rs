//! Webhooks: signed by the specification, in the order of each user.

use std::time::Duration;

use serde_json::json;

use super::{
    TOKEN, events,
    receiver::{NEXT_SECRET, Receiver, Reply, SECRET},
};
use crate::support::{TestApp, person::Person};

#[tokio::test]
async fn webhook_is_signed_and_equals_the_event() {
    let mut receiver = Receiver::start().await;
    let app = TestApp::with(&receiver.settings()).await;
    app.person("ada@example.com").await;
    app.wait(Duration::from_secs(90));
    assert_eq!(app.deliver_webhooks().await, 1);
    let webhook = receiver.next().await;
    assert_eq!(vec![webhook.json()], events(&app).await);
    assert_eq!(webhook.id, "evt_1_1800000000000");
    assert_eq!(webhook.timestamp, "1800000090", "the time of the attempt");
    assert_eq!((webhook.content_type.as_str(), webhook.signatures.len()), ("application/json", 1));
    assert!(webhook.is_signed_with(SECRET) && !webhook.is_signed_with(NEXT_SECRET));
    assert_eq!(app.deliver_webhooks().await, 0, "it is delivered once");
}

#[tokio::test]
async fn two_secrets_sign_twice() {
    let mut receiver = Receiver::start().await;
    let both = format!("{NEXT_SECRET} {SECRET}");
    let app = TestApp::with(&[("LATCHKEY_WEBHOOK_URL", &receiver.url), ("LATCHKEY_WEBHOOK_SECRET", &both)]).await;
    app.person("ada@example.com").await;
    app.deliver_webhooks().await;
    let webhook = receiver.next().await;
    assert_eq!(webhook.signatures.len(), 2);
    assert!(webhook.is_signed_with(SECRET) && webhook.is_signed_with(NEXT_SECRET));
}

#[tokio::test]
async fn large_answer_to_a_webhook_is_a_success() {
    let mut receiver = Receiver::start().await;
    let app = TestApp::with(&receiver.settings()).await;
    app.person("ada@example.com").await;
    receiver.plan("user.created", &[Reply::Large(200)]);
    assert_eq!(app.deliver_webhooks().await, 1);
    app.wait(Duration::from_hours(1));
    assert_eq!(app.deliver_webhooks().await, 0, "it is delivered");
    assert_eq!(receiver.types(), ["user.created"]);
}

#[tokio::test]
async fn running_service_sends_webhooks() {
    let mut receiver = Receiver::start().await;
    let app = TestApp::with(&receiver.settings()).await;
    let jobs = app.run_jobs();
    let ada = app.person("ada@example.com").await;
    assert_eq!(receiver.next().await.kind(), "user.created");
    ada.sign_out(&app).await;
    assert_eq!(receiver.next().await.kind(), "session.ended");
    jobs.abort();
}

#[tokio::test]
async fn events_of_a_user_arrive_in_order() {
    let mut receiver = Receiver::start().await;
    let app = TestApp::with(&receiver.settings()).await;
    let ada = app.person("ada@example.com").await;
    let rename = app.client().patch(&ada.path("")).bearer(&ada.access_token);
    rename.json(&json!({ "name": "Grace" })).await.assert_ok();
    app.disable(&ada.user_id).await;
    receiver.plan("user.updated", &[Reply::Status(500)]);
    let expected = ["user.created", "user.updated", "user.updated", "user.disabled", "session.ended"];
    let mut delivered = Vec::new();
    while delivered.len() < expected.len() {
        assert!(app.deliver_webhooks().await <= 1, "one at a time");
        delivered.extend(receiver.types());
        app.wait(Duration::from_secs(10));
    }
    assert_eq!(delivered, expected);
}

#[tokio::test]
async fn failed_event_delays_only_its_user() {
    let mut receiver = Receiver::start().await;
    let app = TestApp::with(&receiver.settings()).await;
    let ada = app.person("ada@example.com").await;
    ada.sign_out(&app).await;
    for name in ["eve", "grace"] {
        app.person(&format!("{name}@example.com")).await.sign_out(&app).await;
    }
    receiver.plan(&ada.user_id, &vec![Reply::Status(500); 20]);
    while app.deliver_webhooks().await > 0 {}
    let webhooks = receiver.received();
    let of_ada = webhooks.iter().filter(|webhook| webhook.body.contains(&ada.user_id)).count();
    assert_eq!((of_ada, webhooks.len()), (1, 5));
}

#[tokio::test]
async fn held_request_delays_nothing_else() {
    let mut receiver = Receiver::start().await;
    let app = TestApp::with(&receiver.settings()).await;
    let ada = app.person("ada@example.com").await;
    receiver.plan(&ada.user_id, &[Reply::Held]);
    let jobs = app.run_jobs();
    assert!(receiver.next().await.body.contains(&ada.user_id));
    let eve = app.person("eve@example.com").await;
    assert!(receiver.next().await.body.contains(&eve.user_id));
    ada.sign_out(&app).await;
    eve.sign_out(&app).await;
    assert!(receiver.next().await.body.contains(&eve.user_id));
    receiver.release();
    assert_eq!(receiver.next().await.kind(), "session.ended");
    jobs.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn replicas_deliver_each_event_once() {
    let mut receiver = Receiver::start().await;
    let settings = [&receiver.settings()[..], &[("LATCHKEY_RATE_LIMIT", "off")]].concat();
    let app = TestApp::with(&settings).await;
    let replicas = [app.replica().await, app.replica().await];
    for number in 0..20 {
        app.person(&format!("user{number}@example.com")).await;
    }
    loop {
        let (one, two) = tokio::join!(replicas[0].deliver_webhooks(), replicas[1].deliver_webhooks());
        if one + two == 0 {
            break;
        }
    }
    let mut ids: Vec<_> = receiver.received().into_iter().map(|webhook| webhook.id).collect();
    assert_eq!(ids.len(), 20);
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 20);
}

#[tokio::test]
async fn first_webhooks_describe_existing_users() {
    let app = TestApp::with(&[TOKEN]).await;
    let ada = app.person("ada@example.com").await;
    Person::sign_in(&app, "ada@example.com").await.sign_out(&app).await;
    assert_eq!(app.deliver_webhooks().await, 0);
    let mut receiver = Receiver::start().await;
    let app = app.restarted_with(&receiver.settings()).await.expect("the service starts");
    while app.deliver_webhooks().await > 0 {}
    assert_eq!(receiver.types(), ["user.created", "session.ended"]);
    ada.sign_out(&app).await;
    app.deliver_webhooks().await;
    assert_eq!(receiver.types(), ["session.ended"]);
}
