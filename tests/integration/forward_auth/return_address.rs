//! Redirects to the sign-in page, and back to trusted return addresses.

use axum::http::StatusCode;

use super::VERIFY;
use crate::support::{PASSWORD, TestApp, browser::Browser};

/// The headers that a proxy forwards for a page request.
const PAGE: [(&str, &str); 5] = [
    ("accept", "text/html,application/xhtml+xml;q=0.9"),
    ("x-forwarded-method", "GET"),
    ("x-forwarded-proto", "http"),
    ("x-forwarded-host", "localhost:3000"),
    ("x-forwarded-uri", "/tasks?done=no&page=2"),
];

#[tokio::test]
async fn page_request_is_redirected_to_sign_in() {
    let app = TestApp::new().await;
    let line = format!("{VERIFY}?redirect=true");
    let response = app.send(&line, &PAGE, "").await;
    assert_eq!(response.status, StatusCode::SEE_OTHER);
    let next = "%2Ftasks%3Fdone%3Dno%26page%3D2";
    assert_eq!(response.header("location"), format!("http://localhost:3000/sign-in?next={next}"));
    let page = app.send(&format!("GET /sign-in?next={next}"), &[], "").await;
    assert!(page.body.contains(r#"name="next" value="/tasks?done=no&amp;page=2""#), "{}", page.body);
    let ada = app.person("ada@example.com").await;
    let bearer = ada.bearer();
    let signed_in = app.send(&line, &[&PAGE[..], &[("authorization", &bearer)]].concat(), "").await;
    assert_eq!(signed_in.status, StatusCode::OK);
    let other = format!("{line}&user_id=another");
    let response = app.send(&other, &[&PAGE[..], &[("authorization", &bearer)]].concat(), "").await;
    assert_eq!(response.status, StatusCode::FORBIDDEN, "another sign-in would not help");
}

#[tokio::test]
async fn other_request_returns_a_status() {
    let app = TestApp::new().await;
    for (name, value) in [
        ("accept", "*/*"),
        ("accept", "application/json"),
        ("accept", "text/html-not"),
        ("x-forwarded-method", "POST"),
        ("x-forwarded-method", "get"),
        ("x-forwarded-method", ""),
    ] {
        let response = app.send(&format!("{VERIFY}?redirect=true"), &changed(name, value), "").await;
        assert_eq!(response.status, StatusCode::UNAUTHORIZED, "{name}: {value}");
    }
    assert_eq!(app.send(VERIFY, &PAGE, "").await.status, StatusCode::UNAUTHORIZED, "no redirect was requested");
    assert_eq!(app.send(&format!("{VERIFY}?redirect=true"), &[], "").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn return_address_must_be_trusted() {
    let app = TestApp::with(&[("LATCHKEY_TRUSTED_ORIGINS", "http://localhost:5173")]).await;
    for (name, value, next) in [
        ("x-forwarded-host", "localhost:5173", Some("http%3A%2F%2Flocalhost%3A5173%2Ftasks%3Fdone%3Dno%26page%3D2")),
        ("x-forwarded-host", "LOCALHOST:3000", Some("%2Ftasks%3Fdone%3Dno%26page%3D2")),
        ("x-forwarded-host", "localhost:5174", None),
        ("x-forwarded-host", "evil.example", None),
        ("x-forwarded-host", "localhost:3000@evil.example", None),
        ("x-forwarded-host", "", None),
        ("x-forwarded-proto", "https", None),
        ("x-forwarded-proto", "javascript", None),
        ("x-forwarded-proto", "http, http", None),
        ("x-forwarded-uri", "//evil.example", None),
        ("x-forwarded-uri", "@evil.example/", None),
        ("x-forwarded-uri", ".evil.example/", None),
        ("x-forwarded-uri", "/%5cevil.example", None),
    ] {
        let response = app.send(&format!("{VERIFY}?redirect=true"), &changed(name, value), "").await;
        let next = next.map(|next| format!("?next={next}")).unwrap_or_default();
        let location = format!("http://localhost:3000/sign-in{next}");
        assert_eq!(
            (response.status, response.header("location")),
            (StatusCode::SEE_OTHER, &*location),
            "{name}: {value}"
        );
    }
}

#[tokio::test]
async fn return_address_of_4096_bytes_is_kept() {
    let app = TestApp::new().await;
    let location = async |uri: &str| {
        let response = app.send(&format!("{VERIFY}?redirect=true"), &changed("x-forwarded-uri", uri), "").await;
        response.header("location").to_owned()
    };
    let longest = format!("/{}", "a".repeat(4_095));
    assert_eq!(location(&longest).await, format!("http://localhost:3000/sign-in?next=%2F{}", &longest[1..]));
    assert_eq!(location(&format!("{longest}a")).await, "http://localhost:3000/sign-in");
}

#[tokio::test]
async fn form_returns_to_trusted_sites_only() {
    let app = TestApp::with(&[("LATCHKEY_TRUSTED_ORIGINS", "http://localhost:5173")]).await;
    let there = "http://localhost:5173/tasks?done=no";
    let query = "next=http%3A%2F%2Flocalhost%3A5173%2Ftasks%3Fdone%3Dno";
    for path in ["/sign-in", "/sign-up"] {
        let policy =
            app.send(&format!("GET {path}?{query}"), &[], "").await.header("content-security-policy").to_owned();
        assert!(policy.contains("form-action 'self' http://localhost:5173;"), "{policy}");
        for untrusted in ["", "?next=/account", "?next=http://localhost:5174/", "?next=http://evil.example/"] {
            let page = app.send(&format!("GET {path}{untrusted}"), &[], "").await;
            assert!(page.header("content-security-policy").contains("form-action 'self';"));
            assert!(!page.body.contains("evil.example"));
        }
    }
    let browser = Browser::new(&app);
    let form = [("email", "ada@example.com"), ("password", PASSWORD), ("next", there)];
    assert_eq!(browser.post("sign-up", &form).await.header("location"), there);
    assert_eq!(browser.get(&format!("/sign-in?{query}")).await.header("location"), there);
    assert_eq!(browser.get(&format!("/sign-up?{query}")).await.header("location"), there);
    let again = Browser::new(&app);
    assert_eq!(again.post("sign-in", &form).await.header("location"), there);
    let wrong = [("email", "ada@example.com"), ("password", "not this one"), ("next", there)];
    let back = Browser::new(&app).post("sign-in", &wrong).await;
    assert_eq!(back.header("location"), "/sign-in?next=http%3A%2F%2Flocalhost%3A5173%2Ftasks%3Fdone%3Dno");
    for foreign in
        ["http://evil.example/", "http://localhost:5174/", "//localhost:5173/", "http://localhost:5173@evil.example/"]
    {
        let form = [("email", "ada@example.com"), ("password", PASSWORD), ("next", foreign)];
        assert_eq!(Browser::new(&app).post("sign-in", &form).await.header("location"), "/account", "{foreign}");
    }
}

/// [`PAGE`] with one header changed.
fn changed<'a>(name: &str, value: &'a str) -> Vec<(&'static str, &'a str)> {
    PAGE.iter().map(|(header, usual)| (*header, if *header == name { value } else { *usual })).collect()
}
