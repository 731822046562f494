//! What bounds the rows of the security log.

use std::{net::Ipv4Addr, time::Duration};

use latchkey::{auth::audit::Bound, domain::event::EventKind};
use serde_json::json;

use crate::support::{
    TestApp,
    browser::{ACCESS, Browser},
    records::{Record, security_log},
};

/// An address in a network of its own.
fn network(number: u32) -> Ipv4Addr {
    Ipv4Addr::from_bits(0x0a00_0000 + (number << 8))
}

async fn rows(app: &TestApp, kind: EventKind) -> Vec<Record> {
    security_log(app).await.into_iter().filter(|row| row.kind == kind.as_str()).collect()
}

/// The number of events that rows stand for.
fn events(rows: &[Record]) -> i64 {
    rows.iter().map(|row| row.count.unwrap_or(1)).sum()
}

#[tokio::test]
async fn every_kind_of_a_client_has_a_bound() {
    for kind in EventKind::ALL {
        for with_user in [true, false] {
            let limit = match Bound::of(kind, with_user) {
                Bound::Operator | Bound::Once => continue,
                Bound::Account => 60,
                Bound::Session => 5,
                Bound::Incident => 300,
            };
            let app = TestApp::new().await;
            let ada = app.person("ada@example.com").await;
            let before = rows(&app, kind).await;
            for number in 0..1_000 {
                app.record(kind, with_user.then(|| ada.ids()), network(number).into());
            }
            app.finish_events().await;
            let rows = rows(&app, kind).await;
            assert!(rows.len() - before.len() <= limit + 1, "{kind:?}: {} rows", rows.len());
            assert_eq!(events(&rows) - events(&before), 1_000, "{kind:?}");
        }
    }
}

#[tokio::test]
async fn renewals_of_one_session_store_few_rows() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up("ada@example.com").await;
    for _ in 0..1_000 {
        app.wait(Duration::from_secs(1));
        browser.remove_cookie(ACCESS);
        browser.get("/account").await;
    }
    app.finish_events().await;
    let rows = rows(&app, EventKind::SessionRenewed).await;
    assert!((1..=10).contains(&rows.len()), "{} rows", rows.len());
}

#[tokio::test]
async fn incidents_of_all_networks_share_a_budget() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    for number in 0..500 {
        app.client_at(&network(number).to_string()).get("/api/users/x").bearer("garbage").await;
    }
    assert_eq!(rows(&app, EventKind::TokenInvalid).await.len(), 300);
    app.wait(Duration::from_mins(1));
    let counted = rows(&app, EventKind::TokenInvalid).await.pop().expect("a row");
    assert_eq!((counted.count, counted.user_id, counted.address), (Some(200), None, None));
    app.client_at("198.51.100.1").get("/api/users/x").bearer("garbage").await;
    assert_eq!(rows(&app, EventKind::TokenInvalid).await.len(), 302, "the budget has room again");
    assert_eq!(ada.events(&app).await, ["session_created", "user_created"], "strangers' counts are in no user's log");
}

#[tokio::test]
async fn surplus_of_an_account_is_one_counted_entry() {
    let app = TestApp::new().await;
    let (ada, eve) = (app.person("ada@example.com").await, app.person("eve@example.com").await);
    let browser = Browser::new(&app);
    browser.sign_in("ada@example.com", crate::support::PASSWORD).await;
    for number in 0..100 {
        let request = app.client().patch(&ada.path("")).bearer(&ada.access_token);
        request.json(&json!({ "name": format!("Ada {number}") })).await.assert_ok();
    }
    app.wait(Duration::from_hours(1));
    let signed_in = browser.get("/api/auth/get-session").await.json();
    assert_eq!(signed_in["user"]["id"], ada.user_id);
    let list = browser.get(&ada.path("/events?limit=100")).await.json();
    let updates = || {
        let all = list["events"].as_array().expect("events").iter();
        all.filter(|event| event["event"] == "user_updated")
    };
    let counted: Vec<_> = updates().filter(|event| !event["count"].is_null()).collect();
    assert_eq!((updates().count(), counted.len()), (61, 1), "{list}");
    assert_eq!((&counted[0]["count"], &counted[0]["address"]), (&json!(40), &json!(null)));
    assert!(browser.page("/account/activity").await.contains("40 more times"));
    assert!(!eve.get(&app, "/events").await.body.contains("user_updated"));
}
