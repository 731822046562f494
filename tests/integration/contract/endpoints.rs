//! Endpoints that need mail or a social provider return the reference's errors for an unconfigured one.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::{
    contract::{assert_error, post},
    support::{BASE_URL, JSON, PASSWORD, TestApp, client::TestResponse, records::details},
};

#[tokio::test]
async fn mail_endpoints_validate_then_report_disabled() {
    let app = TestApp::with(&[("LATCHKEY_MAIL", "off")]).await;
    let ada = app.person("ada@example.com").await;
    let bearer = ada.session_bearer();
    for (path, body, status, code, message) in [
        ("/change-email", json!({ "newEmail": "x" }), 400, "VALIDATION_ERROR", "[body.newEmail] Invalid email address"),
        ("/change-email", json!({ "newEmail": "x@y.co" }), 400, "CHANGE_EMAIL_DISABLED", "Change email is disabled"),
        (
            "/request-password-reset",
            json!({}),
            400,
            "VALIDATION_ERROR",
            "[body.email] Invalid input: expected string, received undefined",
        ),
        (
            "/request-password-reset",
            json!({ "email": "ada@example.com" }),
            400,
            "RESET_PASSWORD_DISABLED",
            "Reset password isn't enabled",
        ),
        (
            "/request-password-reset",
            json!({ "email": "nobody@example.com" }),
            400,
            "RESET_PASSWORD_DISABLED",
            "Reset password isn't enabled",
        ),
        ("/reset-password", json!({ "newPassword": "short" }), 400, "INVALID_TOKEN", "Invalid token"),
        (
            "/reset-password",
            json!({ "newPassword": "short", "token": "x" }),
            400,
            "PASSWORD_TOO_SHORT",
            "Password too short",
        ),
        (
            "/reset-password?token=x",
            json!({ "newPassword": "x".repeat(129) }),
            400,
            "PASSWORD_TOO_LONG",
            "Password too long",
        ),
        ("/reset-password", json!({ "newPassword": PASSWORD, "token": "x" }), 400, "INVALID_TOKEN", "Invalid token"),
        (
            "/reset-password?token=a&token=b",
            json!({ "newPassword": PASSWORD }),
            400,
            "VALIDATION_ERROR",
            "[query.token] Invalid input: expected string, received array",
        ),
        (
            "/send-verification-email",
            json!({ "email": "ada@example.com" }),
            400,
            "VERIFICATION_EMAIL_NOT_ENABLED",
            "Verification email isn't enabled",
        ),
    ] {
        assert_error(&post(&app, path, &[JSON, ("authorization", &bearer)], &body).await, status, code, message);
    }
}

#[tokio::test]
async fn provider_endpoints_validate_then_fail() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let bearer = ada.session_bearer();
    let own = ada.user_id.as_str();
    for (path, body, status, code, message) in [
        ("/sign-in/social", json!({ "provider": "google" }), 404, "PROVIDER_NOT_FOUND", "Provider not found"),
        ("/link-social", json!({ "provider": "google" }), 404, "PROVIDER_NOT_FOUND", "Provider not found"),
        (
            "/unlink-account",
            json!({ "accountId": own }),
            400,
            "FAILED_TO_UNLINK_LAST_ACCOUNT",
            "You can't unlink your last account",
        ),
        ("/get-access-token", json!({ "accountId": "x" }), 400, "ACCOUNT_NOT_FOUND", "Account not found"),
        ("/get-access-token", json!({ "useAccountCookie": true }), 400, "ACCOUNT_NOT_FOUND", "Account not found"),
        (
            "/get-access-token",
            json!({ "accountId": own }),
            400,
            "PROVIDER_NOT_SUPPORTED",
            "Provider credential is not supported.",
        ),
        (
            "/refresh-token",
            json!({ "accountId": own }),
            400,
            "PROVIDER_NOT_SUPPORTED",
            "Provider credential is not supported.",
        ),
        ("/refresh-token", json!([]), 400, "VALIDATION_ERROR", "[body] Invalid input"),
        ("/refresh-token", json!({ "accountId": 1 }), 400, "VALIDATION_ERROR", "[body] Invalid input"),
        (
            "/refresh-token",
            json!({ "accountId": "x", "a": 1 }),
            400,
            "VALIDATION_ERROR",
            "[body] Unrecognized key: \"a\"",
        ),
        (
            "/refresh-token",
            json!({ "accountId": "x", "a": 1, "b": 1 }),
            400,
            "VALIDATION_ERROR",
            "[body] Unrecognized keys: \"a\", \"b\"",
        ),
        ("/verify-password", json!({ "password": "wrong" }), 400, "INVALID_PASSWORD", "Invalid password"),
        (
            "/update-session",
            json!([]),
            400,
            "VALIDATION_ERROR",
            "[body] Invalid input: expected record, received array",
        ),
    ] {
        assert_error(&post(&app, path, &[JSON, ("authorization", &bearer)], &body).await, status, code, message);
    }
    let response = post(&app, "/update-session", &[JSON, ("authorization", &bearer)], &json!({ "userId": "x" })).await;
    assert_eq!(
        (response.status, response.json()),
        (StatusCode::BAD_REQUEST, json!({ "message": "No fields to update" }))
    );
    let info = format!("/account-info?accountId={own}");
    let message = "Account is not associated with a configured social provider.";
    assert_error(&get(&app, &info, &bearer).await, 400, "PROVIDER_NOT_CONFIGURED", message);
    assert_error(&get(&app, "/account-info?accountId=x", &bearer).await, 400, "ACCOUNT_NOT_FOUND", "Account not found");
    assert_error(&get(&app, "/account-info", &bearer).await, 400, "VALIDATION_ERROR", "[query] Invalid input");
}

#[tokio::test]
async fn endpoints_without_session_return_only_401() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    for (path, body) in [
        ("/verify-password", json!({ "password": PASSWORD })),
        ("/update-session", json!({})),
        ("/delete-user", json!({ "password": PASSWORD })),
        ("/change-email", json!({ "newEmail": "x@y.co" })),
        ("/unlink-account", json!({ "accountId": "x" })),
        ("/link-social", json!({ "provider": "google" })),
    ] {
        assert_error(&post(&app, path, &[JSON], &body).await, 401, "UNAUTHORIZED", "Unauthorized");
    }
    assert_error(&get(&app, "/list-accounts", "").await, 401, "UNAUTHORIZED", "Unauthorized");
    for line in ["POST /get-access-token", "POST /refresh-token", "GET /account-info?accountId=x"] {
        let response = app.send(&line.replace(" /", " /api/auth/"), &[JSON], r#"{"accountId":"x"}"#).await;
        assert_eq!((response.status, response.body.as_str()), (StatusCode::UNAUTHORIZED, ""), "{line}");
        assert_eq!(response.header("content-type"), "application/json");
    }
}

#[tokio::test]
async fn password_confirmation_is_rate_limited() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let bearer = ada.session_bearer();
    let confirm = async |password: &str| {
        post(&app, "/verify-password", &[JSON, ("authorization", &bearer)], &json!({ "password": password })).await
    };
    assert_eq!(confirm(PASSWORD).await.json(), json!({ "status": true }));
    for _ in 0..5 {
        assert_error(&confirm("wrong").await, 400, "INVALID_PASSWORD", "Invalid password");
    }
    let throttled = confirm(PASSWORD).await;
    assert_eq!((throttled.status, throttled.has("retry-after")), (StatusCode::TOO_MANY_REQUESTS, true));
    // All endpoints that confirm the password share one limit.
    let body = json!({ "password": PASSWORD });
    let deletion = post(&app, "/delete-user", &[JSON, ("authorization", &bearer)], &body).await;
    assert_eq!(deletion.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(details(&app, "authn_login_fail").await, vec![Some("confirmation".to_owned()); 5]);
}

#[tokio::test]
async fn last_account_cannot_be_unlinked() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let bearer = ada.session_bearer();
    let id = ada.user_id.as_str();
    assert_eq!(
        get(&app, "/list-accounts", &bearer).await.json(),
        json!([{
            "id": id, "accountId": id, "userId": id, "providerId": "credential", "scopes": [],
            "createdAt": "2027-01-15T08:00:00.000Z", "updatedAt": "2027-01-15T08:00:00.000Z",
        }])
    );
    app.wait(Duration::from_mins(15));
    let response =
        post(&app, "/unlink-account", &[JSON, ("authorization", &bearer)], &json!({ "accountId": id })).await;
    assert_error(&response, 403, "SESSION_NOT_FRESH", "Session is not fresh");
}

#[tokio::test]
async fn get_session_returns_an_access_token() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let response = get(&app, "/get-session", &ada.session_bearer()).await;
    assert_eq!(response.header("access-control-expose-headers"), "set-auth-jwt");
    let bearer = format!("Bearer {}", response.header("set-auth-jwt"));
    let profile = app.send(&format!("GET {}", ada.path("")), &[("authorization", &bearer)], "").await;
    assert_eq!(profile.status, StatusCode::OK);
    for invalid in ["", "Bearer x"] {
        let response = get(&app, "/get-session", invalid).await;
        assert!(!response.has("set-auth-jwt") && !response.has("access-control-expose-headers"));
    }
}

#[tokio::test]
async fn invalid_links_redirect_with_an_error() {
    let app = TestApp::with(&[("LATCHKEY_TRUSTED_ORIGINS", "https://app.example.com,myapp://")]).await;
    for (path, location) in [
        ("/reset-password/x?callbackURL=/a%3Fb%3Dc%23d", &*format!("{BASE_URL}/a?b=c&error=INVALID_TOKEN#d")),
        ("/reset-password/x?callbackURL=", &format!("{BASE_URL}/api/auth/error?error=INVALID_TOKEN")),
        ("/reset-password/x?callbackURL=https://app.example.com/a", "https://app.example.com/a?error=INVALID_TOKEN"),
        ("/verify-email?token=x&callbackURL=/a%3Fb%3Dc%23d", "/a?b=c&error=INVALID_TOKEN#d"),
        ("/verify-email?token=x&callbackURL=myapp://in", "myapp://in?error=INVALID_TOKEN"),
        ("/callback/google?code=x", &format!("{BASE_URL}/api/auth/error?error=state_not_found")),
        ("/callback/google?code=x&state=y", &format!("{BASE_URL}/api/auth/error?error=state_mismatch")),
    ] {
        let response = get(&app, path, "").await;
        assert_eq!((response.status, response.header("location")), (StatusCode::FOUND, location), "{path}");
        assert_eq!((response.body.as_str(), response.header("content-type")), ("", "application/json"));
    }
    for path in [
        "/reset-password/x?callbackURL=",
        "/verify-email?token=x&callbackURL=",
        "/delete-user/callback?token=x&callbackURL=",
    ] {
        for evil in
            ["//evil.example", "https://evil.example", "https://app.example.com.evil.example", "javascript:alert(1)"]
        {
            let response = get(&app, &format!("{path}{evil}"), "").await;
            assert_error(&response, 403, "INVALID_CALLBACK_URL", "Invalid callbackURL");
        }
    }
    assert_error(&get(&app, "/verify-email?token=x", "").await, 401, "INVALID_TOKEN", "Invalid token");
    let message = "[query.token] Invalid input: expected string, received undefined";
    assert_error(&get(&app, "/verify-email?callbackURL=//e", "").await, 400, "VALIDATION_ERROR", message);
}

#[tokio::test]
async fn provider_post_redirects_to_the_callback() {
    let app = TestApp::new().await;
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let line = "POST /api/auth/callback/a%2Fb?state=s";
    let response = app.send(line, &form, "code=x%26y&state=t&other=z").await;
    let location = format!("{BASE_URL}/api/auth/callback/a%2Fb?code=x%26y&state=s");
    assert_eq!((response.status, response.header("location")), (StatusCode::FOUND, location.as_str()));
}

#[tokio::test]
async fn social_sign_in_validates_every_member() {
    let app = TestApp::new().await;
    let body = json!({
        "provider": 1, "disableRedirect": 1, "idToken": { "nonce": 1, "expiresAt": "x", "user": { "name": { "lastName": 1 } } },
        "scopes": ["a", 1], "loginHint": 2, "additionalParams": { "state": "x" }, "additionalData": [],
    });
    let message = "[body.provider] Invalid input; \
        [body.disableRedirect] Invalid input: expected boolean, received number; \
        [body.idToken.token] Invalid input: expected string, received undefined; \
        [body.idToken.nonce] Invalid input: expected string, received number; \
        [body.idToken.expiresAt] Invalid input: expected number, received string; \
        [body.idToken.user.name.lastName] Invalid input: expected string, received number; \
        [body.scopes.1] Invalid input: expected string, received number; \
        [body.loginHint] Invalid input: expected string, received number; \
        [body.additionalParams] additionalParams cannot include reserved OAuth parameters: state, client_id, \
        redirect_uri, response_type, code_challenge, code_challenge_method, nonce, scope; \
        [body.additionalData] Invalid input: expected record, received array";
    assert_error(&post(&app, "/sign-in/social", &[JSON], &body).await, 400, "VALIDATION_ERROR", message);
}

#[tokio::test]
async fn error_page_shows_only_known_codes() {
    let app = TestApp::new().await;
    for (query, shown) in [
        ("?error=access_denied&error_description=call+us", "access_denied"),
        ("?error=state_not_found", "state_not_found"),
        ("?error=INVALID_TOKEN", "INVALID_TOKEN"),
        ("?error=<b>", "UNKNOWN"),
        ("?error=Your_account_is_locked-call_0800-123456", "UNKNOWN"),
        ("?error=access_denied_call_us", "UNKNOWN"),
        ("?error=access_denied&error=x", "UNKNOWN"),
        ("", "UNKNOWN"),
    ] {
        let response = get(&app, &format!("/error{}", query.replace('<', "%3C").replace('>', "%3E")), "").await;
        assert_eq!((response.status, response.header("content-type")), (StatusCode::OK, "text/html; charset=utf-8"));
        assert!(response.body.contains(&format!("<code>{shown}</code>")), "{}", response.body);
        assert!(!response.body.contains("call us") && !response.body.contains("<b>"));
        assert!(response.body.contains("rel=\"stylesheet\"") && response.body.contains("<header"), "like every page");
        assert!(response.header("content-security-policy").contains("style-src 'self'"));
    }
}

async fn get(app: &TestApp, path: &str, authorization: &str) -> TestResponse {
    let header = [("authorization", authorization)];
    let headers = if authorization.is_empty() { &[][..] } else { &header[..] };
    app.send(&format!("GET /api/auth{path}"), headers, "").await
}

#[tokio::test]
async fn sign_out_validates_its_options() {
    let app = TestApp::new().await;
    let message = "[body.disableRedirect] Invalid input: expected boolean, received number; \
        [body.state] Invalid input: expected string, received number";
    let body = json!({ "callbackURL": "/x", "disableRedirect": 1, "state": 2 });
    assert_error(&post(&app, "/sign-out", &[JSON], &body).await, 400, "VALIDATION_ERROR", message);
    let response = post(&app, "/sign-out", &[JSON], &json!({ "callbackURL": "/x", "disableRedirect": true })).await;
    assert_eq!((response.status, response.json()), (StatusCode::OK, json!({ "success": true })));
    assert_eq!(response.json().get("url"), None::<&Value>);
}
