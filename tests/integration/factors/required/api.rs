//! The sign-in API, the user API and forward authentication.

use serde_json::{Value, json};

use super::{SET_UP, assert_full, assert_refused, assert_restricted, required, restricted};
use crate::{
    factors::app::{ADA, Phone},
    support::{
        NEW_PASSWORD, PASSWORD, TestApp,
        browser::{Browser, SESSION},
        records::count,
        tokens::sign_in_of,
    },
};

/// The session token of a program that has signed up.
async fn program(app: &TestApp) -> String {
    let body = json!({ "name": "Ada", "email": ADA, "password": PASSWORD });
    let answer = app.client().post("/api/auth/sign-up/email").json(&body).await;
    answer.assert_ok();
    let token = answer.json()["token"].as_str().expect("a token").to_owned();
    assert_eq!(answer.header("set-auth-token"), token);
    assert_eq!(answer.new_cookie("latchkey_access").unwrap_or_default(), "");
    token
}

#[tokio::test]
async fn restricted_session_opens_no_contract_route() {
    let app = required().await;
    let token = program(&app).await;
    for path in ["get-session", "token", "list-sessions", "list-accounts", "account-info?accountId=any"] {
        assert_refused(&app.client().get(&format!("/api/auth/{path}")).bearer(&token).await);
    }
    for (path, body) in [
        ("update-user", json!({ "name": "Eve" })),
        ("change-password", json!({ "currentPassword": PASSWORD, "newPassword": NEW_PASSWORD })),
        ("verify-password", json!({ "password": PASSWORD })),
        ("change-email", json!({ "newEmail": "eve@example.com" })),
        ("delete-user", json!({ "password": PASSWORD })),
        ("revoke-session", json!({ "token": "any" })),
        ("revoke-sessions", json!({})),
        ("revoke-other-sessions", json!({})),
        ("two-factor/generate-backup-codes", json!({ "password": PASSWORD })),
        ("two-factor/get-totp-uri", json!({ "password": PASSWORD })),
        ("two-factor/disable", json!({ "password": PASSWORD })),
    ] {
        let answer = app.client().post(&format!("/api/auth/{path}")).bearer(&token).json(&body).await;
        assert_eq!(answer.status, 403, "{path}: {}", answer.body);
        assert_refused(&answer);
    }
    assert_eq!(count(&app, "sessions WHERE ended_at IS NULL").await, 1);
    assert_eq!(count(&app, "users WHERE name = 'Ada'").await, 1);
}

#[tokio::test]
async fn restricted_session_opens_no_user_route() {
    let app = required().await;
    let browser = restricted(&app).await;
    let user = crate::support::records::texts(&app, "users", &["id"]).await.remove(0);
    for rest in ["", "/sessions", "/events"] {
        let answer = browser.get(&format!("/api/users/{user}{rest}")).await;
        let problem = answer.json();
        assert_eq!((answer.status.as_u16(), &problem["code"]), (403, &json!("second_factor_required")), "{rest}");
        assert!(answer.header("content-type").starts_with("application/problem+json"));
    }
}

#[tokio::test]
async fn client_of_the_contract_completes_the_set_up() {
    let app = required().await;
    let token = program(&app).await;
    let post = |path: &'static str, body: Value| {
        let request = app.client().post(&format!("/api/auth/two-factor/{path}")).bearer(&token).json(&body);
        async move { request.await }
    };
    let enabled = post("enable", json!({ "password": PASSWORD })).await;
    enabled.assert_ok();
    let uri = enabled.json()["totpURI"].as_str().expect("a URI").to_owned();
    let key = uri.split("secret=").nth(1).and_then(|rest| rest.split('&').next()).expect("a key");
    let phone = Phone::with_key(&app, key);
    assert_eq!(post("verify-totp", json!({ "code": phone.wrong() })).await.status, 401);
    assert_refused(&app.client().get("/api/auth/get-session").bearer(&token).await);
    post("verify-totp", json!({ "code": phone.code() })).await.assert_ok();
    let session = app.client().get("/api/auth/get-session").bearer(&token).await;
    session.assert_ok();
    assert_eq!(session.json()["user"]["twoFactorEnabled"], true);
    let (_, amr, acr) = sign_in_of(session.header("set-auth-jwt"));
    assert_eq!((amr, acr.as_str()), (json!(["pwd", "otp", "mfa"]), "aal2"));
    let refused = post("disable", json!({ "password": PASSWORD })).await;
    assert_eq!((refused.status.as_u16(), &refused.json()["code"]), (403, &json!("SECOND_FACTOR_REQUIRED")));
    assert_eq!(count(&app, "totp_factors").await, 1);
}

#[tokio::test]
async fn restricted_program_signs_out() {
    let app = required().await;
    let token = program(&app).await;
    app.client().post("/api/auth/sign-out").bearer(&token).await.assert_ok();
    assert_eq!(count(&app, "sessions WHERE ended_at IS NULL").await, 0);
    assert_eq!(app.client().get("/api/auth/get-session").bearer(&token).await.body, "null");
}

const FORWARDED: [(&str, &str); 4] = [
    ("x-forwarded-method", "GET"),
    ("x-forwarded-proto", "http"),
    ("x-forwarded-host", "localhost:3000"),
    ("x-forwarded-uri", "/reports?year=2026"),
];

#[tokio::test]
async fn forward_auth_leads_pages_to_the_set_up() {
    let app = required().await;
    let browser = restricted(&app).await;
    let session = browser.cookie(SESSION).expect("a session");
    let cookie = format!("{SESSION}={session}");
    let ask = async |query: &str, accept: &str, credential: (&str, &str)| {
        let mut headers = FORWARDED.to_vec();
        headers.extend([("accept", accept), credential]);
        app.send(&format!("GET /api/auth/verify{query}"), &headers, "").await
    };
    let bearer = format!("Bearer {session}");
    for credential in [("cookie", cookie.as_str()), ("authorization", bearer.as_str())] {
        for query in ["", "?bearer=true", "?redirect=true", "?acr=aal1"] {
            let answer = ask(query, "application/json", credential).await;
            let code = answer.json()["code"].clone();
            assert_eq!((answer.status.as_u16(), code), (403, json!("second_factor_required")), "{query}");
            assert!(!answer.has("authorization") && !answer.has("x-auth-user-id"));
        }
        let page = ask("?redirect=true", "text/html", credential).await;
        let expected = "http://localhost:3000/sign-in/set-up?next=%2Freports%3Fyear%3D2026";
        assert_eq!((page.status.as_u16(), page.header("location")), (303, expected));
    }
}

#[tokio::test]
async fn api_sign_in_of_a_browser_is_restricted() {
    let app = required().await;
    program(&app).await;
    let browser = Browser::new(&app);
    let answer = browser.post_json("/api/auth/sign-in/email", &json!({ "email": ADA, "password": PASSWORD })).await;
    answer.assert_ok();
    assert_restricted(&browser).await;
    assert_eq!(browser.get(SET_UP).await.status, 200);
    super::complete(&app, &browser).await;
    assert_full(&browser).await;
}
