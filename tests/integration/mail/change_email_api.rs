//! Changing the e-mail address over the sign-in API.

use std::time::Duration;

use axum::http::StatusCode;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use futures::future::join_all;
use serde_json::{Value, json};

use super::inbox::{link, newest, token};
use crate::support::{
    BASE_URL, TestApp,
    client::TestResponse,
    person::{Person, access_token},
    records::{count, operate},
};

const ADA: &str = "ada@example.com";
const NEW: &str = "ada@example.org";

async fn request(app: &TestApp, person: &Person, body: Value) -> TestResponse {
    app.client().post("/api/auth/change-email").bearer(&person.session_token).json(&body).await
}

async fn follow(app: &TestApp, person: Option<&Person>, query: &str) -> TestResponse {
    let request = app.client().get(&format!("/api/auth/verify-email?{query}"));
    match person {
        Some(person) => request.bearer(&person.session_token).await,
        None => request.await,
    }
}

/// Asks for a change, and returns the secret of the link.
async fn asked(app: &TestApp, person: &Person) -> String {
    request(app, person, json!({ "newEmail": NEW })).await.assert_ok();
    token(&newest(app, NEW).await.expect("a message"))
}

fn refusal(response: &TestResponse) -> (u16, Option<String>) {
    (response.status.as_u16(), response.json()["code"].as_str().map(str::to_owned))
}

fn refused(status: u16, code: &str) -> (u16, Option<String>) {
    (status, Some(code.to_owned()))
}

async fn has_address(app: &TestApp, email: &str) -> bool {
    count(app, &format!("users WHERE email = '{email}'")).await == 1
}

#[tokio::test]
async fn stock_flow_changes_the_address() {
    let app = TestApp::new().await;
    let ada = app.person(ADA).await;
    let other = Person::sign_in(&app, ADA).await;
    let answer = request(&app, &ada, json!({ "newEmail": NEW, "callbackURL": "/changed?x=1" })).await;
    assert_eq!((answer.status, answer.json()), (StatusCode::OK, json!({ "status": true })));
    let link = link(&newest(&app, NEW).await.expect("a message"));
    assert!(link.starts_with("/api/auth/verify-email?token=") && link.ends_with("&callbackURL=%2Fchanged%3Fx%3D1"));
    let query = link.split_once('?').expect("a query").1;
    let changed = follow(&app, Some(&ada), query).await;
    assert_eq!((changed.status, changed.header("location")), (StatusCode::FOUND, "/changed?x=1"));
    let session = app.session(&ada.session_token).await;
    assert_eq!((&session["user"]["email"], &session["user"]["emailVerified"]), (&json!(NEW), &json!(true)));
    assert!(!app.has_session(&other.session_token).await);
    Person::sign_in(&app, NEW).await;
}

#[tokio::test]
async fn change_without_callback_answers_with_user() {
    let app = TestApp::new().await;
    let ada = app.person(ADA).await;
    let token = asked(&app, &ada).await;
    let changed = follow(&app, Some(&ada), &format!("token={token}")).await;
    changed.assert_ok();
    let body = changed.json();
    assert_eq!((&body["status"], &body["user"]["email"]), (&json!(true), &json!(NEW)));
    assert_eq!((&body["user"]["id"], &body["user"]["emailVerified"]), (&json!(ada.user_id), &json!(true)));
    assert!(changed.set_cookies().is_empty(), "no session");
}

#[tokio::test]
async fn change_to_taken_address_answers_the_same() {
    let app = TestApp::new().await;
    let (ada, _grace) = (app.person(ADA).await, app.person("grace@example.com").await);
    let [free, taken] = [NEW, "grace@example.com"].map(|email| request(&app, &ada, json!({ "newEmail": email })));
    let (free, taken) = (free.await, taken.await);
    assert_eq!((free.status, free.json()), (taken.status, taken.json()));
}

#[tokio::test]
async fn old_session_is_not_fresh() {
    let app = TestApp::new().await;
    let ada = app.person(ADA).await;
    app.wait(Duration::from_mins(15));
    let answer = request(&app, &ada, json!({ "newEmail": NEW })).await;
    assert_eq!(refusal(&answer), refused(403, "SESSION_NOT_FRESH"));
    let again = Person::sign_in(&app, ADA).await;
    request(&app, &again, json!({ "newEmail": NEW })).await.assert_ok();
    assert_eq!(count(&app, "outbox WHERE kind = 'change_email'").await, 1);
}

#[tokio::test]
async fn bad_requests_are_refused() {
    let app = TestApp::new().await;
    let ada = app.person(ADA).await;
    let same = request(&app, &ada, json!({ "newEmail": "ADA@example.com" })).await;
    assert_eq!((same.status, same.json()), (StatusCode::BAD_REQUEST, json!({ "message": "Email is the same" })));
    for (body, status, code) in [
        (json!({}), 400, "VALIDATION_ERROR"),
        (json!({ "newEmail": "nobody" }), 400, "VALIDATION_ERROR"),
        (json!({ "newEmail": ["a@b.org"] }), 400, "VALIDATION_ERROR"),
        (json!({ "newEmail": NEW, "callbackURL": "https://evil.example" }), 403, "INVALID_CALLBACK_URL"),
        (json!({ "newEmail": NEW, "callbackURL": "//evil.example" }), 403, "INVALID_CALLBACK_URL"),
    ] {
        assert_eq!(refusal(&request(&app, &ada, body.clone()).await), refused(status, code), "{body}");
    }
    assert_eq!(count(&app, "outbox WHERE kind = 'change_email'").await, 0);
}

#[tokio::test]
async fn spelling_is_applied_at_once() {
    let app = TestApp::new().await;
    let ada = app.person("νικοσ@example.com").await;
    request(&app, &ada, json!({ "newEmail": "νικος@example.com" })).await.assert_ok();
    assert_eq!(app.session(&ada.session_token).await["user"]["email"], "νικος@example.com");
    assert_eq!(count(&app, "outbox WHERE kind = 'change_email'").await, 0);
}

#[tokio::test]
async fn change_link_works_in_own_session_only() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.person(ADA).await, app.person("grace@example.com").await);
    let token = asked(&app, &ada).await;
    let query = format!("token={token}&callbackURL=/w%3Fx%3D1");
    let outside = follow(&app, None, &query).await;
    let page = format!("{BASE_URL}/change-email?token={token}");
    assert_eq!((outside.status, outside.header("location")), (StatusCode::FOUND, &*page));
    assert!(outside.set_cookies().is_empty(), "no session");
    let foreign = follow(&app, Some(&grace), &query).await;
    assert_eq!(foreign.header("location"), "/w?x=1&error=INVALID_USER");
    let foreign = follow(&app, Some(&grace), &format!("token={token}")).await;
    assert_eq!(refusal(&foreign), refused(401, "INVALID_USER"));
    assert!(has_address(&app, ADA).await);
    follow(&app, Some(&ada), &format!("token={token}")).await.assert_ok();
}

#[tokio::test]
async fn change_link_that_does_not_work_says_why() {
    let app = TestApp::new().await;
    let ada = app.person(ADA).await;
    let token = asked(&app, &ada).await;
    let query = format!("token={token}");
    let grace = app.person(NEW).await;
    assert_eq!(refusal(&follow(&app, Some(&ada), &query).await), refused(422, "USER_ALREADY_EXISTS"));
    let redirected = follow(&app, Some(&ada), &format!("{query}&callbackURL=/w")).await;
    assert_eq!(redirected.header("location"), "/w?error=USER_ALREADY_EXISTS");
    operate(&app, &format!("DELETE FROM users WHERE id = '{}'", grace.user_id)).await;
    app.wait(Duration::from_hours(1));
    assert_eq!(refusal(&follow(&app, Some(&ada), &query).await), refused(401, "TOKEN_EXPIRED"));

    let ada = Person::sign_in(&app, ADA).await;
    let query = format!("token={}", asked(&app, &ada).await);
    assert_eq!(refusal(&follow(&app, Some(&ada), &query[..30]).await), refused(401, "INVALID_TOKEN"));
    follow(&app, Some(&ada), &query).await.assert_ok();
    assert_eq!(refusal(&follow(&app, Some(&ada), &query).await), refused(401, "INVALID_TOKEN"));
}

#[tokio::test]
async fn parallel_uses_of_one_change_have_one_success() {
    let app = TestApp::with(&[("LATCHKEY_RATE_LIMIT", "off")]).await;
    let ada = app.person(ADA).await;
    let query = format!("token={}", asked(&app, &ada).await);
    let uses = (0..100).map(|_| follow(&app, Some(&ada), &query));
    let statuses: Vec<_> = join_all(uses).await.iter().map(|response| response.status.as_u16()).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 99, "{statuses:?}");
    assert_eq!(count(&app, "user_events WHERE kind = 'user.updated'").await, 1);
    assert!(has_address(&app, NEW).await);
}

#[tokio::test]
async fn new_access_token_has_the_new_address() {
    let app = TestApp::with(&[("LATCHKEY_JWT_CLAIMS", "email")]).await;
    let ada = app.person(ADA).await;
    let query = format!("token={}", asked(&app, &ada).await);
    follow(&app, Some(&ada), &query).await.assert_ok();
    ada.get(&app, "").await.assert_ok();
    let token = access_token(&app, &ada.session_token).await;
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).expect("three parts")).expect("base64url");
    let claims: Value = serde_json::from_slice(&claims).expect("JSON");
    assert_eq!(claims["email"], NEW);
}
