//! Cross-site requests change nothing.

use axum::http::StatusCode;

use super::forms;
use crate::support::{BASE_URL, FORM, JSON, TestApp, client::TestResponse, records::details};

/// Headers of cross-site requests.
const FOREIGN: [&[(&str, &str)]; 8] = [
    &[("sec-fetch-site", "cross-site")],
    &[("sec-fetch-site", "same-site")],
    &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")],
    &[("sec-fetch-site", "x")],
    &[("origin", "https://evil.example")],
    &[("origin", "null")],
    &[("origin", "http://localhost:3001")],
    &[("origin", "http://localhost:3000.evil.example")],
];

/// How many incidents of one network are stored at the same time.
const STORED: usize = 30;

/// Headers of requests from our own pages and from programs.
const OURS: [&[(&str, &str)]; 5] = [
    &[("sec-fetch-site", "same-origin")],
    &[("sec-fetch-site", "none")],
    &[("sec-fetch-site", "same-origin"), ("origin", BASE_URL)],
    &[("origin", BASE_URL)],
    &[],
];

#[tokio::test]
async fn cross_site_form_is_refused_with_a_page() {
    let app = TestApp::new().await;
    let actions = [forms::actions(), vec!["nothing"]].concat();
    for foreign in FOREIGN {
        for action in &actions {
            let response = act(&app, action, foreign).await;
            assert_eq!(response.status, StatusCode::FORBIDDEN, "{action} {foreign:?}");
            assert!(response.header("content-type").starts_with("text/html"));
            assert!(!response.has("location") && !response.has("set-cookie"));
        }
    }
    // The log has every incident; the database stores a limited number per network.
    assert_eq!(details(&app, "malicious_csrf").await.len(), (FOREIGN.len() * actions.len()).min(STORED));
}

#[tokio::test]
async fn same_origin_form_is_accepted() {
    let app = TestApp::new().await;
    for ours in OURS {
        assert_eq!(act(&app, "sign-in", ours).await.status, StatusCode::SEE_OTHER, "{ours:?}");
    }
    assert_eq!(details(&app, "malicious_csrf").await, []);
}

#[tokio::test]
async fn cross_site_api_request_is_refused() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let cookie = ada.access_cookie();
    for foreign in FOREIGN {
        for line in ["PATCH {}", "DELETE {}/sessions", "DELETE {}/sessions/x", "POST {}"] {
            let headers = [foreign, &[("cookie", cookie.as_str())]].concat();
            let response = app.send(&line.replace("{}", &ada.path("")), &headers, "").await;
            assert_eq!(response.problem(), "403 cross_site", "{foreign:?}");
        }
    }
    assert_eq!(details(&app, "malicious_csrf").await.len(), (FOREIGN.len() * 4).min(STORED));
    assert_eq!(ada.get(&app, "").await.status, StatusCode::OK);
}

#[tokio::test]
async fn cross_site_read_has_no_cors_permission() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let bearer = ada.bearer();
    let headers = [("authorization", bearer.as_str()), ("origin", "https://evil.example")];
    let response = app.send(&format!("GET {}", ada.path("")), &headers, "").await;
    assert_eq!(response.status, StatusCode::OK);
    assert!(!response.has("access-control-allow-origin"), "no CORS permission");
}

#[tokio::test]
async fn cross_site_contract_request_has_its_codes() {
    let app = TestApp::new().await;
    for (path, headers, code) in [
        ("sign-in/email", &[JSON, ("origin", "https://evil.example")][..], "INVALID_ORIGIN"),
        ("sign-up/email", &[JSON, ("origin", "null")], "MISSING_OR_NULL_ORIGIN"),
        ("sign-out", &[JSON, ("cookie", "a=b"), ("origin", "https://evil.example")], "INVALID_ORIGIN"),
        ("change-password", &[JSON, ("cookie", "a=b")], "MISSING_OR_NULL_ORIGIN"),
        (
            "sign-in/email",
            &[JSON, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("origin", BASE_URL)],
            "CROSS_SITE_NAVIGATION_LOGIN_BLOCKED",
        ),
    ] {
        let response = app.send(&format!("POST /api/auth/{path}"), headers, "{}").await;
        assert_eq!(
            (response.status, response.json()["code"].as_str()),
            (StatusCode::FORBIDDEN, Some(code)),
            "{headers:?}"
        );
    }
    assert_eq!(details(&app, "malicious_csrf").await.len(), 5);
}

async fn act(app: &TestApp, action: &str, headers: &[(&str, &str)]) -> TestResponse {
    let headers = [headers, &[FORM]].concat();
    app.send(&format!("POST /actions/{action}"), &headers, "email=ada%40example.com&password=x").await
}

#[tokio::test]
async fn cross_site_forward_auth_is_refused() {
    let app = TestApp::with(&[("LATCHKEY_TRUSTED_ORIGINS", "https://partner.example.com")]).await;
    let ada = app.person("ada@example.com").await;
    let cookie = ada.access_cookie();
    let (host, proto) = (("x-forwarded-host", "app.example.com"), ("x-forwarded-proto", "https"));
    let verify = async |method: &'static str, more: &[(&'static str, &'static str)]| {
        let mut headers = vec![("cookie", cookie.as_str()), ("x-forwarded-method", method), host, proto];
        headers.extend(more);
        app.send("GET /api/auth/verify", &headers, "").await
    };
    for foreign in [
        &[("sec-fetch-site", "cross-site")][..],
        &[("sec-fetch-site", "same-site"), ("origin", "https://blog.example.com")],
        &[("origin", "https://blog.example.com")],
        &[("origin", "null")],
    ] {
        for method in ["POST", "DELETE", "what"] {
            let response = verify(method, foreign).await;
            assert_eq!(response.problem(), "403 cross_site", "{foreign:?}");
        }
        assert_eq!(verify("GET", foreign).await.status, StatusCode::OK, "GET is allowed from any site");
    }
    for own in [
        &[][..],
        &[("sec-fetch-site", "same-origin")],
        &[("sec-fetch-site", "none")],
        &[("origin", "https://app.example.com")],
        &[("sec-fetch-site", "cross-site"), ("origin", "https://partner.example.com")],
    ] {
        assert_eq!(verify("POST", own).await.status, StatusCode::OK, "{own:?}");
    }
    let untold = [("cookie", cookie.as_str()), ("sec-fetch-site", "cross-site")];
    let response = app.send("GET /api/auth/verify", &untold, "").await;
    assert_eq!(response.status, StatusCode::FORBIDDEN, "an absent method counts as unsafe");
    let bearer = ada.bearer();
    let program =
        [("authorization", bearer.as_str()), ("x-forwarded-method", "POST"), ("sec-fetch-site", "cross-site")];
    assert_eq!(app.send("GET /api/auth/verify", &program, "").await.status, StatusCode::OK);
}
