//! Body validation with the reference's error messages.

use axum::http::StatusCode;
use serde_json::json;

use crate::{
    contract::{assert_error, post},
    support::{FORM, JSON, PASSWORD, TestApp},
};

#[tokio::test]
async fn invalid_bodies_have_the_reference_messages() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    let object = |received: &str| format!("[body] Invalid input: expected object, received {received}");
    let both =
        |received: &str| format!("{}; [body] Invalid input: expected record, received {received}", object(received));
    let string =
        |member: &str, received: &str| format!("[body.{member}] Invalid input: expected string, received {received}");
    let missing = |members: [&str; 2]| members.map(|member| string(member, "undefined")).join("; ");
    for (path, body, message) in [
        ("/sign-up/email", "", both("undefined")),
        ("/sign-up/email", "null", both("null")),
        ("/sign-up/email", "[]", both("array")),
        ("/sign-up/email", "1", both("number")),
        ("/sign-up/email", "{}", missing(["email", "password"])),
        (
            "/sign-up/email",
            r#"{"name":"x","email":"bad","password":"x"}"#,
            "[body.email] Invalid email address".to_owned(),
        ),
        (
            "/sign-up/email",
            r#"{"name":"x","email":"","password":"x"}"#,
            "[body.email] Invalid email address".to_owned(),
        ),
        (
            "/sign-up/email",
            r#"{"name":"x","email":" a@b.co","password":"x"}"#,
            "[body.email] Invalid email address".to_owned(),
        ),
        (
            "/sign-up/email",
            r#"{"name":"x","email":"a@b.co","password":""}"#,
            "[body.password] Too small: expected string to have >=1 characters".to_owned(),
        ),
        (
            "/sign-up/email",
            r#"{"name":"x","email":"a@b.co","password":"x","rememberMe":"no"}"#,
            "[body.rememberMe] Invalid input: expected boolean, received string".to_owned(),
        ),
        ("/sign-in/email", "", object("undefined")),
        (
            "/sign-in/email",
            r#"{"email":1,"password":null}"#,
            format!("{}; {}", string("email", "number"), string("password", "null")),
        ),
        ("/sign-out", "[]", object("array")),
        ("/sign-out", "null", object("null")),
        ("/revoke-session", "{}", string("token", "undefined")),
        (
            "/change-password",
            "{}",
            format!("{}; {}", string("newPassword", "undefined"), string("currentPassword", "undefined")),
        ),
        ("/update-user", "[]", "[body] Invalid input: expected record, received array".to_owned()),
        ("/update-user", "", "[body] Invalid input: expected record, received undefined".to_owned()),
    ] {
        let response = app.send(&format!("POST /api/auth{path}"), &[JSON], body).await;
        assert_error(&response, 400, "VALIDATION_ERROR", &message);
    }
}

#[tokio::test]
async fn body_content_types_match_the_reference() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    let both = "application/x-www-form-urlencoded, application/json";
    for (path, kind, allowed) in [
        ("/sign-in/email", "text/plain; charset=utf-8", both),
        ("/sign-up/email", "TEXT/Plain", both),
        ("/sign-out", "application/x-www-form-urlencoded", "application/json"),
        ("/update-user", "multipart/form-data; boundary=x", "application/json"),
    ] {
        let response = app.send(&format!("POST /api/auth{path}"), &[("content-type", kind)], "x").await;
        assert_error(
            &response,
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            &format!("Content-Type \"{kind}\" is not allowed. Allowed types: {allowed}"),
        );
    }
    for body in ["{", "{bad", "\"", "[1,"] {
        let response = app.send("POST /api/auth/sign-out", &[JSON], body).await;
        assert_error(&response, 400, "BAD_REQUEST", "Invalid JSON in request body");
    }
    let form = format!("email=ada%40example.com&password={}", PASSWORD.replace(' ', "+"));
    assert_eq!(app.send("POST /api/auth/sign-in/email", &[FORM], form).await.status, StatusCode::OK);
    let kind = ("content-type", "Application/JSON; charset=utf-8");
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    assert_eq!(post(&app, "/sign-in/email", &[kind], &body).await.status, StatusCode::OK);
    let response = app.send("POST /api/auth/sign-out", &[], "untyped").await;
    assert_eq!((response.status, response.json()), (StatusCode::OK, json!({ "success": true })));
    let response = app.send("POST /api/auth/sign-out", &[JSON], "x".repeat(17 * 1024)).await;
    assert_error(&response, 413, "PAYLOAD_TOO_LARGE", "The request body is larger than 16 kB");
}
