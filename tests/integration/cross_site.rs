//! What a browser sends from another site changes nothing.

use axum::http::StatusCode;

use crate::{
    support::{BASE_URL, TestApp},
    wire::{Answer, send},
};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// What a browser says of a request from elsewhere.
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

/// What a browser says of a request from here, and what a program says.
/// How many incidents of one network the database keeps at once.
const STORED: usize = 30;

const OURS: [&[(&str, &str)]; 5] = [
    &[("sec-fetch-site", "same-origin")],
    &[("sec-fetch-site", "none")],
    &[("sec-fetch-site", "same-origin"), ("origin", BASE_URL)],
    &[("origin", BASE_URL)],
    &[],
];

#[tokio::test]
async fn a_form_from_another_site_is_refused_with_a_page() {
    let app = TestApp::new().await;
    for foreign in FOREIGN {
        for action in ["sign-in", "sign-up", "sign-out", "change-password", "delete-account", "nothing"] {
            let answer = act(&app, action, foreign).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{action} {foreign:?}");
            assert!(answer.header("content-type").starts_with("text/html"));
            assert!(!answer.has("location") && !answer.has("set-cookie"));
        }
    }
    // Each is in the log; what the database keeps of one network's has a bound.
    assert_eq!(app.recorded("malicious_csrf").await.len(), (FOREIGN.len() * 6).min(STORED));
}

#[tokio::test]
async fn a_form_of_our_own_is_taken() {
    let app = TestApp::new().await;
    for ours in OURS {
        assert_eq!(act(&app, "sign-in", ours).await.status, StatusCode::SEE_OTHER, "{ours:?}");
    }
    assert_eq!(app.recorded("malicious_csrf").await, []);
}

#[tokio::test]
async fn an_api_request_from_another_site_is_refused_with_a_problem_whoever_is_signed_in() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let cookie = format!("latchkey_access={}", ada.access_token);
    for foreign in FOREIGN {
        for line in ["PATCH {}", "DELETE {}/sessions", "DELETE {}/sessions/x", "POST {}"] {
            let headers = [foreign, &[("cookie", cookie.as_str())]].concat();
            let answer = send(&app.state, &line.replace("{}", &ada.path("")), &headers, "").await;
            assert_eq!(
                (answer.status, answer.problem().as_str()),
                (StatusCode::FORBIDDEN, "cross_site"),
                "{foreign:?}"
            );
        }
    }
    assert_eq!(app.recorded("malicious_csrf").await.len(), (FOREIGN.len() * 4).min(STORED));
    assert_eq!(ada.get(&app, "").await.status_code(), StatusCode::OK);
}

#[tokio::test]
async fn reading_from_elsewhere_is_the_browsers_to_forbid() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let bearer = format!("Bearer {}", ada.access_token);
    let headers = [("authorization", bearer.as_str()), ("origin", "https://evil.example")];
    let answer = send(&app.state, &format!("GET {}", ada.path("")), &headers, "").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(!answer.has("access-control-allow-origin"), "no page elsewhere may read it");
}

#[tokio::test]
async fn the_sign_in_api_refuses_foreign_origins_in_its_own_words() {
    let app = TestApp::new().await;
    let json = ("content-type", "application/json");
    for (path, headers, code) in [
        ("sign-in/email", &[json, ("origin", "https://evil.example")][..], "INVALID_ORIGIN"),
        ("sign-up/email", &[json, ("origin", "null")], "MISSING_OR_NULL_ORIGIN"),
        ("sign-out", &[json, ("cookie", "a=b"), ("origin", "https://evil.example")], "INVALID_ORIGIN"),
        ("change-password", &[json, ("cookie", "a=b")], "MISSING_OR_NULL_ORIGIN"),
        (
            "sign-in/email",
            &[json, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("origin", BASE_URL)],
            "CROSS_SITE_NAVIGATION_LOGIN_BLOCKED",
        ),
    ] {
        let answer = send(&app.state, &format!("POST /api/auth/{path}"), headers, "{}").await;
        assert_eq!((answer.status, answer.json()["code"].as_str()), (StatusCode::FORBIDDEN, Some(code)), "{headers:?}");
    }
    assert_eq!(app.recorded("malicious_csrf").await.len(), 5);
}

async fn act(app: &TestApp, action: &str, headers: &[(&str, &str)]) -> Answer {
    let headers = [headers, &[FORM]].concat();
    send(&app.state, &format!("POST /actions/{action}"), &headers, "email=ada%40example.com&password=x").await
}

#[tokio::test]
async fn what_another_site_makes_a_browser_send_is_not_let_through_a_proxy() {
    let app = TestApp::with(&[("LATCHKEY_TRUSTED_ORIGINS", "https://partner.example.com")]).await;
    let ada = app.person("ada@example.com").await;
    let cookie = format!("latchkey_access={}", ada.access_token);
    let (host, proto) = (("x-forwarded-host", "app.example.com"), ("x-forwarded-proto", "https"));
    let verify = async |method: &'static str, more: &[(&'static str, &'static str)]| {
        let mut headers = vec![("cookie", cookie.as_str()), ("x-forwarded-method", method), host, proto];
        headers.extend(more);
        send(&app.state, "GET /api/auth/verify", &headers, "").await
    };
    for foreign in [
        &[("sec-fetch-site", "cross-site")][..],
        &[("sec-fetch-site", "same-site"), ("origin", "https://blog.example.com")],
        &[("origin", "https://blog.example.com")],
        &[("origin", "null")],
    ] {
        for method in ["POST", "DELETE", "what"] {
            let answer = verify(method, foreign).await;
            assert_eq!(
                (answer.status, answer.problem().as_str()),
                (StatusCode::FORBIDDEN, "cross_site"),
                "{foreign:?}"
            );
        }
        assert_eq!(verify("GET", foreign).await.status, StatusCode::OK, "a link from there may be followed");
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
    let answer = send(&app.state, "GET /api/auth/verify", &untold, "").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "a method that is not told may be any");
    let bearer = format!("Bearer {}", ada.access_token);
    let program =
        [("authorization", bearer.as_str()), ("x-forwarded-method", "POST"), ("sec-fetch-site", "cross-site")];
    assert_eq!(send(&app.state, "GET /api/auth/verify", &program, "").await.status, StatusCode::OK);
}
