//! User events: what a backend learns about users over the API and as webhooks.

mod changes;
mod feed;
mod order;
mod receiver;
mod retries;
mod webhooks;

use serde_json::Value;

use crate::support::{MASTER_SECRET, TestApp, client::TestResponse};

/// The setting that turns `GET /api/events` on.
const TOKEN: (&str, &str) = ("LATCHKEY_EVENTS_TOKEN", MASTER_SECRET);

async fn app() -> TestApp {
    TestApp::with(&[TOKEN]).await
}

/// `GET /api/events` with a query such as `?after=1`.
async fn get(app: &TestApp, query: &str) -> TestResponse {
    app.client().get(&format!("/api/events{query}")).bearer(MASTER_SECRET).await
}

/// All events.
async fn events(app: &TestApp) -> Vec<Value> {
    let page = get(app, "?limit=1000").await;
    page.assert_ok();
    page.json()["events"].as_array().expect("events").clone()
}

/// The events' types, with the reasons of ended sessions.
fn types(events: &[Value]) -> Vec<String> {
    let describe = |event: &Value| {
        let kind = event["type"].as_str().expect("a type");
        let reason = event["data"]["session"]["reason"].as_str();
        reason.map_or_else(|| kind.to_owned(), |reason| format!("{kind} {reason}"))
    };
    events.iter().map(describe).collect()
}
