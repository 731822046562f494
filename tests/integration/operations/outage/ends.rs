//! Sessions that end while the database refuses writes: this process refuses them at once, and stores their end later.

use axum::http::StatusCode;
use sea_orm::{ConnectionTrait, DatabaseConnection};
use serde_json::{Value, json};

use super::EVENTS;
use crate::support::{
    TestApp,
    browser::{ACCESS, Browser, SESSION},
    client::TestResponse,
    database::{one_connection, postgres_server},
    person::Person,
    records::security_log,
};

/// A lock that lets the service read and not write.
struct Lock(DatabaseConnection);

impl Lock {
    async fn take(app: &TestApp) -> Self {
        let other = one_connection(app.database_url()).await;
        let sql = match postgres_server() {
            Some(_) => "BEGIN; LOCK TABLE sessions, user_events IN SHARE MODE",
            None => "BEGIN IMMEDIATE",
        };
        other.execute_unprepared(sql).await.expect("the lock");
        Self(other)
    }

    async fn release(self) {
        self.0.execute_unprepared("ROLLBACK").await.expect("the lock is free");
    }
}

async fn app() -> TestApp {
    TestApp::with(&[EVENTS, ("LATCHKEY_DATABASE_CONNECTIONS", "16")]).await
}

fn browser_of(app: &TestApp, person: &Person) -> Browser {
    let browser = Browser::new(app);
    browser.set_cookie(ACCESS, &person.access_token);
    browser.set_cookie(SESSION, &person.session_token);
    browser
}

/// The database is the only process's (200), or shared with others (503).
fn assert_ended_here(response: &TestResponse) {
    if postgres_server().is_some() {
        assert_eq!(response.status, StatusCode::SERVICE_UNAVAILABLE, "{}", response.body);
        assert_eq!(response.header("retry-after"), "1");
    } else {
        assert!(response.status.is_success(), "{} {}", response.status, response.body);
    }
}

/// The access token, the session token and both as cookies.
async fn assert_refused(app: &TestApp, person: &Person) {
    assert_eq!(person.get(app, "").await.status, 401);
    assert!(!app.has_session(&person.session_token).await);
    let browser = browser_of(app, person);
    browser.remove_cookie(ACCESS);
    assert!(!browser.is_signed_in().await, "the session token renews nothing");
    assert!(!browser_of(app, person).is_signed_in().await);
}

/// The reasons of the ended sessions in the user events, and the kinds of the security log.
async fn ends(app: &TestApp) -> Vec<String> {
    let page = app.client().get("/api/events?limit=1000").bearer(EVENTS.1).await.json();
    let events = page["events"].as_array().expect("events").iter();
    let reason = |event: &Value| event["data"]["session"]["reason"].as_str().map(str::to_owned);
    events.filter(|event| event["type"] == "session.ended").filter_map(reason).collect()
}

async fn logged(app: &TestApp, kind: &str) -> usize {
    security_log(app).await.iter().filter(|event| event.kind == kind).count()
}

#[tokio::test]
async fn form_sign_out_is_refused_at_once() {
    let app = app().await;
    let (ada, replica) = (app.person("ada@example.com").await, app.replica().await);
    let browser = browser_of(&app, &ada);
    let lock = Lock::take(&app).await;
    let response = browser.post("sign-out", &[]).await;
    assert_eq!(response.header("location"), "/sign-in");
    assert!(response.clears_session());
    let page = browser.get("/sign-in").await;
    assert_ended_here(&page);
    assert!(page.body.contains("You’re signed out"), "{}", page.body);
    assert_refused(&app, &ada).await;
    assert!(ends(&app).await.is_empty());

    lock.release().await;
    app.write_queued_ends().await;
    assert_eq!(ends(&app).await, ["signed_out"]);
    assert_eq!(logged(&app, "session_expired").await, 1);
    assert_refused(&app, &ada).await;
    replica.poll_revocations().await;
    assert_refused(&replica, &ada).await;
    app.write_queued_ends().await;
    assert_eq!(ends(&app).await.len(), 1, "the queue is empty");
}

#[tokio::test]
async fn api_sign_out_is_refused_at_once() {
    let app = app().await;
    let (ada, bea) = (app.person("ada@example.com").await, app.person("bea@example.com").await);
    let lock = Lock::take(&app).await;
    let bearer = app.client().post("/api/auth/sign-out").bearer(&ada.session_token).await;
    let cookies = browser_of(&app, &bea).post_json("/api/auth/sign-out", &json!({})).await;
    for (response, person) in [(bearer, &ada), (cookies, &bea)] {
        assert_ended_here(&response);
        assert!(response.clears_session());
        assert_refused(&app, person).await;
    }
    lock.release().await;
    app.write_queued_ends().await;
    assert_eq!(ends(&app).await, ["signed_out"; 2]);
}

#[tokio::test]
async fn revoked_sessions_are_refused_at_once() {
    let app = app().await;
    let here = app.person("ada@example.com").await;
    let there = Person::sign_in(&app, "ada@example.com").await;
    let everywhere = app.person("bea@example.com").await;
    let stranger = app.person("eve@example.com").await;
    let lock = Lock::take(&app).await;
    let path = here.path(&format!("/sessions/{}", stranger.session_id()));
    let response = app.send(&format!("DELETE {path}"), &[("authorization", &here.bearer())], "").await;
    assert_eq!(response.status, StatusCode::NOT_FOUND, "the session of another user");
    stranger.get(&app, "").await.assert_ok();

    let line = format!("DELETE {}", here.path("/sessions"));
    let response = app.send(&line, &[("authorization", &here.bearer())], "").await;
    assert_ended_here(&response);
    if postgres_server().is_none() {
        assert_eq!(response.json()["revoked"], 1);
    }
    let response = app.client().post("/api/auth/revoke-sessions").bearer(&everywhere.session_token).await;
    assert_ended_here(&response);
    assert!(response.clears_session());
    for person in [&there, &everywhere] {
        assert_refused(&app, person).await;
    }
    here.get(&app, "").await.assert_ok();
    let list = here.get(&app, "/sessions").await.json();
    assert_eq!(list["sessions"].as_array().map(Vec::len), Some(1), "{list}");

    lock.release().await;
    let again = Person::sign_in(&app, "bea@example.com").await;
    app.write_queued_ends().await;
    assert_eq!(ends(&app).await, ["revoked"; 2]);
    again.get(&app, "").await.assert_ok();
    here.get(&app, "").await.assert_ok();
}

#[tokio::test]
async fn reused_token_is_refused_at_once() {
    let app = app().await;
    let browser = Browser::new(&app);
    browser.sign_up("ada@example.com").await;
    let thief = browser.stolen();
    for _ in 0..2 {
        app.wait(std::time::Duration::from_mins(11));
        browser.get("/account").await;
    }
    let session = browser.cookie(SESSION).expect("a session token");
    let lock = Lock::take(&app).await;
    thief.remove_cookie(ACCESS);
    let response = thief.get("/account").await;
    assert!(response.clears_session(), "{}", response.status);
    assert!(!app.has_session(&session).await && !browser.is_signed_in().await);
    lock.release().await;
    app.write_queued_ends().await;
    assert_eq!(ends(&app).await, ["token_reused"]);
    assert_eq!(logged(&app, "authn_token_reuse").await, 1);
}

#[tokio::test]
async fn unreachable_database_still_refuses() {
    let app = app().await;
    let (ada, bea) = (app.person("ada@example.com").await, app.person("bea@example.com").await);
    let (form, api) = (browser_of(&app, &ada), browser_of(&app, &bea));
    app.close_database().await;
    assert!(form.post("sign-out", &[]).await.clears_session());
    let response = api.post_json("/api/auth/sign-out", &json!({})).await;
    assert_ended_here(&response);
    assert!(response.clears_session());
    for person in [&ada, &bea] {
        assert_eq!(person.get(&app, "").await.status, 401);
        assert!(app.verify(&person.access_token).is_err());
    }
}

#[tokio::test]
async fn failed_password_change_ends_no_session() {
    let app = app().await;
    let here = app.person("ada@example.com").await;
    let there = Person::sign_in(&app, "ada@example.com").await;
    let lock = Lock::take(&app).await;
    let body = json!({ "currentPassword": crate::support::PASSWORD, "newPassword": crate::support::NEW_PASSWORD });
    let response = app.client().post("/api/auth/change-password").bearer(&here.session_token).json(&body).await;
    assert_eq!(response.status, StatusCode::SERVICE_UNAVAILABLE);
    lock.release().await;
    app.write_queued_ends().await;
    there.get(&app, "").await.assert_ok();
    Person::sign_in(&app, "ada@example.com").await.get(&app, "").await.assert_ok();
}
