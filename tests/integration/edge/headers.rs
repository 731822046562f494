//! Headers of every response.

use std::collections::HashSet;

use axum::http::StatusCode;

use crate::support::{JSON, PASSWORD, TestApp, client::TestResponse};

/// Request line, headers, body and the expected status.
type Exchange = (&'static str, &'static [(&'static str, &'static str)], &'static str, u16);

/// One request per kind of response: page, redirect, error page, API, problem, contract, health, asset.
const REQUESTS: [Exchange; 17] = [
    ("GET /", &[], "", 200),
    ("GET /sign-in", &[], "", 200),
    ("HEAD /sign-in", &[], "", 200),
    ("GET /docs", &[], "", 200),
    ("GET /account", &[], "", 303),
    ("GET /nothing", &[], "", 404),
    ("GET /actions/sign-in", &[], "", 405),
    ("POST /actions/sign-in", &[("content-type", "application/x-www-form-urlencoded")], "email=x", 303),
    ("POST /actions/sign-in", &[("sec-fetch-site", "cross-site")], "", 403),
    ("GET /api/users/x", &[], "", 401),
    ("GET /api/x", &[], "", 404),
    ("GET /api/auth/ok", &[], "", 200),
    ("GET /api/auth/get-session", &[], "", 200),
    ("GET /api/auth/x", &[], "", 404),
    ("GET /healthz", &[], "", 200),
    ("GET /pkg/nothing.css", &[], "", 404),
    ("POST /healthz", &[], "", 405),
];

#[tokio::test]
async fn every_response_has_security_headers() {
    let app = TestApp::new().await;
    let mut ids = HashSet::new();
    for (line, headers, body, status) in REQUESTS {
        let response = app.send(line, headers, body).await;
        assert_eq!(response.status.as_u16(), status, "{line}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("x-frame-options", "DENY"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(response.header(name), value, "{line}");
        }
        // The API reference is the same for all anonymous visitors.
        let caching = if line == "GET /docs" { "private, no-cache" } else { "no-store" };
        assert_eq!(response.header("cache-control"), caching, "{line}");
        assert!(response.header("permissions-policy").contains("camera=()"));
        let policy = response.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe-inline") && !policy.contains("ws:"), "{policy}");
        for name in ["strict-transport-security", "server", "x-powered-by", "access-control-allow-origin"] {
            assert!(!response.has(name), "{name} on {line}");
        }
        ids.insert(response.header("x-request-id").to_owned());
        response.assert_no_internals();
    }
    assert_eq!(ids.len(), REQUESTS.len(), "request ids are unique");
}

#[tokio::test]
async fn https_responses_have_hsts_and_host_cookies() {
    let app = TestApp::with(&[("LATCHKEY_BASE_URL", "https://auth.example.com")]).await;
    for (line, headers, body, _) in REQUESTS {
        let response = app.send(line, headers, body).await;
        assert_eq!(response.header("strict-transport-security"), "max-age=63072000; includeSubDomains", "{line}");
    }
    let response = sign_up(&app).await;
    for name in ["__Host-latchkey_access", "__Host-latchkey_session"] {
        let cookie = response.set_cookie(name).expect("a cookie");
        for attribute in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.split("; ").any(|part| part == attribute), "{attribute}: {cookie}");
        }
        assert!(!cookie.contains("Domain"));
    }
}

#[tokio::test]
async fn personal_responses_are_never_cached() {
    let app = TestApp::new().await;
    let response = sign_up(&app).await;
    assert_eq!(response.header("cache-control"), "no-store");
    let cookie = response.set_cookie("latchkey_session").expect("a cookie");
    let cookie = cookie.split(';').next().expect("a pair");
    for line in [
        "GET /account",
        "GET /account/activity",
        "GET /api/auth/get-session",
        "GET /api/auth/token",
        "GET /api/auth/list-sessions",
    ] {
        let response = app.send(line, &[("cookie", cookie)], "").await;
        assert_eq!((response.status, response.header("cache-control")), (StatusCode::OK, "no-store"), "{line}");
    }
    let response = app.send("GET /api/auth/get-session", &[("cookie", cookie)], "").await;
    assert_eq!(response.header("pragma"), "no-cache");
}

#[tokio::test]
async fn script_nonce_is_unique_per_response() {
    let app = TestApp::new().await;
    let mut nonces = HashSet::new();
    for path in ["/sign-in", "/sign-up", "/sign-in", "/sign-up"] {
        let response = app.send(&format!("GET {path}"), &[], "").await;
        let policy = response.header("content-security-policy");
        let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce");
        assert!(nonce.len() >= 22, "128 bits: {nonce}");
        assert!(policy.contains("connect-src 'self';"), "{policy}");
        let scripts: Vec<_> = response.body.split("<script").skip(1).collect();
        assert!(!scripts.is_empty());
        for script in scripts {
            assert!(
                script.split('>').next().is_some_and(|tag| tag.contains(&format!("nonce=\"{nonce}\""))),
                "{script}"
            );
        }
        assert!(!response.body.contains(" style=") && !response.body.contains("onclick"));
        nonces.insert(nonce.to_owned());
    }
    assert_eq!(nonces.len(), 4);
}

#[tokio::test]
async fn page_without_islands_loads_no_script() {
    let app = TestApp::new().await;
    for line in ["GET /", "GET /nothing", "GET /actions/sign-in"] {
        let response = app.send(line, &[], "").await;
        assert!(response.header("content-type").starts_with("text/html"));
        assert!(!response.body.contains("<script") && !response.body.contains("modulepreload"), "{line}");
    }
}

#[tokio::test]
async fn request_id_from_client_is_ignored() {
    let app = TestApp::new().await;
    for line in ["GET /", "GET /api/x", "GET /healthz"] {
        let response = app.send(line, &[("x-request-id", "chosen-by-the-client")], "").await;
        let id = response.header("x-request-id");
        assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
        assert!(!response.body.contains("chosen-by-the-client"));
    }
    let page = app.send("GET /actions/sign-in", &[("x-request-id", "chosen")], "").await;
    assert!(page.body.contains(page.header("x-request-id")), "the error page shows the request id");
}

async fn sign_up(app: &TestApp) -> TestResponse {
    let body = format!(r#"{{"name":"Ada","email":"ada@example.com","password":"{PASSWORD}"}}"#);
    let response = app.send("POST /api/auth/sign-up/email", &[JSON], body).await;
    assert_eq!(response.status, StatusCode::OK);
    response
}
