//! Forward authentication: a proxy verifies each request with the service.

mod return_address;
mod step_up;

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::{PASSWORD, TestApp, browser::Browser, client::TestResponse};

const VERIFY: &str = "GET /api/auth/verify";
const HEADERS: [&str; 7] = [
    "x-auth-user-id",
    "x-auth-session-id",
    "x-auth-email",
    "x-auth-email-verified",
    "x-auth-name",
    "x-auth-acr",
    "x-auth-time",
];

#[tokio::test]
async fn signed_in_request_returns_identity_headers() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    for method in ["GET", "HEAD"] {
        let response = verify_as(&app, &ada.access_token, &format!("{method} /api/auth/verify")).await;
        assert_eq!((response.status, response.body.as_str()), (StatusCode::OK, ""));
        assert_eq!(response.header("x-auth-user-id"), ada.user_id);
        assert_eq!(response.header("x-auth-session-id"), ada.session_id());
        assert_eq!(response.header("x-auth-email"), "ada@example.com");
        assert_eq!(response.header("x-auth-email-verified"), "false");
        assert_eq!(response.header("x-auth-name"), "Ada");
        assert_eq!((response.header("x-auth-acr"), response.header("x-auth-time")), ("aal1", "1800000000"));
        assert_eq!(response.header("cache-control"), "no-store");
        assert!(!response.has("authorization") && !response.has("set-cookie"));
    }
}

#[tokio::test]
async fn every_kind_of_credential_is_accepted() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let access = ada.access_cookie();
    let session = ada.session_cookie();
    for (name, value) in [
        ("authorization", ada.bearer()),
        ("authorization", ada.session_bearer()),
        ("cookie", access.clone()),
        ("cookie", session.clone()),
        ("cookie", format!("{access}; {session}")),
    ] {
        let response = app.send(VERIFY, &[(name, &value)], "").await;
        assert_eq!((response.status, response.header("x-auth-user-id")), (StatusCode::OK, &*ada.user_id), "{value}");
    }
}

#[tokio::test]
async fn invalid_credentials_return_401() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let cookie = ada.cookies();
    let response = app.send(VERIFY, &[], "").await;
    assert_eq!(response.problem(), "401 unauthenticated");
    assert_eq!(response.header("www-authenticate"), "Bearer realm=\"latchkey\"");
    for header in ["Bearer x", "Bearer x.y", "Bearer", "Bearer a b", &format!("Bearer {}x", ada.access_token)] {
        let response = app.send(VERIFY, &[("authorization", header), ("cookie", &cookie)], "").await;
        assert_eq!(response.problem(), "401 invalid_token", "{header}");
        assert!(response.header("www-authenticate").contains("error=\"invalid_token\""));
        assert_no_identity(&response);
    }
    let other = app.send(VERIFY, &[("authorization", "Token x"), ("cookie", &cookie)], "").await;
    assert_eq!(other.status, StatusCode::UNAUTHORIZED, "the header decides, even with an unknown scheme");
    let basic = app.send(VERIFY, &[("authorization", "Basic YTpi"), ("cookie", &cookie)], "").await;
    assert_eq!(basic.status, StatusCode::OK, "except Basic, which browsers send to the proxy");
    for cookie in ["latchkey_access=x", "latchkey_session=x", "latchkey_access=x; latchkey_session=y"] {
        let response = app.send(VERIFY, &[("cookie", cookie)], "").await;
        assert_eq!(response.status, StatusCode::UNAUTHORIZED, "{cookie}");
        assert_no_identity(&response);
    }
}

#[tokio::test]
async fn identity_headers_from_client_are_ignored() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    let forged = HEADERS.map(|name| (name, bob.user_id.as_str()));
    let response = app.send(VERIFY, &forged, "").await;
    assert_eq!(response.status, StatusCode::UNAUTHORIZED);
    assert_no_identity(&response);
    let bearer = ada.bearer();
    let response = app.send(VERIFY, &[&forged[..], &[("authorization", &bearer)]].concat(), "").await;
    assert_eq!(response.header("x-auth-user-id"), ada.user_id);
    assert_eq!(response.header("x-auth-email"), "ada@example.com");
}

/// nginx examples of other projects set these.
#[tokio::test]
async fn x_original_headers_change_nothing() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let (cookies, line) = (ada.cookies(), "GET /api/auth/verify?redirect=true");
    let page = [("accept", "text/html"), ("x-forwarded-method", "GET"), ("x-forwarded-uri", "/tasks")];
    let change = [("cookie", cookies.as_str()), ("x-forwarded-method", "POST"), ("sec-fetch-site", "cross-site")];
    let read = [("cookie", cookies.as_str()), ("x-forwarded-method", "GET")];
    let unnamed = [("cookie", cookies.as_str()), ("sec-fetch-site", "cross-site")];
    for (headers, status) in [(&page[..], 303), (&change, 403), (&read, 200), (&unnamed, 403), (&page[..2], 303)] {
        let plain = app.send(line, headers, "").await;
        assert_eq!(plain.status, status, "{headers:?}");
        for (url, method) in [("/evil", "GET"), ("https://evil.example/", "POST"), ("/\u{e9}", "")] {
            let more = [("x-original-url", url), ("x-original-method", method), ("x-original-uri", url)];
            let response = app.send(line, &[headers, &more].concat(), "").await;
            assert_eq!((response.status, response.has("location")), (plain.status, status == 303), "{headers:?}");
            if status == 303 {
                assert_eq!(response.header("location"), plain.header("location"));
            }
        }
    }
}

#[tokio::test]
async fn user_id_parameter_admits_its_owner_only() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    let ask = |id: String| {
        let (app, token) = (&app, ada.access_token.clone());
        async move { verify_as(app, &token, &format!("{VERIFY}?user_id={id}")).await }
    };
    assert_eq!(ask(ada.user_id.clone()).await.status, StatusCode::OK);
    for other in [bob.user_id.clone(), ada.user_id.to_uppercase(), String::new(), format!("{}%20", ada.user_id)] {
        let response = ask(other.clone()).await;
        assert_eq!(response.problem(), "403 forbidden", "{other:?}");
        assert_no_identity(&response);
    }
    assert!(ada.events(&app).await.contains(&"authz_fail".to_owned()));
    let anonymous = app.send(&format!("{VERIFY}?user_id={}", ada.user_id), &[], "").await;
    assert_eq!(anonymous.status, StatusCode::UNAUTHORIZED, "authentication comes before authorization");
}

#[tokio::test]
async fn invalid_parameters_return_400() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let id = &ada.user_id;
    for query in [
        "userid=x".to_owned(),
        format!("user_id={id}&user_id={id}"),
        format!("user_id=x&user_id={id}"),
        "bearer=yes".to_owned(),
        "bearer".to_owned(),
        "redirect=1".to_owned(),
        "acr=".to_owned(),
        "acr=aal3".to_owned(),
        "acr=AAL2".to_owned(),
        "acr=aal1%20aal2".to_owned(),
        "acr=aal1&acr=aal2".to_owned(),
        "max_age=".to_owned(),
        "max_age=0".to_owned(),
        "max_age=-1".to_owned(),
        "max_age=1.5".to_owned(),
        "max_age=15m".to_owned(),
        "max_age=9223372036854775808".to_owned(),
        "max_age=900&max_age=901".to_owned(),
        "maxage=900".to_owned(),
    ] {
        let response = verify_as(&app, &ada.access_token, &format!("{VERIFY}?{query}")).await;
        assert_eq!(response.problem(), "400 invalid_query", "{query}");
        assert_no_identity(&response);
    }
    let response = verify_as(&app, &ada.access_token, "POST /api/auth/verify").await;
    assert_eq!(response.problem(), "405 method_not_allowed");
}

#[tokio::test]
async fn bearer_parameter_returns_an_access_token() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    app.wait(Duration::from_mins(14));
    let response = verify_as(&app, &ada.session_token, &format!("{VERIFY}?bearer=true&user_id={}", ada.user_id)).await;
    let fresh = response.header("authorization").to_owned();
    app.wait(Duration::from_mins(14));
    let profile = app.send(&format!("GET {}", ada.path("")), &[("authorization", &fresh)], "").await;
    assert_eq!(profile.json()["id"], ada.user_id.as_str());
    assert!(!response.has("set-cookie"), "a program gets no cookies");
}

#[tokio::test]
async fn bearer_parameter_never_renews_from_a_token() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    app.wait(Duration::from_mins(14));
    let shown = ada.bearer();
    let cookie = ada.access_cookie();
    for (name, value) in [("authorization", &shown), ("cookie", &cookie)] {
        let response = app.send(&format!("{VERIFY}?bearer=true"), &[(name, value)], "").await;
        assert_eq!((response.status, response.header("authorization")), (StatusCode::OK, &*shown), "{name}");
        assert!(!response.has("set-cookie"));
    }
}

#[tokio::test]
async fn old_access_cookie_is_renewed_for_upstream() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let cookies = ada.cookies();
    let line = format!("{VERIFY}?bearer=true");
    app.wait(Duration::from_mins(9));
    let young = app.send(&line, &[("cookie", &cookies)], "").await;
    assert_eq!(young.header("authorization"), ada.bearer());
    assert!(!young.has("set-cookie"));
    app.wait(Duration::from_mins(2));
    let old = app.send(&line, &[("cookie", &cookies)], "").await;
    let token = old.header("authorization").strip_prefix("Bearer ").expect("a token").to_owned();
    assert_ne!(token, ada.access_token);
    assert!(
        old.header("set-cookie").starts_with(&format!("latchkey_access={token};")),
        "the browser gets the same token"
    );
    app.close_database().await;
    let alone = app.send(&line, &[("cookie", &cookies)], "").await;
    assert_eq!(alone.header("authorization"), ada.bearer(), "the old token is still valid");
}

#[tokio::test]
async fn identity_headers_are_percent_encoded() {
    let app = TestApp::new().await;
    for (n, (name, header)) in [
        ("李小龍 100%", "%E6%9D%8E%E5%B0%8F%E9%BE%8D 100%25"),
        ("O'Brien, \"Bob\" <b@x>", "O'Brien, \"Bob\" <b@x>"),
        ("👩\u{200d}👧x", "%F0%9F%91%A9%E2%80%8D%F0%9F%91%A7x"),
    ]
    .into_iter()
    .enumerate()
    {
        let body = json!({ "name": name, "email": format!("p{n}é@example.com"), "password": PASSWORD });
        let signed_up: Value = app.client().post("/api/auth/sign-up/email").json(&body).await.json();
        let token = signed_up["token"].as_str().expect("a token");
        let response = verify_as(&app, token, VERIFY).await;
        assert_eq!(response.header("x-auth-name"), header);
        assert_eq!(response.header("x-auth-email"), format!("p{n}%C3%A9@example.com"));
    }
}

#[tokio::test]
async fn missing_name_gives_an_empty_header() {
    let app = TestApp::new().await;
    let body = json!({ "name": "", "email": "ada@example.com", "password": PASSWORD });
    let signed_up: Value = app.client().post("/api/auth/sign-up/email").json(&body).await.json();
    let response = verify_as(&app, signed_up["token"].as_str().expect("a token"), VERIFY).await;
    assert_eq!(response.status, StatusCode::OK);
    assert_eq!(response.header("x-auth-name"), "", "an absent header would let the client set it");
}

#[tokio::test]
async fn expired_access_cookie_keeps_session_token() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up("ada@example.com").await;
    let (access, session) = (cookie(&browser, "latchkey_access"), cookie(&browser, "latchkey_session"));
    app.wait(Duration::from_mins(20));
    let cookies = format!("latchkey_access={access}; latchkey_session={session}");
    // Parallel requests of one page: none of them rotates the session token.
    for _ in 0..5 {
        let response = app.send(&format!("{VERIFY}?bearer=true"), &[("cookie", &cookies)], "").await;
        assert_eq!(response.status, StatusCode::OK);
        let cookie = response.header("set-cookie");
        let token = response.header("authorization").strip_prefix("Bearer ").expect("a token");
        assert!(cookie.starts_with(&format!("latchkey_access={token};")), "{cookie}");
        assert!(cookie.starts_with("latchkey_access=eyJ") && !cookie.contains(&access), "{cookie}");
        assert!(cookie.contains("Max-Age=900") && cookie.contains("HttpOnly"), "{cookie}");
    }
    assert!(browser.is_signed_in().await, "the session token is unchanged");
}

#[tokio::test]
async fn session_used_through_proxy_stays_active() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up("ada@example.com").await;
    let session = format!("latchkey_session={}", cookie(&browser, "latchkey_session"));
    for _ in 0..4 {
        app.wait(Duration::from_hours(6 * 24));
        assert_eq!(app.send(VERIFY, &[("cookie", &session)], "").await.status, StatusCode::OK);
    }
    app.wait(Duration::from_hours(8 * 24));
    assert_eq!(app.send(VERIFY, &[("cookie", &session)], "").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn reused_session_token_ends_the_session() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up("ada@example.com").await;
    let stolen = format!("latchkey_session={}", cookie(&browser, "latchkey_session"));
    for _ in 0..2 {
        app.wait(Duration::from_mins(20));
        assert!(browser.is_signed_in().await);
    }
    let response = app.send(VERIFY, &[("cookie", &stolen)], "").await;
    assert_eq!(response.status, StatusCode::UNAUTHORIZED);
    assert!(!response.has("set-cookie"), "a proxy gets no cleared cookies");
    assert!(!browser.is_signed_in().await);
}

#[tokio::test]
async fn sign_out_takes_effect_immediately() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let cookies = ada.cookies();
    ada.sign_out(&app).await;
    for (name, value) in [("authorization", ada.bearer()), ("authorization", ada.session_bearer()), ("cookie", cookies)]
    {
        for query in ["", "?bearer=true"] {
            let response = app.send(&format!("{VERIFY}{query}"), &[(name, &value)], "").await;
            assert_eq!(response.problem(), "401 invalid_token");
            assert!(!response.has("set-cookie"));
            assert_no_identity(&response);
        }
    }
}

#[tokio::test]
async fn lost_database_keeps_access_tokens_valid() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    app.close_database().await;
    let response = verify_as(&app, &ada.access_token, &format!("{VERIFY}?bearer=true&user_id={}", ada.user_id)).await;
    assert_eq!((response.status, response.header("x-auth-user-id")), (StatusCode::OK, &*ada.user_id));
    for name in ["x-auth-email", "x-auth-email-verified", "x-auth-name"] {
        assert_eq!(response.header(name), "", "{name}");
    }
    assert_eq!(response.header("authorization"), ada.bearer());
    for query in ["", "?bearer=true", "?redirect=true"] {
        let response = verify_as(&app, &ada.session_token, &format!("{VERIFY}{query}")).await;
        assert_eq!(response.problem(), "503 unavailable");
        assert_no_identity(&response);
    }
}

async fn verify_as(app: &TestApp, token: &str, line: &str) -> TestResponse {
    app.send(line, &[("authorization", &format!("Bearer {token}"))], "").await
}

fn assert_no_identity(response: &TestResponse) {
    for name in HEADERS.iter().chain(&["authorization"]) {
        assert!(!response.has(name), "{name}");
    }
}

fn cookie(browser: &Browser, name: &str) -> String {
    browser.cookie(name).expect("a cookie")
}
