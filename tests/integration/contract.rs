//! The contract API. Expected values were recorded from a Better Auth 1.7 server.

mod bodies;
mod endpoints;
mod origins;
mod programs;
mod sessions;
mod two_factor;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::{BASE_URL, JSON, PASSWORD, TestApp, client::TestResponse};

#[tokio::test]
async fn unknown_routes_return_empty_404() {
    let app = TestApp::new().await;
    for line in [
        "GET /api/auth",
        "GET /api/auth/",
        "GET /api/auth/nope",
        "GET /api/auth/ok/",
        "GET /api/auth//ok",
        "GET /api/auth/OK",
        "GET /api/auth/%6fk",
        "HEAD /api/auth/ok",
        "OPTIONS /api/auth/ok",
        "POST /api/auth/ok",
        "PUT /api/auth/ok",
        "GET /api/auth/sign-in/email",
        "GET /api/auth/sign-out",
        "HEAD /api/auth/get-session",
        "DELETE /api/auth/get-session",
        "POST /api/auth/token",
        "OPTIONS /api/auth/sign-in/email",
        "POST /api/auth/forget-password",
        "POST /api/auth/nope",
    ] {
        let response = app.send(line, &[("content-type", "text/plain")], "x").await;
        assert_eq!((response.status, response.body.as_str()), (StatusCode::NOT_FOUND, ""), "{line}");
        assert!(!response.has("content-type"), "{line}");
    }
    let response = app.send("GET /api/auth/ok", &[], "").await;
    assert_eq!((response.body.as_str(), response.header("content-type")), (r#"{"ok":true}"#, "application/json"));
}

#[tokio::test]
async fn sign_up_returns_token_and_user() {
    let app = TestApp::new().await;
    let body =
        json!({ "name": "Ada", "email": "Ada@Example.com", "password": PASSWORD, "emailVerified": true, "role": "x" });
    let response = post(&app, "/sign-up/email", &[JSON], &body).await;
    assert_eq!(response.status, StatusCode::OK);
    insta::assert_json_snapshot!(response.snapshot(), @r#"
    {
      "token": "[token]",
      "user": {
        "createdAt": "2027-01-15T08:00:00.000Z",
        "email": "ada@example.com",
        "emailVerified": false,
        "id": "[id]",
        "image": null,
        "name": "Ada",
        "twoFactorEnabled": false,
        "updatedAt": "2027-01-15T08:00:00.000Z"
      }
    }
    "#);
    let token = response.json()["token"].as_str().expect("a token").to_owned();
    assert_eq!(response.header("content-type"), "application/json");
    assert_eq!(response.header("set-auth-token"), token);
    assert_eq!(response.header("access-control-expose-headers"), "set-auth-token");
    let cookie = format!("latchkey_session={token}; HttpOnly; SameSite=Lax; Path=/; Max-Age=604800");
    assert_eq!(response.set_cookie("latchkey_session"), Some(cookie));
}

#[tokio::test]
async fn errors_have_the_reference_codes() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let bearer = ada.session_bearer();
    let long = "x".repeat(129);
    let sign_up = |email: &str, password: &str| json!({ "name": "x", "email": email, "password": password });
    let change = |new: &str, current: &str| json!({ "newPassword": new, "currentPassword": current });
    for (path, body, status, code, message) in [
        ("/sign-up/email", sign_up("a@b.co", "short"), 400, "PASSWORD_TOO_SHORT", "Password too short"),
        ("/sign-up/email", sign_up("a@b.co", &long), 400, "PASSWORD_TOO_LONG", "Password too long"),
        (
            "/sign-up/email",
            sign_up("a@b.co", "password123"),
            400,
            "PASSWORD_TOO_WEAK",
            "This is a commonly used password; choose another",
        ),
        (
            "/sign-up/email",
            sign_up("ADA@example.com", PASSWORD),
            422,
            "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL",
            "User already exists. Use another email.",
        ),
        (
            "/sign-in/email",
            sign_up("ada@example.com", "wrong"),
            401,
            "INVALID_EMAIL_OR_PASSWORD",
            "Invalid email or password",
        ),
        (
            "/sign-in/email",
            sign_up("nobody@example.com", "wrong"),
            401,
            "INVALID_EMAIL_OR_PASSWORD",
            "Invalid email or password",
        ),
        ("/sign-in/email", sign_up("bad", "wrong"), 400, "INVALID_EMAIL", "Invalid email"),
        ("/sign-in/email", sign_up(" ada@example.com", PASSWORD), 400, "INVALID_EMAIL", "Invalid email"),
        ("/change-password", change("another otter lantern 7", "wrong"), 400, "INVALID_PASSWORD", "Invalid password"),
        ("/change-password", change("short", PASSWORD), 400, "PASSWORD_TOO_SHORT", "Password too short"),
        ("/change-password", change(&long, PASSWORD), 400, "PASSWORD_TOO_LONG", "Password too long"),
        (
            "/update-user",
            json!({ "email": "eve@example.com", "name": "x" }),
            400,
            "EMAIL_CAN_NOT_BE_UPDATED",
            "Email can not be updated",
        ),
        (
            "/get-session",
            json!({}),
            405,
            "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED",
            "POST method requires deferSessionRefresh to be enabled in session config",
        ),
    ] {
        assert_error(&post(&app, path, &[JSON, ("authorization", &bearer)], &body).await, status, code, message);
    }
    for body in [
        json!({}),
        json!({ "emailVerified": true }),
        json!({ "email": null }),
        json!({ "email": "" }),
        json!({ "foo": 1 }),
    ] {
        let response = post(&app, "/update-user", &[JSON, ("authorization", &bearer)], &body).await;
        assert_eq!(
            (response.status, response.json()),
            (StatusCode::BAD_REQUEST, json!({ "message": "No fields to update" }))
        );
    }
}

#[tokio::test]
async fn requests_without_session_return_401() {
    let app = TestApp::new().await;
    for (line, body) in [
        ("GET /list-sessions", ""),
        ("GET /token", ""),
        ("POST /revoke-session", r#"{"token":"x"}"#),
        ("POST /revoke-sessions", ""),
        ("POST /revoke-other-sessions", "[]"),
        ("POST /change-password", r#"{"newPassword":"x","currentPassword":"y"}"#),
        ("POST /update-user", r#"{"name":1}"#),
        ("POST /update-user", "{}"),
    ] {
        for credentials in
            [&[JSON][..], &[JSON, ("authorization", "Bearer x")], &[JSON, ("authorization", "Basic eA==")]]
        {
            let response = app.send(&line.replace(" /", " /api/auth/"), credentials, body).await;
            assert_error(&response, 401, "UNAUTHORIZED", "Unauthorized");
        }
    }
}

#[tokio::test]
async fn sign_in_callback_stays_on_this_site() {
    let app = TestApp::with(&[("LATCHKEY_RATE_LIMIT", "off")]).await;
    app.person("ada@example.com").await;
    let own = format!("{BASE_URL}/x");
    for (callback, redirect) in [("/a?b=//c", true), (own.as_str(), true), ("", false)] {
        let body = json!({ "email": "ada@example.com", "password": PASSWORD, "callbackURL": callback });
        let response = post(&app, "/sign-in/email", &[JSON], &body).await;
        assert_eq!((&response.json()["url"], &response.json()["redirect"]), (&json!(callback), &json!(redirect)));
        assert_eq!(response.has("location"), redirect);
    }
    for callback in
        ["//evil.example", "https://evil.example", "/\\evil", "javascript:alert(1)", "evil", "/%2f/evil", "/a\tb"]
    {
        for path in ["/sign-in/email", "/sign-out"] {
            let response = post(&app, path, &[JSON], &json!({ "callbackURL": callback })).await;
            assert_error(&response, 403, "INVALID_CALLBACK_URL", "Invalid callbackURL");
        }
    }
    let response = post(&app, "/sign-out", &[JSON], &json!({ "callbackURL": 1 })).await;
    assert_eq!(
        (response.status, response.json()),
        (StatusCode::BAD_REQUEST, json!({ "message": "Invalid callbackURL: expected a string" }))
    );
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    let response = post(&app, "/sign-in/email", &[JSON], &body).await;
    assert_eq!((response.json().get("url"), &response.json()["redirect"]), (None, &json!(false)));
}

#[tokio::test]
async fn sign_in_without_remember_sets_session_cookies() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    let body = json!({ "email": "ada@example.com", "password": PASSWORD, "rememberMe": false });
    let response = post(&app, "/sign-in/email", &[JSON], &body).await;
    for name in ["latchkey_session", "latchkey_access"] {
        assert!(!response.set_cookie(name).expect("a cookie").contains("Max-Age"));
    }
}

pub async fn post(app: &TestApp, path: &str, headers: &[(&str, &str)], body: &Value) -> TestResponse {
    app.send(&format!("POST /api/auth{path}"), headers, body.to_string()).await
}

pub fn assert_error(response: &TestResponse, status: u16, code: &str, message: &str) {
    assert_eq!((response.status.as_u16(), response.json()), (status, json!({ "message": message, "code": code })));
    assert_eq!(response.header("content-type"), "application/json");
}
