//! Codes over the sign-in API, as the stock client uses them.

use std::time::Duration;

use axum::http::StatusCode;
use latchkey::mail::message::Message;
use serde_json::{Value, json};

use super::{
    codes::{ADA, ASKED, ON, app, code, is_verified, password_works, verified_person, wrong},
    inbox::only_new,
};
use crate::support::{
    NEW_PASSWORD, TestApp,
    browser::Browser,
    client::TestResponse,
    person::Person,
    records::{count, details, operate},
};

async fn post(browser: &Browser, path: &str, body: Value) -> TestResponse {
    browser.post_json(&format!("/api/auth{path}"), &body).await
}

/// Asks for a code, and returns it.
async fn sent(app: &TestApp, browser: &Browser, usage: &str) -> String {
    let answer = post(browser, "/email-otp/send-verification-otp", json!({ "email": ADA, "type": usage })).await;
    assert_eq!((answer.status, answer.json()), (StatusCode::OK, json!({ "success": true })));
    code(&newest(app).await.expect("a message"))
}

/// Sends what is due, and returns the newest message without a link.
async fn newest(app: &TestApp) -> Option<Message> {
    only_new(app, |message| message.to == ADA && !message.text.contains("http://localhost:3000/")).await
}

/// Signs up, and sends the message that verifies the address: a later code replaces its link.
async fn sign_up(app: &TestApp, browser: &Browser) {
    browser.sign_up(ADA).await;
    app.deliver_mail().await;
    app.wait(Duration::from_secs(1));
}

fn failure(response: &TestResponse) -> (u16, String) {
    let body = response.json();
    (response.status.as_u16(), body["code"].as_str().or(body["message"].as_str()).unwrap_or_default().to_owned())
}

#[tokio::test]
async fn stock_flow_signs_in() {
    let app = app().await;
    let browser = Browser::new(&app);
    let otp = sent(&app, &browser, "sign-in").await;
    let answer =
        post(&browser, "/sign-in/email-otp", json!({ "email": "ADA@example.com", "otp": otp, "name": "Ada" })).await;
    answer.assert_ok();
    let body = answer.json();
    assert_eq!(body["user"]["emailVerified"], true);
    assert_eq!(body["user"]["name"], "Ada");
    assert!(app.has_session(body["token"].as_str().expect("a token")).await && browser.is_signed_in().await);
    assert_eq!(details(&app, "authn_login_success").await, [Some("email_code".to_owned())]);
    assert_eq!(count(&app, "credentials").await, 0);
    let again = post(&browser, "/sign-in/email-otp", json!({ "email": ADA, "otp": otp })).await;
    assert_eq!(failure(&again), (400, "INVALID_OTP".to_owned()));
}

#[tokio::test]
async fn code_needs_the_cookie_of_the_request() {
    let app = app().await;
    let browser = Browser::new(&app);
    let otp = sent(&app, &browser, "sign-in").await;
    let body = json!({ "email": ADA, "otp": otp });
    let program = app.client().post("/api/auth/sign-in/email-otp").json(&body).await;
    assert_eq!(failure(&program), (400, "INVALID_OTP".to_owned()));
    let other = Browser::new(&app);
    post(&other, "/email-otp/send-verification-otp", json!({ "email": "x@example.com", "type": "sign-in" })).await;
    assert_eq!(failure(&post(&other, "/sign-in/email-otp", body.clone()).await), (400, "INVALID_OTP".to_owned()));
    post(&browser, "/sign-in/email-otp", body).await.assert_ok();
}

#[tokio::test]
async fn sixth_attempt_is_refused() {
    let app = app().await;
    let browser = Browser::new(&app);
    let otp = sent(&app, &browser, "sign-in").await;
    for attempt in 0..5 {
        let (path, mut body) = match attempt % 2 {
            0 => ("/sign-in/email-otp", json!({ "email": ADA })),
            _ => ("/email-otp/check-verification-otp", json!({ "email": ADA, "type": "sign-in" })),
        };
        body["otp"] = json!(wrong(&otp));
        assert_eq!(failure(&post(&browser, path, body).await), (400, "INVALID_OTP".to_owned()));
    }
    let body = json!({ "email": ADA, "otp": otp });
    let sixth = post(&browser, "/sign-in/email-otp", body.clone()).await;
    assert_eq!(failure(&sixth), (403, "TOO_MANY_ATTEMPTS".to_owned()));
    assert_eq!(failure(&post(&browser, "/sign-in/email-otp", body).await), (400, "INVALID_OTP".to_owned()));
    assert_eq!(count(&app, "users").await, 0);
}

#[tokio::test]
async fn check_leaves_the_code_valid() {
    let app = app().await;
    let browser = Browser::new(&app);
    let check = "/email-otp/check-verification-otp";
    let otp = sent(&app, &browser, "sign-in").await;
    let body = json!({ "email": ADA, "type": "sign-in", "otp": otp });
    let unknown = post(&browser, check, body).await;
    assert_eq!(failure(&unknown), (400, "USER_NOT_FOUND".to_owned()), "as the contract says");
    verified_person(&app, ADA).await;
    app.wait(Duration::from_secs(1));
    let otp = sent(&app, &browser, "forget-password").await;
    let body = json!({ "email": ADA, "type": "forget-password", "otp": otp });
    for _ in 0..7 {
        assert_eq!(post(&browser, check, body.clone()).await.json(), json!({ "success": true }));
    }
    let other = json!({ "email": ADA, "type": "email-verification", "otp": otp });
    assert_eq!(failure(&post(&browser, check, other).await), (400, "INVALID_OTP".to_owned()), "for one purpose");
}

#[tokio::test]
async fn code_verifies_the_address_in_a_session() {
    let app = app().await;
    let browser = Browser::new(&app);
    sign_up(&app, &browser).await;
    let otp = sent(&app, &browser, "email-verification").await;
    let body = json!({ "email": ADA, "otp": otp });
    let answer = post(&browser, "/email-otp/verify-email", body.clone()).await;
    answer.assert_ok();
    let user = answer.json();
    assert_eq!(
        (&user["status"], &user["token"], &user["user"]["emailVerified"]),
        (&json!(true), &Value::Null, &json!(true))
    );
    assert!(is_verified(&app).await && browser.is_signed_in().await && password_works(&app, ADA).await);
    assert_eq!(failure(&post(&browser, "/email-otp/verify-email", body).await), (400, "INVALID_OTP".to_owned()));
    post(&browser, "/email-otp/send-verification-otp", json!({ "email": ADA, "type": "email-verification" })).await;
    app.deliver_mail().await;
    assert_eq!(count(&app, "outbox WHERE kind = 'verify_code' AND state = 3").await, 1, "verified already");
}

/// GHSA-qq9h-g4jm-xgf3, CVE-2026-53516
#[tokio::test]
async fn foreign_browser_cleans_the_account() {
    let app = app().await;
    let (attacker, victim) = (Browser::new(&app), Browser::new(&app));
    sign_up(&app, &attacker).await;
    let otp = sent(&app, &victim, "email-verification").await;
    post(&victim, "/email-otp/verify-email", json!({ "email": ADA, "otp": otp })).await.assert_ok();
    assert!(is_verified(&app).await && !attacker.is_signed_in().await && !password_works(&app, ADA).await);
    assert!(!victim.is_signed_in().await, "no session");
}

#[tokio::test]
async fn sign_in_cleans_an_unverified_account() {
    let app = app().await;
    let (attacker, victim) = (Browser::new(&app), Browser::new(&app));
    attacker.sign_up(ADA).await;
    let otp = sent(&app, &victim, "sign-in").await;
    post(&victim, "/sign-in/email-otp", json!({ "email": ADA, "otp": otp })).await.assert_ok();
    assert!(victim.is_signed_in().await && !attacker.is_signed_in().await && !password_works(&app, ADA).await);
}

#[tokio::test]
async fn code_sets_a_new_password() {
    let app = app().await;
    let ada = verified_person(&app, ADA).await;
    for path in ["/email-otp/request-password-reset", "/forget-password/email-otp"] {
        let browser = Browser::new(&app);
        app.wait(Duration::from_secs(1));
        assert_eq!(post(&browser, path, json!({ "email": ADA })).await.json(), json!({ "success": true }));
        let otp = code(&newest(&app).await.expect("a message"));
        let body = |otp: &str, password: &str| json!({ "email": ADA, "otp": otp, "password": password });
        let reset = "/email-otp/reset-password";
        for (otp, password, expected) in [
            ("nonsense", "short", "PASSWORD_TOO_SHORT"),
            ("nonsense", &*"x".repeat(129), "PASSWORD_TOO_LONG"),
            (&wrong(&otp), NEW_PASSWORD, "INVALID_OTP"),
            (&otp, "password1234", "PASSWORD_TOO_WEAK"),
        ] {
            assert_eq!(failure(&post(&browser, reset, body(otp, password)).await), (400, expected.to_owned()));
        }
        assert_eq!(post(&browser, reset, body(&otp, NEW_PASSWORD)).await.json(), json!({ "success": true }));
        assert_eq!(failure(&post(&browser, reset, body(&otp, NEW_PASSWORD)).await), (400, "INVALID_OTP".to_owned()));
        assert!(!browser.is_signed_in().await, "no session");
    }
    assert!(!app.has_session(&ada.session_token).await, "all sessions end");
    Person::sign_in_with(&app, ADA, NEW_PASSWORD).await.assert_ok();
    let browser = Browser::new(&app);
    for email in ["unknown@example.com", "no address"] {
        post(&browser, "/email-otp/request-password-reset", json!({ "email": email })).await.assert_ok();
    }
}

#[tokio::test]
async fn expired_code_is_named() {
    let app = app().await;
    let browser = Browser::new(&app);
    let otp = sent(&app, &browser, "sign-in").await;
    let cookie = browser.cookie(ASKED).expect("a cookie");
    app.wait(Duration::from_mins(10));
    browser.set_cookie(ASKED, &cookie);
    let answer = post(&browser, "/sign-in/email-otp", json!({ "email": ADA, "otp": otp })).await;
    assert_eq!(failure(&answer), (400, "OTP_EXPIRED".to_owned()));
}

#[tokio::test]
async fn one_browser_uses_codes_of_two_purposes() {
    let app = app().await;
    verified_person(&app, ADA).await;
    operate(&app, "UPDATE users SET email_verified = false").await;
    let browser = Browser::new(&app);
    let sign_in = sent(&app, &browser, "sign-in").await;
    app.wait(Duration::from_secs(1));
    let reset = sent(&app, &browser, "forget-password").await;
    for (usage, otp) in [("sign-in", &sign_in), ("forget-password", &reset)] {
        let body = json!({ "email": ADA, "type": usage, "otp": otp });
        post(&browser, "/email-otp/check-verification-otp", body).await.assert_ok();
    }
}

#[tokio::test]
async fn request_of_another_site_is_refused() {
    let app = app().await;
    let requests = [
        ("/api/auth/email-otp/send-verification-otp", json!({ "email": ADA, "type": "sign-in" })),
        ("/api/auth/sign-in/email-otp", json!({ "email": ADA, "otp": "123456" })),
    ];
    for (path, body) in requests {
        let answer = app.client().post(path).json(&body).header("origin", "https://evil.example").await;
        assert_eq!(failure(&answer), (403, "INVALID_ORIGIN".to_owned()), "{path}");
        let form = app.client().post(path).form(&[("email", ADA), ("type", "sign-in"), ("otp", "123456")]).await;
        assert_eq!(failure(&form), (415, "UNSUPPORTED_MEDIA_TYPE".to_owned()), "{path}");
    }
    assert_eq!(count(&app, "outbox").await, 0);
}

#[tokio::test]
async fn invalid_requests_are_refused() {
    let app = app().await;
    let browser = Browser::new(&app);
    let send = "/email-otp/send-verification-otp";
    for (body, expected) in [
        (json!({ "email": ADA, "type": "change-email" }), "Invalid OTP type"),
        (json!({ "email": ADA, "type": "other" }), "VALIDATION_ERROR"),
        (json!({ "email": ADA }), "VALIDATION_ERROR"),
        (json!({ "email": 1, "type": "sign-in" }), "VALIDATION_ERROR"),
        (json!({ "email": "ada", "type": "sign-in" }), "INVALID_EMAIL"),
    ] {
        assert_eq!(failure(&post(&browser, send, body).await), (400, expected.to_owned()));
    }
    for path in ["/email-otp/check-verification-otp", "/email-otp/verify-email"] {
        let body = json!({ "email": "ada", "type": "sign-in", "otp": "123456" });
        assert_eq!(failure(&post(&browser, path, body).await), (400, "INVALID_EMAIL".to_owned()), "{path}");
    }
    assert_eq!(count(&app, "outbox").await, 0);
}

#[tokio::test]
async fn reset_request_takes_any_text() {
    let app = app().await;
    let browser = Browser::new(&app);
    for path in ["/email-otp/request-password-reset", "/forget-password/email-otp"] {
        for text in ["", "ada", "ada@", &"x".repeat(5_000)] {
            let answer = post(&browser, path, json!({ "email": text })).await;
            assert_eq!((answer.status, answer.json()), (StatusCode::OK, json!({ "success": true })), "{path}");
            assert_eq!(answer.set_cookie(ASKED), None, "{path}");
        }
    }
    assert_eq!(count(&app, "outbox").await, 0);
    let document = app.send("GET /api/openapi.json", &[], "").await.json();
    let email = |body: &str| document["components"]["schemas"][body]["properties"]["email"].clone();
    assert_eq!(
        (&email("RequestResetOtpBody")["type"], &email("RequestResetOtpBody")["format"]),
        (&json!("string"), &Value::Null)
    );
    assert_eq!(email("ResetOtpBody")["format"], "email");
}

#[tokio::test]
async fn change_with_a_code_is_disabled() {
    let app = app().await;
    let ada = verified_person(&app, ADA).await;
    for path in ["/api/auth/email-otp/request-email-change", "/api/auth/email-otp/change-email"] {
        let body = json!({ "newEmail": "new@example.com", "otp": "123456" });
        let anonymous = app.client().post(path).json(&body).await;
        assert_eq!(failure(&anonymous), (401, "UNAUTHORIZED".to_owned()));
        let refused = app.client().post(path).json(&body).bearer(&ada.session_token).await;
        assert_eq!(refused.json(), json!({ "message": "Change email with OTP is disabled" }));
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    }
}

const ROUTES: [&str; 10] = [
    "POST /sign-in/magic-link",
    "POST /sign-in/email-otp",
    "POST /email-otp/send-verification-otp",
    "POST /email-otp/check-verification-otp",
    "POST /email-otp/verify-email",
    "POST /email-otp/request-password-reset",
    "POST /forget-password/email-otp",
    "POST /email-otp/reset-password",
    "POST /email-otp/change-email",
    "GET /magic-link/verify?token=x",
];

#[tokio::test]
async fn routes_do_not_exist_without_the_setting() {
    let (off, on) = (TestApp::new().await, TestApp::with(&[ON]).await);
    for route in ROUTES {
        let line = route.replacen(' ', " /api/auth", 1);
        let json = [("content-type", "application/json")];
        let answer = off.send(&line, &json, "{}").await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::NOT_FOUND, ""), "{route}");
        assert_ne!(on.send(&line, &json, "{}").await.status, StatusCode::NOT_FOUND, "{route}");
    }
}
