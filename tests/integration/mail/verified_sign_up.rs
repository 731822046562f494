//! `LATCHKEY_SIGN_UP=verify`: no session before the address is verified.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::inbox::{label, link, newest, open, verification};
use crate::support::{
    BASE_URL, NEW_PASSWORD, PASSWORD, TestApp,
    browser::Browser,
    client::TestResponse,
    person::Person,
    records::{count, operate, security_log},
};

const ADA: &str = "ada@example.com";

async fn app() -> TestApp {
    TestApp::with(&[("LATCHKEY_SIGN_UP", "verify")]).await
}

async fn sign_up_over_api(app: &TestApp, email: &str) -> TestResponse {
    let body = json!({ "name": "Ada", "email": email, "password": PASSWORD });
    app.client().post("/api/auth/sign-up/email").json(&body).await
}

/// Signs up in a browser, and verifies the address there.
async fn verified(app: &TestApp, browser: &Browser) {
    browser.sign_up(ADA).await;
    let link = link(&verification(app, ADA).await.expect("a message"));
    let page = open(browser, &link).await;
    assert!(page.contains(r#"action="/actions/verify-email""#), "{page}");
    let answer = browser.post("verify-email", &[("link", &label(&page))]).await;
    assert_eq!(answer.header("location"), "/sign-in");
}

/// A response without its ids and times.
fn shape(response: &TestResponse) -> (StatusCode, Value, Vec<String>) {
    let cookies =
        response.set_cookies().into_iter().map(|cookie| cookie.split('=').next().unwrap_or_default().to_owned());
    (response.status, response.snapshot(), cookies.collect())
}

#[tokio::test]
async fn user_signs_in_after_verification() {
    let app = app().await;
    let browser = Browser::new(&app);
    let answer = browser.sign_up(ADA).await;
    assert_eq!(answer.header("location"), "/sign-in");
    assert!(browser.page("/sign-in").await.contains("We’ve sent you a message."));
    assert!(!browser.is_signed_in().await);
    assert_eq!(count(&app, "users").await, 0, "created in the background");
    let link = link(&verification(&app, ADA).await.expect("a message"));
    assert_eq!(count(&app, "users").await, 1);
    let page = open(&browser, &link).await;
    browser.post("verify-email", &[("link", &label(&page))]).await;
    assert!(browser.page("/sign-in").await.contains("Your e-mail address is verified."));
    browser.sign_in(ADA, PASSWORD).await;
    assert!(browser.is_signed_in().await);
    let log = security_log(&app).await;
    let kinds: Vec<_> = log.iter().map(|event| event.kind.as_str()).collect();
    assert!(kinds.contains(&"user_created") && kinds.contains(&"user_email_verified"), "{kinds:?}");
}

#[tokio::test]
async fn sign_up_does_not_reveal_an_account() {
    let app = app().await;
    verified(&app, &Browser::new(&app)).await;
    let (taken, free) = (sign_up_over_api(&app, ADA).await, sign_up_over_api(&app, "grace@example.com").await);
    let body = taken.json();
    assert_eq!((taken.status, &body["token"], &body["user"]["email"]), (StatusCode::OK, &Value::Null, &json!(ADA)));
    let without_email = |response: &TestResponse| {
        let (status, mut body, cookies) = shape(response);
        body["user"]["email"] = Value::Null;
        (status, body, cookies)
    };
    assert_eq!(without_email(&taken), without_email(&free));
    let (known, unknown) = (Browser::new(&app), Browser::new(&app));
    let answers = [known.sign_up(ADA).await, unknown.sign_up("alan@example.com").await];
    assert_eq!(answers[0].header("location"), answers[1].header("location"));
    assert_eq!(count(&app, "outbox WHERE state = 0 AND kind = 'sign_up'").await, 4, "all are queued");
}

#[tokio::test]
async fn owner_of_taken_address_gets_a_message() {
    let app = app().await;
    verified(&app, &Browser::new(&app)).await;
    sign_up_over_api(&app, ADA).await;
    let message = newest(&app, ADA).await.expect("a message");
    assert_eq!(message.subject, "You already have a Latchkey account");
    assert!(message.text.contains(&format!("{BASE_URL}/forgot-password")), "{}", message.text);
    assert_eq!(count(&app, "users").await, 1);
    let old = Person::sign_in_with(&app, ADA, PASSWORD).await;
    assert_eq!(old.status, StatusCode::OK, "the password stays");
}

#[tokio::test]
async fn new_account_is_logged_if_its_message_fails() {
    let app = app().await;
    operate(&app, "ALTER TABLE one_time_secrets RENAME TO hidden").await;
    sign_up_over_api(&app, ADA).await;
    app.deliver_mail().await;
    assert_eq!((count(&app, "users").await, app.mailbox().len()), (1, 0));
    operate(&app, "ALTER TABLE hidden RENAME TO one_time_secrets").await;
    app.wait(std::time::Duration::from_mins(1));
    assert!(verification(&app, ADA).await.is_some(), "the next attempt sends the message");
    let created = security_log(&app).await.into_iter().filter(|event| event.kind == "user_created");
    assert_eq!(created.count(), 1);
}

#[tokio::test]
async fn unverified_user_cannot_sign_in() {
    let app = app().await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    app.deliver_mail().await;
    let wrong = Person::sign_in_with(&app, ADA, NEW_PASSWORD).await;
    assert_eq!(wrong.json()["code"], "INVALID_EMAIL_OR_PASSWORD");
    app.wait(std::time::Duration::from_secs(1));
    let other = Browser::new(&app);
    other.sign_in(ADA, PASSWORD).await;
    assert!(other.page("/sign-in").await.contains("isn’t verified yet"));
    assert!(verification(&app, ADA).await.is_some(), "a new message");
    app.wait(std::time::Duration::from_secs(1));
    let refused = Person::sign_in_with(&app, ADA, PASSWORD).await;
    assert_eq!((refused.status, refused.json()["code"].as_str()), (StatusCode::FORBIDDEN, Some("EMAIL_NOT_VERIFIED")));
    assert!(!other.is_signed_in().await);
    // This browser has proved the password.
    let page = open(&other, &link(&verification(&app, ADA).await.expect("a message"))).await;
    assert!(page.contains(r#"action="/actions/verify-email""#), "{page}");
}

/// GHSA-qq9h-g4jm-xgf3: an attacker signs up with another person's address before that person does.
#[tokio::test]
async fn sign_up_of_attacker_does_not_win() {
    let app = app().await;
    let (attacker, victim) = (Browser::new(&app), Browser::new(&app));
    attacker.sign_up(ADA).await;
    app.deliver_mail().await;
    app.wait(std::time::Duration::from_secs(1));
    let fields = [("name", "Ada"), ("email", ADA), ("password", NEW_PASSWORD)];
    victim.post("sign-up", &fields).await;
    let page = open(&victim, &link(&verification(&app, ADA).await.expect("a message"))).await;
    assert!(page.contains(r#"action="/actions/claim-account""#), "{page}");
    victim.post("claim-account", &[("link", &label(&page)), ("password", NEW_PASSWORD)]).await;
    attacker.sign_in(ADA, PASSWORD).await;
    victim.sign_in(ADA, NEW_PASSWORD).await;
    assert!(!attacker.is_signed_in().await && victim.is_signed_in().await);
}

#[tokio::test]
async fn invalid_sign_up_reports_its_problems() {
    let app = app().await;
    let browser = Browser::new(&app);
    let answer = browser.post("sign-up", &[("email", "ada"), ("password", "short")]).await;
    assert_eq!(answer.header("location"), "/sign-up");
    let page = browser.page("/sign-up").await;
    assert!(page.contains("Enter an e-mail address like") && page.contains("at least 8"), "{page}");
    assert_eq!(count(&app, "outbox").await, 0);
}
