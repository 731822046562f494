//! A browser that nobody knows is sent to sign in, and back to where it was going if that is trusted.

use axum::http::StatusCode;

use super::VERIFY;
use crate::{
    support::{PASSWORD, TestApp, browser::Browser},
    wire::send,
};

/// What a proxy says of a page that a browser asked it for.
const PAGE: [(&str, &str); 5] = [
    ("accept", "text/html,application/xhtml+xml;q=0.9"),
    ("x-forwarded-method", "GET"),
    ("x-forwarded-proto", "http"),
    ("x-forwarded-host", "localhost:3000"),
    ("x-forwarded-uri", "/tasks?done=no&page=2"),
];

#[tokio::test]
async fn a_browser_that_asks_for_a_page_is_sent_to_sign_in_and_back() {
    let app = TestApp::new().await;
    let line = format!("{VERIFY}?redirect=true");
    let answer = send(&app.state, &line, &PAGE, "").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let next = "%2Ftasks%3Fdone%3Dno%26page%3D2";
    assert_eq!(answer.header("location"), format!("http://localhost:3000/sign-in?next={next}"));
    let page = send(&app.state, &format!("GET /sign-in?next={next}"), &[], "").await;
    assert!(page.body.contains(r#"name="next" value="/tasks?done=no&amp;page=2""#), "{}", page.body);
    let ada = app.person("ada@example.com").await;
    let bearer = format!("Bearer {}", ada.access_token);
    let signed_in = send(&app.state, &line, &[&PAGE[..], &[("authorization", &bearer)]].concat(), "").await;
    assert_eq!(signed_in.status, StatusCode::OK);
    let other = format!("{line}&user_id=somebody-else");
    let answer = send(&app.state, &other, &[&PAGE[..], &[("authorization", &bearer)]].concat(), "").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "signing in again would not help");
}

#[tokio::test]
async fn whatever_does_not_ask_for_a_page_gets_a_status_and_no_redirect() {
    let app = TestApp::new().await;
    for (name, value) in [
        ("accept", "*/*"),
        ("accept", "application/json"),
        ("accept", "text/html-not"),
        ("x-forwarded-method", "POST"),
        ("x-forwarded-method", "get"),
        ("x-forwarded-method", ""),
    ] {
        let answer = send(&app.state, &format!("{VERIFY}?redirect=true"), &changed(name, value), "").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{name}: {value}");
    }
    assert_eq!(send(&app.state, VERIFY, &PAGE, "").await.status, StatusCode::UNAUTHORIZED, "nobody asked for one");
    assert_eq!(send(&app.state, &format!("{VERIFY}?redirect=true"), &[], "").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_way_back_leads_to_trusted_sites_only() {
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
        let answer = send(&app.state, &format!("{VERIFY}?redirect=true"), &changed(name, value), "").await;
        let next = next.map(|next| format!("?next={next}")).unwrap_or_default();
        let location = format!("http://localhost:3000/sign-in{next}");
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, &*location), "{name}: {value}");
    }
}

#[tokio::test]
async fn a_form_leads_on_to_a_trusted_site_and_its_page_says_so_to_the_browser() {
    let app = TestApp::with(&[("LATCHKEY_TRUSTED_ORIGINS", "http://localhost:5173")]).await;
    let there = "http://localhost:5173/tasks?done=no";
    let query = "next=http%3A%2F%2Flocalhost%3A5173%2Ftasks%3Fdone%3Dno";
    for path in ["/sign-in", "/sign-up"] {
        let policy = send(&app.state, &format!("GET {path}?{query}"), &[], "")
            .await
            .header("content-security-policy")
            .to_owned();
        assert!(policy.contains("form-action 'self' http://localhost:5173;"), "{policy}");
        for elsewhere in ["", "?next=/account", "?next=http://localhost:5174/", "?next=http://evil.example/"] {
            let page = send(&app.state, &format!("GET {path}{elsewhere}"), &[], "").await;
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
