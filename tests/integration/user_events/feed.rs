//! `GET /api/events`: pages, the token, and how long events are kept.

use std::time::Duration;

use serde_json::{Value, json};

use super::{TOKEN, app, events, get, types};
use crate::support::{
    MASTER_SECRET, SECRET, TestApp,
    records::{details, operate},
};

const DAY: Duration = Duration::from_hours(24);

/// Signs up and leaves no session.
async fn three_users(app: &TestApp) {
    for email in ["ada@example.com", "eve@example.com", "joan@example.com"] {
        app.person(email).await;
    }
}

async fn rename(app: &TestApp, email: &str, name: &str) {
    let person = crate::support::person::Person::sign_in(app, email).await;
    let request = app.client().patch(&person.path("")).bearer(&person.access_token);
    request.json(&json!({ "name": name })).await.assert_ok();
}

/// The events of all pages, and the last cursor.
async fn read_from(app: &TestApp, after: Option<&str>, limit: usize) -> (Vec<Value>, String) {
    let (mut all, mut after) = (Vec::new(), after.map(str::to_owned));
    loop {
        let cursor = after.as_ref().map_or_else(String::new, |after| format!("&after={after}"));
        let page = get(app, &format!("?limit={limit}{cursor}")).await;
        page.assert_ok();
        let page = page.json();
        let events = page["events"].as_array().expect("events");
        let next = page["next"].as_str().expect("a cursor").to_owned();
        all.extend(events.iter().cloned());
        if events.is_empty() {
            return (all, next);
        }
        after = Some(next);
    }
}

#[tokio::test]
async fn pages_continue_where_the_last_one_ended() {
    let app = app().await;
    assert_eq!(get(&app, "").await.json(), json!({ "events": [], "next": "0" }));
    three_users(&app).await;
    for limit in 1..=4 {
        let (all, next) = read_from(&app, None, limit).await;
        assert_eq!((types(&all), next.as_str()), (vec!["user.created".to_owned(); 3], "3"));
    }
    rename(&app, "ada@example.com", "Grace").await;
    let (new, next) = read_from(&app, Some("3"), 100).await;
    assert_eq!((types(&new), next.as_str()), (vec!["user.updated".to_owned()], "4"));
}

#[tokio::test]
async fn invalid_query_is_refused() {
    let app = app().await;
    three_users(&app).await;
    for query in
        ["?after=", "?after=x", "?after=-1", "?after=2-1", "?after=1&after=2", "?limit=0", "?limit=1001", "?before=1"]
    {
        assert_eq!(get(&app, query).await.problem(), "400 invalid_query", "{query}");
    }
}

#[tokio::test]
async fn token_is_required() {
    let app = app().await;
    let ada = app.person("ada@example.com").await;
    let program = app.client();
    let anonymous = program.get("/api/events").await;
    assert_eq!(anonymous.problem(), "401 unauthenticated");
    assert!(anonymous.header("www-authenticate").starts_with("Bearer"));
    for token in [SECRET, &MASTER_SECRET[1..], &format!("{MASTER_SECRET}x"), &ada.access_token, &ada.session_token] {
        assert_eq!(program.get("/api/events").bearer(token).await.problem(), "401 invalid_token");
    }
    assert_eq!(program.get("/api/events").header("cookie", ada.cookies()).await.problem(), "401 unauthenticated");
    assert_eq!(details(&app, "authn_token_invalid").await, vec![Some("not_an_events_token".to_owned()); 5]);
}

#[tokio::test]
async fn token_unset_is_not_found() {
    let app = TestApp::new().await;
    assert_eq!(app.client().get("/api/events").await.problem(), "404 not_found");
    assert_eq!(get(&app, "").await.problem(), "404 not_found");
}

#[tokio::test]
async fn token_second_is_accepted_too() {
    let both = format!("{SECRET} {MASTER_SECRET}");
    let app = TestApp::with(&[("LATCHKEY_EVENTS_TOKEN", &both)]).await;
    get(&app, "").await.assert_ok();
    app.client().get("/api/events").bearer(SECRET).await.assert_ok();
}

#[tokio::test]
async fn purged_feed_still_describes_all_users() {
    let app = app().await;
    three_users(&app).await;
    for name in ["Grace", "Joan"] {
        rename(&app, "ada@example.com", name).await;
    }
    app.wait(DAY * 31);
    app.purge().await;
    let (all, next) = read_from(&app, None, 1).await;
    assert_eq!(types(&all), ["user.created", "user.created", "user.updated"]);
    assert_eq!(all[2]["data"]["user"]["name"], "Joan");
    assert_eq!(next, "5");
    assert_eq!(get(&app, "?after=3").await.problem(), "410 events_gone");
    assert_eq!(get(&app, "?after=4").await.json()["events"].as_array().map(Vec::len), Some(1));
    get(&app, "?after=5").await.assert_ok();
}

#[tokio::test]
async fn first_reading_continues_after_a_purge() {
    let app = app().await;
    three_users(&app).await;
    rename(&app, "ada@example.com", "Grace").await;
    app.wait(DAY * 31);
    let page = get(&app, "?limit=1").await.json();
    app.purge().await;
    let (rest, _) = read_from(&app, page["next"].as_str(), 1).await;
    assert_eq!(types(&rest), ["user.created", "user.created", "user.updated"]);
}

#[tokio::test]
async fn events_are_kept_for_the_retention() {
    let app = TestApp::with(&[TOKEN, ("LATCHKEY_EVENTS_RETENTION", "60d")]).await;
    app.person("ada@example.com").await.sign_out(&app).await;
    app.wait(DAY * 59);
    app.purge().await;
    assert_eq!(types(&events(&app).await), ["user.created", "session.ended signed_out"]);
    app.wait(DAY * 2);
    app.purge().await;
    assert_eq!(types(&events(&app).await), ["user.created"]);
    // Nothing newer was deleted.
    get(&app, "?after=2").await.assert_ok();
    assert_eq!(get(&app, "?after=1").await.problem(), "410 events_gone");
}

/// After a backup is restored, the numbers that a backend has seen are given again.
#[tokio::test]
async fn cursor_ahead_of_the_database_is_gone() {
    let app = app().await;
    three_users(&app).await;
    assert_eq!(get(&app, "?after=4").await.problem(), "410 events_gone");
    get(&app, "?after=3").await.assert_ok();
}

#[tokio::test]
async fn users_from_before_the_upgrade_are_events() {
    let app = app().await;
    let ada = app.person("ada@example.com").await;
    let image = json!({ "image": "https://example.com/\"a\".png" });
    app.client().post("/api/auth/update-user").bearer(&ada.session_token).json(&image).await.assert_ok();
    let eve = app.person("eve@example.com").await;
    app.disable(&eve.user_id).await;
    let mut before: Vec<_> = events(&app).await;
    before.retain(|event| ["user.updated", "user.disabled"].contains(&event["type"].as_str().expect("a type")));

    for table in ["user_events", "user_events_purged"] {
        operate(&app, &format!("DROP TABLE {table}")).await;
    }
    operate(&app, "DELETE FROM seaql_migrations WHERE version = 'm20261127_000012_user_events'").await;
    let app = app.restarted().await;
    let after = events(&app).await;
    assert_eq!(types(&after), ["user.created", "user.created"]);
    let data = |events: &[Value]| {
        let mut data: Vec<_> = events.iter().map(|event| event["data"].clone()).collect();
        data.sort_by_key(|data| data["userId"].to_string());
        data
    };
    assert_eq!(data(&after), data(&before));
    assert_eq!(get(&app, "?after=2").await.json()["events"], json!([]));
}
