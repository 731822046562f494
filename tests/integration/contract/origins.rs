//! Pages of trusted origins may use the APIs. Other pages may not. Neither may submit our forms.

use axum::http::StatusCode;
use serde_json::json;

use crate::{
    contract::{assert_error, post},
    support::{JSON, PASSWORD, TestApp, client::TestResponse},
};

const TRUSTED: (&str, &str) =
    ("LATCHKEY_TRUSTED_ORIGINS", "https://app.example.com,https://*.example.org,http://localhost:*,myapp://");

/// Origins that match the setting.
const TRUSTED_ORIGINS: [&str; 4] =
    ["https://app.example.com", "https://a.b.example.org", "http://localhost:5173", "myapp://"];
/// Origins that do not match, although some look similar.
const UNTRUSTED: [&str; 9] = [
    "https://evil.example",
    "http://app.example.com",
    "https://app.example.com:8443",
    "https://app.example.com.evil.example",
    "https://example.org",
    "https://evil.example/.example.org",
    "https://a.example.org.evil.example",
    "https://a.example.org@evil.example",
    "null",
];

#[tokio::test]
async fn preflight_allows_trusted_origins_only() {
    let app = TestApp::with(&[TRUSTED]).await;
    for path in ["/api/auth/sign-in/email", "/api/auth/nope", "/api/users/x", "/api/users/x/sessions"] {
        for origin in TRUSTED_ORIGINS {
            let response = preflight(&app, path, origin).await;
            assert_eq!((response.status, response.body.as_str()), (StatusCode::NO_CONTENT, ""), "{path} {origin}");
            assert_eq!(response.header("access-control-allow-origin"), origin);
            assert_eq!(response.header("access-control-allow-credentials"), "true");
            assert_eq!(response.header("access-control-allow-headers"), "content-type, authorization");
            assert_eq!(response.header("access-control-allow-methods"), "GET, POST, PATCH, DELETE");
            assert_eq!(response.header("vary"), "origin");
        }
        for origin in UNTRUSTED {
            let response = preflight(&app, path, origin).await;
            assert!(response.status.is_client_error(), "{path} {origin}");
            assert_no_permission(&response);
        }
    }
    // `OPTIONS` without `Access-Control-Request-Method` is not a preflight.
    let response = app.send("OPTIONS /api/auth/ok", &[("origin", TRUSTED_ORIGINS[0])], "").await;
    assert_eq!(response.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn trusted_origin_reads_response_and_headers() {
    let app = TestApp::with(&[TRUSTED]).await;
    let body = json!({ "name": "Ada", "email": "ada@example.com", "password": PASSWORD });
    let headers = [JSON, ("origin", TRUSTED_ORIGINS[0]), ("sec-fetch-site", "same-site"), ("sec-fetch-mode", "cors")];
    let response = post(&app, "/sign-up/email", &headers, &body).await;
    assert_eq!(response.status, StatusCode::OK);
    assert_eq!(response.header("access-control-allow-origin"), TRUSTED_ORIGINS[0]);
    assert_eq!(response.header("access-control-allow-credentials"), "true");
    let exposed = response.header("access-control-expose-headers");
    for name in ["set-auth-token", "set-auth-jwt", "x-retry-after"] {
        assert!(exposed.split(", ").any(|exposed| exposed == name), "{exposed}");
    }
    // CORS headers are on errors too.
    let response = post(&app, "/sign-in/email", &headers, &json!({})).await;
    assert_eq!(
        (response.status, response.header("access-control-allow-origin")),
        (StatusCode::BAD_REQUEST, TRUSTED_ORIGINS[0])
    );
}

#[tokio::test]
async fn untrusted_origin_changes_nothing() {
    let app = TestApp::with(&[TRUSTED]).await;
    let ada = app.person("ada@example.com").await;
    let session = format!("latchkey_session={}; latchkey_access={}", ada.session_token, ada.access_token);
    for origin in UNTRUSTED {
        let headers = [JSON, ("origin", origin), ("cookie", &session)];
        let response = app.send("GET /api/auth/get-session", &headers, "").await;
        assert_eq!((response.status, response.header("vary")), (StatusCode::OK, "origin"));
        assert_no_permission(&response);
        for path in ["/sign-out", "/delete-user", "/revoke-sessions"] {
            let response = post(&app, path, &headers, &json!({})).await;
            assert_eq!(response.status, StatusCode::FORBIDDEN, "{path} {origin}");
            assert_no_permission(&response);
        }
        let response = app.send(&format!("DELETE {}/sessions", ada.path("")), &headers, "").await;
        assert_eq!(response.problem(), "403 cross_site", "{origin}");
        assert_no_permission(&response);
    }
    assert_eq!(ada.get(&app, "").await.status, StatusCode::OK);
}

#[tokio::test]
async fn trusted_origin_uses_apis_but_not_forms() {
    let app = TestApp::with(&[TRUSTED, ("LATCHKEY_RATE_LIMIT", "off")]).await;
    for (number, origin) in TRUSTED_ORIGINS.into_iter().enumerate() {
        let email = format!("ada{number}@example.com");
        let ada = app.person(&email).await;
        let session = format!("latchkey_session={}; latchkey_access={}", ada.session_token, ada.access_token);
        let headers = [JSON, ("origin", origin), ("cookie", &session), ("sec-fetch-site", "same-site")];
        let patch = app.send(&format!("PATCH {}", ada.path("")), &headers, r#"{"name":"Ada"}"#).await;
        assert_eq!((patch.status, patch.header("access-control-allow-origin")), (StatusCode::OK, origin));
        let form = [("content-type", "application/x-www-form-urlencoded"), headers[1], headers[2], headers[3]];
        let action = app.send("POST /actions/sign-out", &form, "").await;
        assert_eq!(action.status, StatusCode::FORBIDDEN, "{origin}");
        let page = app.send("GET /account", &headers[1..], "").await;
        assert_no_permission(&page);
        let out = post(&app, "/sign-out", &headers, &json!({})).await;
        assert_eq!((out.status, out.json()), (StatusCode::OK, json!({ "success": true })));
    }
}

#[tokio::test]
async fn callbacks_allow_trusted_origins_only() {
    let app = TestApp::with(&[TRUSTED]).await;
    for (member, code, label) in [
        ("callbackURL", "INVALID_CALLBACK_URL", "callbackURL"),
        ("redirectTo", "INVALID_REDIRECT_URL", "redirectURL"),
        ("errorCallbackURL", "INVALID_ERROR_CALLBACK_URL", "errorCallbackURL"),
        ("newUserCallbackURL", "INVALID_NEW_USER_CALLBACK_URL", "newUserCallbackURL"),
    ] {
        for good in ["/in", "https://app.example.com/in?a=b", "https://a.example.org", "myapp://in", ""] {
            let response = post(&app, "/sign-out", &[JSON], &json!({ member: good })).await;
            assert_eq!(response.status, StatusCode::OK, "{member} {good}");
        }
        for bad in UNTRUSTED.into_iter().chain(["//app.example.com", "/\\evil.example", "/%2fevil.example"]) {
            let response = post(&app, "/sign-out", &[JSON], &json!({ member: bad })).await;
            assert_error(&response, 403, code, &format!("Invalid {label}"));
        }
        let response = post(&app, "/sign-out", &[JSON], &json!({ member: ["/a"] })).await;
        assert_eq!(response.json(), json!({ "message": format!("Invalid {label}: expected a string") }));
    }
    // Order of checks: origin, callback, body.
    let body = json!({ "callbackURL": "//evil.example" });
    let foreign = [JSON, ("origin", UNTRUSTED[0])];
    assert_error(&post(&app, "/sign-in/email", &foreign, &body).await, 403, "INVALID_ORIGIN", "Invalid origin");
    let response = post(&app, "/sign-in/email", &[JSON, ("origin", TRUSTED_ORIGINS[0])], &body).await;
    assert_error(&response, 403, "INVALID_CALLBACK_URL", "Invalid callbackURL");
}

async fn preflight(app: &TestApp, path: &str, origin: &str) -> TestResponse {
    let headers = [
        ("origin", origin),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type"),
    ];
    app.send(&format!("OPTIONS {path}"), &headers, "").await
}

fn assert_no_permission(response: &TestResponse) {
    for name in response.headers.keys().filter(|name| *name != "access-control-expose-headers") {
        assert!(!name.as_str().starts_with("access-control"), "{name}");
    }
}
