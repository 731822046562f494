//! Sign-in with a link over the sign-in API, as the stock client and its users do.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    codes::{ADA, ON, is_verified, message, password_works, verified_person},
    inbox::{label, link, token},
};
use crate::support::{
    BASE_URL, TestApp,
    browser::{Browser, SESSION},
    client::TestResponse,
    records::count,
};

const REQUEST: &str = "/api/auth/sign-in/magic-link";
const APP: (&str, &str) = ("LATCHKEY_TRUSTED_ORIGINS", "https://app.example.com");

async fn app() -> TestApp {
    TestApp::with(&[ON, APP]).await
}

/// Asks for a link in a browser, and returns its path.
async fn requested(app: &TestApp, browser: &Browser, body: Value) -> String {
    let answer = browser.post_json(REQUEST, &body).await;
    assert_eq!((answer.status, answer.json()), (StatusCode::OK, json!({ "status": true })));
    link(&message(app, ADA).await.expect("a message"))
}

fn code(response: &TestResponse) -> (u16, String) {
    (response.status.as_u16(), response.json()["code"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn stock_flow_signs_in() {
    let app = app().await;
    let browser = Browser::new(&app);
    let body = json!({ "email": "Ada@Example.com", "name": "Ada", "callbackURL": "https://app.example.com/in?a=b", "newUserCallbackURL": "/welcome" });
    let first = requested(&app, &browser, body.clone()).await;
    assert!(first.starts_with("/api/auth/magic-link/verify?token="), "{first}");
    let text = message(&app, ADA).await.expect("a message").text;
    assert!(text.lines().all(|line| line.len() != 6 || line.parse::<u32>().is_err()), "no code in {text}");
    let answer = browser.get(&first).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::FOUND, &*format!("{BASE_URL}/welcome")));
    assert!(answer.new_cookie(SESSION).is_some() && browser.is_signed_in().await);
    assert!(is_verified(&app).await);
    assert_eq!(count(&app, "users WHERE name = 'Ada'").await, 1);
    let again = browser.get(&first).await;
    assert_eq!(again.header("location"), "https://app.example.com/in?a=b&error=INVALID_TOKEN");
    app.wait(Duration::from_secs(1));
    let second = requested(&app, &browser, body).await;
    assert_eq!(browser.get(&second).await.header("location"), "https://app.example.com/in?a=b");
}

#[tokio::test]
async fn link_without_callback_leads_to_the_page() {
    let app = app().await;
    let browser = Browser::new(&app);
    let link = requested(&app, &browser, json!({ "email": ADA })).await;
    assert!(link.starts_with("/sign-in/link?token="), "{link}");
}

#[tokio::test]
async fn program_presents_the_token() {
    let app = app().await;
    let answer = app.client().post(REQUEST).json(&json!({ "email": ADA })).await;
    answer.assert_ok();
    let token = token(&message(&app, ADA).await.expect("a message"));
    let answer = app.client().get(&format!("/api/auth/magic-link/verify?token={token}")).await;
    answer.assert_ok();
    let body = answer.json();
    assert_eq!((&body["user"]["email"], &body["user"]["emailVerified"]), (&json!(ADA), &json!(true)));
    assert_eq!(body["session"]["userId"], body["user"]["id"]);
    assert_eq!(body["token"].as_str().expect("a token"), answer.header("set-auth-token"));
    assert!(app.has_session(body["token"].as_str().expect("a token")).await);
    let again = app.client().get(&format!("/api/auth/magic-link/verify?token={token}")).await;
    assert_eq!(again.header("location"), format!("{BASE_URL}/?error=INVALID_TOKEN"));
}

#[tokio::test]
async fn scanner_does_not_use_the_link_up() {
    let app = app().await;
    verified_person(&app, ADA).await;
    let (asking, other) = (Browser::new(&app), Browser::new(&app));
    let path = requested(&app, &asking, json!({ "email": ADA, "callbackURL": "/account/sessions" })).await;
    let page = path.split('&').next().expect("a path").replace("/api/auth/magic-link/verify", "/sign-in/link");
    let without_callback = path.split('&').next().expect("a path");
    for (path, header) in [
        (path.as_str(), ("accept", "text/html,*/*")),
        (&path, ("accept", "*/*")),
        (&path, ("sec-fetch-mode", "navigate")),
        (without_callback, ("accept", "text/html,*/*")),
        (without_callback, ("sec-fetch-mode", "navigate")),
        (without_callback, ("sec-fetch-site", "same-site")),
        (without_callback, ("sec-fetch-site", "cross-site")),
    ] {
        let answer = app.client().get(path).header(header.0, header.1).await;
        assert_eq!(answer.header("location"), format!("{BASE_URL}{page}"), "{header:?}");
        assert!(answer.set_cookies().is_empty());
    }
    assert_eq!(app.send(&format!("HEAD {path}"), &[], "").await.status, StatusCode::NOT_FOUND);
    assert_eq!(count(&app, "one_time_secrets WHERE purpose = 'sign-in' AND used_at IS NULL").await, 1);
    other.get(&page).await;
    let html = other.page("/sign-in/link").await;
    assert!(html.contains("Only continue if you asked for it yourself"), "{html}");
    let answer = other.post("sign-in-with-link", &[("link", &label(&html))]).await;
    assert_eq!(answer.header("location"), "/account/sessions");
    assert!(other.is_signed_in().await);
}

#[tokio::test]
async fn untrusted_next_pages_are_refused() {
    let app = app().await;
    let browser = Browser::new(&app);
    let token = "A".repeat(43);
    for (member, expected) in [
        ("callbackURL", "INVALID_CALLBACK_URL"),
        ("newUserCallbackURL", "INVALID_NEW_USER_CALLBACK_URL"),
        ("errorCallbackURL", "INVALID_ERROR_CALLBACK_URL"),
    ] {
        let body = json!({ "email": ADA, member: "https://evil.example/" });
        assert_eq!(code(&browser.post_json(REQUEST, &body).await), (403, expected.to_owned()));
        let path = format!("/api/auth/magic-link/verify?token={token}&{member}=https%3A%2F%2Fevil.example");
        assert_eq!(code(&app.client().get(&path).await), (403, expected.to_owned()));
    }
    assert_eq!(count(&app, "outbox").await, 0);
}

#[tokio::test]
async fn invalid_link_leads_to_the_error_page() {
    let app = app().await;
    for (query, expected) in [
        ("", "/?error=INVALID_TOKEN"),
        ("&callbackURL=/in", "/in?error=INVALID_TOKEN"),
        ("&callbackURL=/in&errorCallbackURL=%2Foops%3Fa%3D1", "/oops?a=1&error=INVALID_TOKEN"),
    ] {
        for token in ["unknown".to_owned(), "A".repeat(43), String::new()] {
            let answer = app.client().get(&format!("/api/auth/magic-link/verify?token={token}{query}")).await;
            assert_eq!(
                (answer.status, answer.header("location")),
                (StatusCode::FOUND, &*format!("{BASE_URL}{expected}"))
            );
        }
    }
    let missing = app.client().get("/api/auth/magic-link/verify").await;
    assert_eq!(code(&missing), (400, "VALIDATION_ERROR".to_owned()));
}

#[tokio::test]
async fn link_expires_after_ten_minutes() {
    let app = app().await;
    let browser = Browser::new(&app);
    let path = requested(&app, &browser, json!({ "email": ADA, "callbackURL": "/in" })).await;
    app.wait(Duration::from_mins(10));
    assert_eq!(browser.get(&path).await.header("location"), format!("{BASE_URL}/in?error=INVALID_TOKEN"));
    assert_eq!(count(&app, "users").await, 0);
}

/// GHSA-qq9h-g4jm-xgf3
#[tokio::test]
async fn link_cleans_an_unverified_account() {
    let app = app().await;
    let attacker = app.person(ADA).await;
    let browser = Browser::new(&app);
    let path = requested(&app, &browser, json!({ "email": ADA, "callbackURL": "/account" })).await;
    browser.get(&path).await;
    assert!(browser.is_signed_in().await && !app.has_session(&attacker.session_token).await);
    assert!(!password_works(&app, ADA).await);
}

#[tokio::test]
async fn request_reveals_no_account() {
    let app = TestApp::with(&[ON, ("LATCHKEY_SIGN_UP", "closed")]).await;
    let answer = app.client().post(REQUEST).json(&json!({ "email": ADA })).await;
    assert_eq!(answer.json(), json!({ "status": true }));
    assert!(message(&app, ADA).await.is_none());
    assert_eq!(count(&app, "users").await, 0);
}

#[tokio::test]
async fn request_of_another_site_is_refused() {
    let app = app().await;
    let navigation =
        [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("origin", "https://evil.example")];
    let request = app.client().post(REQUEST).json(&json!({ "email": ADA }));
    let answer = navigation.iter().fold(request, |request, (name, value)| request.header(name, value)).await;
    assert_eq!(code(&answer), (403, "CROSS_SITE_NAVIGATION_LOGIN_BLOCKED".to_owned()));
    let answer =
        app.client().post(REQUEST).json(&json!({ "email": ADA })).header("origin", "https://evil.example").await;
    assert_eq!(code(&answer), (403, "INVALID_ORIGIN".to_owned()));
    let form = app.client().post(REQUEST).form(&[("email", ADA)]).await;
    assert_eq!(code(&form), (415, "UNSUPPORTED_MEDIA_TYPE".to_owned()));
    let answer = app.client().post(REQUEST).json(&json!({ "email": ADA, "metadata": "dark" })).await;
    assert_eq!(code(&answer), (400, "VALIDATION_ERROR".to_owned()));
    for email in ["ada", "", "ada@example.com "] {
        let answer = app.client().post(REQUEST).json(&json!({ "email": email })).await;
        assert_eq!(code(&answer), (400, "VALIDATION_ERROR".to_owned()), "{email}");
    }
    assert_eq!(count(&app, "outbox").await, 0);
}
