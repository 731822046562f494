//! Deleting an account with a link in a message.

use std::time::Duration;

use axum::http::StatusCode;
use futures::future::join_all;
use serde_json::{Value, json};

use super::inbox::{label, link, newest, open, token, verified};
use crate::{
    contract::assert_error,
    support::{
        PASSWORD, TestApp, WRONG_PASSWORD,
        browser::Browser,
        client::TestResponse,
        person::Person,
        records::{count, operate, security_log},
    },
};

const ADA: &str = "ada@example.com";
/// The default of `LATCHKEY_FRESH`.
const FRESH: Duration = Duration::from_mins(15);
const REQUESTS: &str = "outbox WHERE kind = 'delete_account'";

/// A program of a user with a verified address, in a session that is not fresh.
async fn old_session(app: &TestApp, email: &str) -> Person {
    verified(app, email).await;
    let person = Person::sign_in(app, email).await;
    app.wait(FRESH);
    person
}

/// A browser of a user with a verified address and without a password, in a session that is not fresh.
async fn old_browser(app: &TestApp) -> Browser {
    let browser = verified(app, ADA).await;
    operate(app, "DELETE FROM credentials").await;
    app.wait(FRESH);
    browser
}

async fn delete(app: &TestApp, person: &Person, body: Value) -> TestResponse {
    app.client().post("/api/auth/delete-user").bearer(&person.session_token).json(&body).await
}

/// Asks for a link on the page, and returns it.
async fn requested(app: &TestApp, browser: &Browser) -> String {
    assert_eq!(browser.post("request-deletion", &[]).await.header("location"), "/account/delete");
    link(&newest(app, ADA).await.expect("a message"))
}

fn sent() -> Value {
    json!({ "success": true, "message": "Verification email sent" })
}

fn deleted() -> Value {
    json!({ "success": true, "message": "User deleted" })
}

#[tokio::test]
async fn stock_flow_deletes_with_a_link() {
    let app = TestApp::new().await;
    let ada = old_session(&app, ADA).await;
    let grace = Person::sign_up(&app, "grace@example.com").await;
    let answer = delete(&app, &ada, json!({ "callbackURL": "/bye?x=1" })).await;
    assert_eq!((answer.status, answer.json()), (StatusCode::OK, sent()));
    assert!(answer.set_cookies().is_empty() && app.has_session(&ada.session_token).await, "nothing is deleted");
    let message = newest(&app, ADA).await.expect("a message");
    assert_eq!(message.subject, "Delete your Latchkey account");
    let link = link(&message);
    assert!(link.starts_with("/api/auth/delete-user/callback?token=") && link.ends_with("&callbackURL=%2Fbye%3Fx%3D1"));

    let scanner = app.client().get(&link).await;
    assert_error(&scanner, 404, "FAILED_TO_GET_USER_INFO", "Failed to get user info");
    let other = app.client().get(&link).bearer(&grace.session_token).await;
    assert_error(&other, 404, "INVALID_TOKEN", "Invalid token");
    assert_eq!(count(&app, "users").await, 2);

    let followed = app.client().get(&link).bearer(&ada.session_token).await;
    assert_eq!((followed.status, followed.header("location")), (StatusCode::FOUND, "/bye?x=1"));
    assert!(followed.clears_session() && !app.has_session(&ada.session_token).await);
    assert_eq!((count(&app, "users").await, count(&app, "one_time_secrets").await), (1, 1), "Grace's");
    let log = security_log(&app).await;
    assert!(log.iter().any(|event| event.kind == "user_deleted" && event.user_id.as_ref() == Some(&ada.user_id)));
    assert_eq!(newest(&app, ADA).await.expect("a notice").subject, "Your Latchkey account was deleted");
}

#[tokio::test]
async fn token_in_body_deletes() {
    let app = TestApp::new().await;
    let ada = old_session(&app, ADA).await;
    assert_eq!(delete(&app, &ada, json!({})).await.json(), sent());
    let token = token(&newest(&app, ADA).await.expect("a message"));
    let wrong = delete(&app, &ada, json!({ "token": token, "password": WRONG_PASSWORD })).await;
    assert_error(&wrong, 400, "INVALID_PASSWORD", "Invalid password");
    let unknown = delete(&app, &ada, json!({ "token": &token[1..] })).await;
    assert_error(&unknown, 404, "INVALID_TOKEN", "Invalid token");
    assert_eq!(delete(&app, &ada, json!({ "token": token })).await.json(), deleted());
    assert_eq!(count(&app, "users").await, 0);
}

#[tokio::test]
async fn callback_without_url_answers_with_json() {
    let app = TestApp::new().await;
    let ada = old_session(&app, ADA).await;
    delete(&app, &ada, json!({})).await;
    let path = format!("/api/auth/delete-user/callback?token={}", token(&newest(&app, ADA).await.expect("a message")));
    let followed = app.client().get(&path).bearer(&ada.session_token).await;
    assert_eq!((followed.status, followed.json()), (StatusCode::OK, deleted()));
}

#[tokio::test]
async fn expired_replaced_and_other_links_are_refused() {
    let app = TestApp::new().await;
    let ada = old_session(&app, ADA).await;
    let next_token = async || {
        app.wait(Duration::from_secs(1));
        delete(&app, &ada, json!({})).await;
        token(&newest(&app, ADA).await.expect("a message"))
    };
    let older = next_token().await;
    let newer = next_token().await;
    let reset = super::inbox::requested_token(&app, ADA).await;
    app.wait(Duration::from_mins(59));
    for refused in [&older, &reset] {
        assert_error(&delete(&app, &ada, json!({ "token": refused })).await, 404, "INVALID_TOKEN", "Invalid token");
    }
    app.wait(Duration::from_mins(1));
    assert_error(&delete(&app, &ada, json!({ "token": newer })).await, 404, "INVALID_TOKEN", "Invalid token");
    let changed = next_token().await;
    operate(&app, "UPDATE users SET email = 'x@example.com', email_key = 'x@example.com'").await;
    assert_error(&delete(&app, &ada, json!({ "token": changed })).await, 404, "INVALID_TOKEN", "Invalid token");
    assert_eq!(count(&app, "users").await, 1);
}

#[tokio::test]
async fn password_or_fresh_session_needs_no_message() {
    let app = TestApp::new().await;
    let ada = old_session(&app, ADA).await;
    assert_eq!(delete(&app, &ada, json!({ "password": PASSWORD })).await.json(), deleted());
    verified(&app, "grace@example.com").await;
    let grace = Person::sign_in(&app, "grace@example.com").await;
    assert_eq!(delete(&app, &grace, json!({})).await.json(), deleted());
    assert_eq!(count(&app, REQUESTS).await, 0);
}

#[tokio::test]
async fn unverified_address_or_no_mail_needs_a_sign_in() {
    let message = "Session expired. Re-authenticate to perform this action.";
    let app = TestApp::new().await;
    let ada = Person::sign_up(&app, ADA).await;
    let without = TestApp::with(&[("LATCHKEY_MAIL", "off")]).await;
    let grace = Person::sign_up(&without, ADA).await;
    operate(&without, "UPDATE users SET email_verified = true").await;
    for (app, person) in [(&app, &ada), (&without, &grace)] {
        app.wait(FRESH);
        assert_error(&delete(app, person, json!({})).await, 400, "SESSION_EXPIRED", message);
        assert_eq!(count(app, REQUESTS).await, 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn link_used_in_parallel_deletes_once() {
    let app = TestApp::with(&[("LATCHKEY_RATE_LIMIT", "off")]).await;
    let ada = old_session(&app, ADA).await;
    delete(&app, &ada, json!({})).await;
    let token = token(&newest(&app, ADA).await.expect("a message"));
    let answers = join_all((0..100).map(|_| delete(&app, &ada, json!({ "token": token })))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == StatusCode::OK).count(), 1);
    assert!(answers.iter().all(|answer| [200, 401, 404].contains(&answer.status.as_u16())));
}

#[tokio::test]
async fn messages_per_account_are_limited() {
    let app = TestApp::new().await;
    let ada = old_session(&app, ADA).await;
    for _ in 0..7 {
        assert_eq!(delete(&app, &ada, json!({})).await.json(), sent());
    }
    assert_eq!(count(&app, REQUESTS).await, 5, "per hour");
}

#[tokio::test]
async fn user_without_password_deletes_with_a_link() {
    let app = TestApp::new().await;
    let browser = old_browser(&app).await;
    let page = browser.page("/account/delete").await;
    assert!(page.contains("Send me a link") && !page.contains("/actions/delete-account"), "{page}");
    assert_eq!(browser.post("delete-account", &[]).await.header("location"), "/account/delete");
    let link = requested(&app, &browser).await;
    assert!(browser.page("/account/delete").await.contains("Open it in this browser"));
    let page = open(&browser, &link).await;
    assert!(page.contains(r#"action="/actions/confirm-deletion""#) && page.contains(ADA), "{page}");
    assert!(browser.is_signed_in().await, "opening the link changes nothing");
    let confirmed = browser.post("confirm-deletion", &[("link", &label(&page))]).await;
    assert_eq!((confirmed.header("location"), confirmed.clears_session()), ("/", true));
    assert!(browser.page("/").await.contains("Your account is deleted."));
    assert_eq!(count(&app, "users").await, 0);
}

#[tokio::test]
async fn recent_sign_in_without_password_deletes() {
    let app = TestApp::new().await;
    let browser = verified(&app, ADA).await;
    operate(&app, "DELETE FROM credentials").await;
    let page = browser.page("/account/delete").await;
    assert!(page.contains(r#"action="/actions/delete-account""#) && !page.contains("current_password"), "{page}");
    assert_eq!(browser.post("delete-account", &[]).await.header("location"), "/");
    assert_eq!(count(&app, "users").await, 0);
}

#[tokio::test]
async fn user_without_password_and_mail_signs_in_again() {
    let app = TestApp::with(&[("LATCHKEY_MAIL", "off")]).await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    operate(&app, "DELETE FROM credentials").await;
    app.wait(FRESH);
    assert!(browser.page("/account/delete").await.contains("sign out, and sign in again"));
    for action in ["delete-account", "request-deletion"] {
        assert_eq!(browser.post(action, &[]).await.header("location"), "/account/delete");
    }
    assert_eq!((count(&app, "users").await, count(&app, "outbox").await), (1, 0));
}

#[tokio::test]
async fn link_without_session_asks_to_sign_in() {
    let app = TestApp::new().await;
    let browser = old_browser(&app).await;
    let link = requested(&app, &browser).await;
    let scanner = Browser::new(&app);
    assert_eq!(scanner.follow_link(&link, "cross-site").await.header("location"), "/delete-account");
    let page = scanner.get("/delete-account").await;
    assert_eq!((page.status, page.header("location")), (StatusCode::SEE_OTHER, "/sign-in?next=%2Fdelete-account"));
    let posted = scanner.post("confirm-deletion", &[("link", &label(&open(&browser, &link).await))]).await;
    assert_eq!(posted.header("location"), "/sign-in?next=%2Fdelete-account");
    assert_eq!(count(&app, "users").await, 1);
}

#[tokio::test]
async fn link_in_session_of_another_user_is_refused() {
    let app = TestApp::new().await;
    let ada = old_browser(&app).await;
    let grace = Browser::new(&app);
    grace.sign_up("grace@example.com").await;
    let link = requested(&app, &ada).await;
    assert!(open(&grace, &link).await.contains("This link is for another account"));
    let posted = grace.post("confirm-deletion", &[("link", &label(&open(&ada, &link).await))]).await;
    assert_eq!(posted.header("location"), "/delete-account");
    assert_eq!(count(&app, "users").await, 2);
}

#[tokio::test]
async fn link_that_does_not_work_says_why() {
    let app = TestApp::new().await;
    let browser = old_browser(&app).await;
    let link = requested(&app, &browser).await;
    let page = open(&browser, &link[..link.len() - 1]).await;
    assert!(page.contains("This link doesn’t work") && page.contains(r#"href="/account/delete""#), "{page}");
    let label = label(&open(&browser, &link).await);
    app.wait(Duration::from_hours(1));
    assert!(open(&browser, &link).await.contains("This link has expired"));
    let posted = browser.post("confirm-deletion", &[("link", &label)]).await;
    assert_eq!(posted.header("location"), "/delete-account");
    assert_eq!(count(&app, "users").await, 1);
}
