//! Verifying the e-mail address.

use std::time::Duration;

use axum::http::StatusCode;
use futures::future::join_all;
use serde_json::{Value, json};

use super::inbox::{label, link, newest, open, token, verification};
use crate::support::{
    BASE_URL, NEW_PASSWORD, PASSWORD, TestApp,
    browser::Browser,
    client::TestResponse,
    person::Person,
    records::{count, security_log},
};

const ADA: &str = "ada@example.com";

/// Signs up in a browser, and returns the link in the message.
async fn signed_up(app: &TestApp, browser: &Browser) -> String {
    browser.sign_up(ADA).await;
    link(&verification(app, ADA).await.expect("a message"))
}

async fn is_verified(app: &TestApp) -> bool {
    count(app, "users WHERE email_verified").await == 1
}

async fn send(app: &TestApp, person: Option<&Person>, body: Value) -> (u16, Value) {
    let request = app.client().post("/api/auth/send-verification-email").json(&body);
    let response = match person {
        Some(person) => request.bearer(&person.session_token).await,
        None => request.await,
    };
    (response.status.as_u16(), response.json())
}

async fn follow(app: &TestApp, person: Option<&Person>, path: &str) -> TestResponse {
    let request = app.client().get(&format!("/api/auth/verify-email{path}"));
    match person {
        Some(person) => request.bearer(&person.session_token).await,
        None => request.await,
    }
}

#[tokio::test]
async fn address_is_verified_with_one_button() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    let link = signed_up(&app, &browser).await;
    assert!(browser.page("/account").await.contains("Verify your address"));
    let page = open(&browser, &link).await;
    assert!(page.contains(r#"action="/actions/verify-email""#) && page.contains(ADA), "{page}");
    assert!(!is_verified(&app).await, "opening the link changes nothing");
    let verified = browser.post("verify-email", &[("link", &label(&page))]).await;
    assert_eq!(verified.header("location"), "/account");
    let account = browser.page("/account").await;
    assert!(account.contains("Your e-mail address is verified.") && !account.contains("Send the message again"));
    assert!(is_verified(&app).await && browser.is_signed_in().await);
    let log = security_log(&app).await;
    assert!(log.iter().any(|event| event.kind == "user_email_verified" && event.user_id.is_some()));
    assert_eq!(count(&app, "user_events WHERE kind = 'user.updated'").await, 1);
    assert!(open(&browser, &link).await.contains("Your address is verified"));
}

/// GHSA-qq9h-g4jm-xgf3, CVE-2026-53516
#[tokio::test]
async fn link_outside_of_session_sets_new_password() {
    let app = TestApp::new().await;
    let (attacker, victim) = (Browser::new(&app), Browser::new(&app));
    let link = signed_up(&app, &attacker).await;
    let page = open(&victim, &link).await;
    assert!(page.contains(r#"action="/actions/claim-account""#) && page.contains("new-password"), "{page}");
    let label = label(&page);
    let without = victim.post("verify-email", &[("link", &label)]).await;
    assert_eq!(without.header("location"), "/verify-email");
    assert!(!is_verified(&app).await && attacker.is_signed_in().await);
    let claimed = victim.post("claim-account", &[("link", &label), ("password", NEW_PASSWORD)]).await;
    assert_eq!(claimed.header("location"), "/sign-in");
    assert!(is_verified(&app).await && !attacker.is_signed_in().await);
    attacker.sign_in(ADA, PASSWORD).await;
    assert!(!attacker.is_signed_in().await);
    victim.sign_in(ADA, NEW_PASSWORD).await;
    assert!(victim.is_signed_in().await);
    assert!(newest(&app, ADA).await.expect("a notice").subject.contains("was reset"));
}

#[tokio::test]
async fn session_of_another_user_does_not_verify() {
    let app = TestApp::new().await;
    let (ada, grace) = (Browser::new(&app), Browser::new(&app));
    let link = signed_up(&app, &ada).await;
    grace.sign_up("grace@example.com").await;
    let page = open(&grace, &link).await;
    assert!(page.contains(r#"action="/actions/claim-account""#), "{page}");
    grace.post("verify-email", &[("link", &label(&page))]).await;
    assert!(!is_verified(&app).await);
}

#[tokio::test]
async fn message_is_sent_again_on_request() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    let first = signed_up(&app, &browser).await;
    app.wait(Duration::from_secs(1));
    let sent = browser.post("send-verification", &[]).await;
    assert_eq!(sent.header("location"), "/account");
    assert!(browser.page("/account").await.contains("We’ve sent you a message"));
    let second = link(&verification(&app, ADA).await.expect("a message"));
    assert_ne!(first, second);
    assert!(open(&browser, &first).await.contains("This link doesn’t work"));
    assert!(open(&browser, &second).await.contains("Verify address"));
    app.wait(Duration::from_hours(1));
    assert!(open(&browser, &second).await.contains("This link has expired"));
}

#[tokio::test]
async fn service_without_mail_has_no_reminder() {
    let app = TestApp::with(&[("LATCHKEY_MAIL", "off")]).await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    assert!(!browser.page("/account").await.contains("Verify your address"));
    assert_eq!(count(&app, "outbox").await, 0);
}

#[tokio::test]
async fn stock_flow_verifies_in_a_session() {
    let app = TestApp::new().await;
    let ada = app.person(ADA).await;
    let (status, body) = send(&app, None, json!({ "email": ADA, "callbackURL": "/verified?x=1" })).await;
    assert_eq!((status, &body), (200, &json!({ "status": true })));
    assert_eq!(send(&app, None, json!({ "email": "grace@example.com" })).await, (status, body));
    app.deliver_mail().await;
    // A newer request replaces the earlier links.
    app.wait(Duration::from_secs(1));
    send(&app, Some(&ada), json!({ "email": ADA, "callbackURL": "/verified?x=1" })).await;
    let message = verification(&app, ADA).await.expect("a message");
    let link = link(&message);
    assert!(link.starts_with("/api/auth/verify-email?token=") && link.ends_with("&callbackURL=%2Fverified%3Fx%3D1"));
    let path = link.strip_prefix("/api/auth/verify-email").expect("a path");
    let verified = follow(&app, Some(&ada), path).await;
    assert_eq!((verified.status, verified.header("location")), (StatusCode::FOUND, "/verified?x=1"));
    assert!(is_verified(&app).await);
    let again = follow(&app, None, path).await;
    assert_eq!(again.header("location"), "/verified?x=1");
    let (status, body) = send(&app, Some(&ada), json!({ "email": ADA })).await;
    assert_eq!((status, body["code"].as_str()), (400, Some("EMAIL_ALREADY_VERIFIED")));
    let (status, body) = send(&app, Some(&ada), json!({ "email": "grace@example.com" })).await;
    assert_eq!((status, body["code"].as_str()), (400, Some("EMAIL_MISMATCH")));
}

#[tokio::test]
async fn api_link_without_session_leads_to_the_page() {
    let app = TestApp::new().await;
    let ada = app.person(ADA).await;
    let token = token(&verification(&app, ADA).await.expect("a message"));
    let path = format!("?token={token}");
    let outside = follow(&app, None, &path).await;
    let page = format!("{BASE_URL}/verify-email?token={token}");
    assert_eq!((outside.status, outside.header("location")), (StatusCode::FOUND, &*page));
    assert!(!is_verified(&app).await);
    let inside = follow(&app, Some(&ada), &path).await;
    assert_eq!((inside.status, inside.json()), (StatusCode::OK, json!({ "status": true, "user": null })));
}

#[tokio::test]
async fn api_link_that_has_expired_says_so() {
    let app = TestApp::new().await;
    let ada = app.person(ADA).await;
    let path = format!("?token={}", token(&verification(&app, ADA).await.expect("a message")));
    app.wait(Duration::from_hours(1));
    let expired = follow(&app, Some(&ada), &path).await;
    assert_eq!((expired.status, expired.json()["code"].as_str()), (StatusCode::UNAUTHORIZED, Some("TOKEN_EXPIRED")));
    let redirected = follow(&app, Some(&ada), &format!("{path}&callbackURL=/w%3Fx%3D1")).await;
    assert_eq!(redirected.header("location"), "/w?x=1&error=TOKEN_EXPIRED");
}

#[tokio::test]
async fn reset_verifies_and_ends_the_link() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    let link = signed_up(&app, &browser).await;
    let reset = super::inbox::requested_token(&app, ADA).await;
    let page = open(&browser, &format!("/reset-password?token={reset}")).await;
    browser.post("reset-password", &[("link", &label(&page)), ("password", NEW_PASSWORD)]).await;
    assert!(is_verified(&app).await);
    assert!(open(&browser, &link).await.contains("Your address is verified"));
    let claimed = browser.post("claim-account", &[("link", "x"), ("password", PASSWORD)]).await;
    assert_eq!(claimed.header("location"), "/verify-email");
}

#[tokio::test]
async fn parallel_claims_of_one_link_have_one_success() {
    let app = TestApp::with(&[("LATCHKEY_RATE_LIMIT", "off")]).await;
    let (attacker, victim) = (Browser::new(&app), Browser::new(&app));
    let link = signed_up(&app, &attacker).await;
    let label = label(&open(&victim, &link).await);
    let passwords: Vec<_> = (0..100).map(|number| format!("{NEW_PASSWORD} {number}")).collect();
    let forms: Vec<_> =
        passwords.iter().map(|password| [("link", label.as_str()), ("password", password.as_str())]).collect();
    let answers = join_all(forms.iter().map(|form| victim.post("claim-account", form))).await;
    let pages: Vec<_> = answers.iter().map(|answer| answer.header("location")).collect();
    assert_eq!(pages.iter().filter(|page| **page == "/sign-in").count(), 1, "{pages:?}");
    assert_eq!(pages.iter().filter(|page| **page == "/verify-email").count(), 99, "{pages:?}");
    assert_eq!(count(&app, "outbox WHERE kind = 'password_reset'").await, 1, "one notice");
}

#[tokio::test]
async fn parallel_uses_in_a_session_verify_once() {
    let app = TestApp::with(&[("LATCHKEY_RATE_LIMIT", "off")]).await;
    let ada = app.person(ADA).await;
    let path = format!("?token={}", token(&verification(&app, ADA).await.expect("a message")));
    let answers = join_all((0..100).map(|_| follow(&app, Some(&ada), &path))).await;
    assert!(answers.iter().any(|answer| answer.status == StatusCode::OK));
    let log = security_log(&app).await;
    assert_eq!(log.iter().filter(|event| event.kind == "user_email_verified").count(), 1);
    assert_eq!(count(&app, "user_events WHERE kind = 'user.updated'").await, 1);
}
