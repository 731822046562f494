//! Resetting a forgotten password over the sign-in API.

use std::time::Duration;

use axum::http::StatusCode;
use futures::future::join_all;
use serde_json::{Value, json};

use super::inbox::{link, newest, person};
use crate::support::{BASE_URL, NEW_PASSWORD, PASSWORD, TestApp, client::TestResponse, person::Person, records::count};

const ADA: &str = "ada@example.com";
const APP: (&str, &str) = ("LATCHKEY_TRUSTED_ORIGINS", "https://app.example.com");

async fn post(app: &TestApp, path: &str, body: Value) -> TestResponse {
    app.client().post(&format!("/api/auth{path}")).json(&body).await
}

async fn request(app: &TestApp, email: &str, redirect_to: &str) -> TestResponse {
    post(app, "/request-password-reset", json!({ "email": email, "redirectTo": redirect_to })).await
}

/// Asks for a link to `redirect_to`, opens it, and returns where it leads.
async fn followed(app: &TestApp, redirect_to: &str) -> String {
    request(app, ADA, redirect_to).await.assert_ok();
    let link = link(&newest(app, ADA).await.expect("a message"));
    let response = app.client().get(&link).await;
    assert_eq!(response.status, StatusCode::FOUND);
    response.header("location").to_owned()
}

/// The secret at the end of an address.
fn token(location: &str) -> String {
    location.split_once("token=").expect("a token").1.to_owned()
}

#[tokio::test]
async fn stock_flow_resets_the_password() {
    let app = TestApp::with(&[APP]).await;
    let ada = person(&app, ADA).await;
    let answer = request(&app, ADA, "/reset").await;
    let expected = json!({
        "status": true, "message": "If this email exists in our system, check your email for the reset link",
    });
    assert_eq!((answer.status, answer.json()), (StatusCode::OK, expected));
    assert_eq!(request(&app, "grace@example.com", "/reset").await.json(), answer.json());
    app.deliver_mail().await;
    app.wait(Duration::from_secs(1));
    let location = followed(&app, "https://app.example.com/reset?step=2").await;
    assert!(location.starts_with("https://app.example.com/reset?step=2&token="), "{location}");
    let reset = post(&app, "/reset-password", json!({ "newPassword": NEW_PASSWORD, "token": token(&location) })).await;
    assert_eq!((reset.status, reset.json()), (StatusCode::OK, json!({ "status": true })));
    assert!(reset.set_cookies().is_empty(), "no session");
    assert!(!app.has_session(&ada.session_token).await);
    let signed_in = post(&app, "/sign-in/email", json!({ "email": ADA, "password": NEW_PASSWORD })).await;
    assert_eq!(signed_in.json()["user"]["emailVerified"], true);
    let old = post(&app, "/sign-in/email", json!({ "email": ADA, "password": PASSWORD })).await;
    assert_eq!(old.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn link_without_redirect_leads_to_the_own_page() {
    let app = TestApp::new().await;
    person(&app, ADA).await;
    post(&app, "/request-password-reset", json!({ "email": ADA })).await.assert_ok();
    let link = link(&newest(&app, ADA).await.expect("a message"));
    assert!(link.starts_with("/reset-password?token="), "{link}");
}

#[tokio::test]
async fn link_to_untrusted_origin_is_refused() {
    let app = TestApp::with(&[APP]).await;
    for evil in ["https://evil.example/", "//evil.example", "javascript:alert(1)"] {
        let refused = request(&app, ADA, evil).await;
        assert_eq!(
            (refused.status, refused.json()["code"].as_str()),
            (StatusCode::FORBIDDEN, Some("INVALID_REDIRECT_URL"))
        );
    }
    assert_eq!(count(&app, "outbox").await, 0);
}

#[tokio::test]
async fn host_header_does_not_change_the_link() {
    let app = TestApp::new().await;
    person(&app, ADA).await;
    let request = app.client().request_to_any_host("POST", "/api/auth/request-password-reset");
    let request = request.header("host", "evil.example").header("x-forwarded-host", "evil.example");
    request.json(&json!({ "email": ADA })).await.assert_ok();
    let message = newest(&app, ADA).await.expect("a message");
    assert!(!message.text.contains("evil.example") && !message.html.contains("evil.example"));
    assert!(message.text.contains(&format!("{BASE_URL}/reset-password?token=")));
}

#[tokio::test]
async fn token_survives_a_refused_password() {
    let app = TestApp::new().await;
    person(&app, ADA).await;
    let token = token(&followed(&app, "/reset").await);
    for (password, code) in [
        ("short", "PASSWORD_TOO_SHORT"),
        (&*"x".repeat(129), "PASSWORD_TOO_LONG"),
        ("password1234", "PASSWORD_TOO_WEAK"),
    ] {
        let refused = post(&app, "/reset-password", json!({ "newPassword": password, "token": token })).await;
        assert_eq!((refused.status, refused.json()["code"].as_str()), (StatusCode::BAD_REQUEST, Some(code)));
    }
    let path = format!("/reset-password?token={token}");
    post(&app, &path, json!({ "newPassword": NEW_PASSWORD })).await.assert_ok();
    let again = post(&app, &path, json!({ "newPassword": PASSWORD })).await;
    assert_eq!((again.status, again.json()["code"].as_str()), (StatusCode::BAD_REQUEST, Some("INVALID_TOKEN")));
    Person::sign_in_with(&app, ADA, NEW_PASSWORD).await.assert_ok();
    let followed = app.client().get(&format!("/api/auth/reset-password/{token}?callbackURL=/reset")).await;
    assert_eq!(followed.header("location"), format!("{BASE_URL}/reset?error=INVALID_TOKEN"));
}

#[tokio::test]
async fn parallel_uses_of_one_link_have_one_success() {
    let app = TestApp::with(&[("LATCHKEY_RATE_LIMIT", "off")]).await;
    person(&app, ADA).await;
    let token = token(&followed(&app, "/reset").await);
    let uses = (0..100).map(|number| {
        let password = format!("{NEW_PASSWORD} {number}");
        post(&app, "/reset-password", json!({ "newPassword": password, "token": token }))
    });
    let statuses: Vec<_> = join_all(uses).await.iter().map(|response| response.status.as_u16()).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 400).count(), 99, "{statuses:?}");
    assert_eq!(count(&app, "outbox WHERE kind = 'password_reset'").await, 1, "one notice");
}
