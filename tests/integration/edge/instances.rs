//! Several instances on one host: browsers share the cookies of all its ports.

use serde_json::json;

use crate::support::{
    PASSWORD, TestApp,
    browser::{ACCESS, ADDRESS, Browser, SESSION},
};

const FIRST: &str = "http://localhost:5100";
const SECOND: &str = "http://localhost:5101";

const HTTPS_FIRST: &str = "https://auth.example.com:5100";
const HTTPS_SECOND: &str = "https://auth.example.com:5101";

/// The prefix of the cookies' names on https (RFC 6265bis §4.1.3.2).
const HTTPS_PREFIX: &str = "__Host-";

/// Settings of the second instance: key pairs of its own, or the secret of the first.
const SIGNING: [&[(&str, &str)]; 2] = [
    &[("LATCHKEY_BASE_URL", SECOND), ("LATCHKEY_JWT_SECRET", ""), ("LATCHKEY_RATE_LIMIT", "off")],
    &[("LATCHKEY_BASE_URL", SECOND), ("LATCHKEY_RATE_LIMIT", "off")],
];

async fn first(more: &[(&str, &str)]) -> TestApp {
    TestApp::with(&[&[("LATCHKEY_BASE_URL", FIRST), ("LATCHKEY_RATE_LIMIT", "off")], more].concat()).await
}

/// What a visitor without a session can do.
async fn visit(browser: &Browser, prefix: &str) {
    let form = format!("{prefix}latchkey_form");
    for path in ["/", "/account", "/sign-in", "/api/auth/get-session", "/api/auth/verify", "/api/users/x"] {
        let response = browser.get(path).await;
        assert!(response.set_cookies().is_empty(), "{path}: {:?}", response.set_cookies());
    }
    for (path, status) in
        [("/api/auth/sign-out", 200), ("/api/auth/update-user", 401), ("/api/auth/revoke-sessions", 401)]
    {
        let response = browser.post_json(path, &json!({})).await;
        assert_eq!((response.status.as_u16(), response.set_cookies().len()), (status, 0), "{path}");
    }
    for action in ["sign-out", "update-profile", "delete-account", "revoke-other-sessions"] {
        assert_eq!(browser.post(action, &[]).await.status, 303, "{action}");
        browser.remove_cookie(&form);
    }
    let wrong = browser.sign_in("ada@example.com", "not the password").await;
    assert_eq!(wrong.status, 303);
    browser.remove_cookie(&form);
}

/// Visits of the other instance keep the user signed in, in both directions.
async fn assert_cookies_are_kept(instances: [(&TestApp, &str); 2], prefix: &str) {
    let [session, access] = [SESSION, ACCESS].map(|name| format!("{prefix}{name}"));
    let [first, second] = instances;
    for ((here, here_url), (there, there_url)) in [(first, second), (second, first)] {
        let browser = Browser::at(here, here_url, ADDRESS);
        browser.sign_up("grace@example.com").await;
        assert!(browser.cookie(&session).is_some() && browser.cookie(&access).is_some(), "{here_url}");
        visit(&browser.on(there, there_url), prefix).await;
        assert!(browser.is_signed_in().await, "{there_url} signs out of {here_url}");
        // After the access token's expiry too.
        browser.remove_cookie(&access);
        visit(&browser.on(there, there_url), prefix).await;
        assert!(browser.is_signed_in().await, "{there_url} signs out of {here_url}");
        let token = browser.cookie(&session).expect("a token");
        browser.remove_cookie(&session);
        visit(&browser.on(there, there_url), prefix).await;
        browser.set_cookie(&session, &token);
        assert!(browser.is_signed_in().await, "{there_url} signs out of {here_url}");
    }
}

#[tokio::test]
async fn other_instance_keeps_the_cookies() {
    for signing in SIGNING {
        let (first, second) = (first(&[]).await, TestApp::with(signing).await);
        assert_cookies_are_kept([(&first, FIRST), (&second, SECOND)], "").await;
    }
}

#[tokio::test]
async fn other_https_instance_keeps_the_cookies() {
    for secret in [&[("LATCHKEY_JWT_SECRET", "")][..], &[]] {
        let first = TestApp::with(&[("LATCHKEY_BASE_URL", HTTPS_FIRST)]).await;
        let second = TestApp::with(&[&[("LATCHKEY_BASE_URL", HTTPS_SECOND)], secret].concat()).await;
        assert_cookies_are_kept([(&first, HTTPS_FIRST), (&second, HTTPS_SECOND)], HTTPS_PREFIX).await;
    }
}

#[tokio::test]
async fn suffix_allows_sessions_in_both_instances() {
    for suffixes in [["", "second"], ["first", ""], ["5100", "5101"]] {
        let first = first(&[("LATCHKEY_COOKIE_SUFFIX", suffixes[0])]).await;
        let second = [SIGNING[0], &[("LATCHKEY_COOKIE_SUFFIX", suffixes[1])]].concat();
        let second = TestApp::with(&second).await;
        let browser = Browser::at(&first, FIRST, ADDRESS);
        let other = browser.on(&second, SECOND);
        browser.sign_up("ada@example.com").await;
        other.sign_up("grace@example.com").await;
        for _ in 0..2 {
            assert!(browser.page("/account").await.contains("ada@example.com"), "{suffixes:?}");
            assert!(other.page("/account").await.contains("grace@example.com"), "{suffixes:?}");
            first.wait(std::time::Duration::from_hours(1));
            second.wait(std::time::Duration::from_hours(1));
        }
        other.post("sign-out", &[]).await;
        assert!(browser.is_signed_in().await && !other.is_signed_in().await, "{suffixes:?}");
        other.sign_in("grace@example.com", PASSWORD).await;
        browser.post_json("/api/auth/sign-out", &json!({})).await;
        assert!(!browser.is_signed_in().await && other.is_signed_in().await, "{suffixes:?}");
    }
}

#[tokio::test]
async fn suffix_is_in_every_cookie_name() {
    let app =
        TestApp::with(&[("LATCHKEY_BASE_URL", "https://auth.example.com"), ("LATCHKEY_COOKIE_SUFFIX", "b-2_c")]).await;
    let browser = Browser::at(&app, "https://auth.example.com", ADDRESS);
    let cookies = browser.sign_up("ada@example.com").await.set_cookies();
    let mut names: Vec<_> = cookies.iter().filter_map(|cookie| cookie.split('=').next()).collect();
    names.sort_unstable();
    assert_eq!(names, ["access", "device", "form", "session"].map(|name| format!("__Host-latchkey_{name}_b-2_c")));
    let description = app.client().get("/api/openapi.json").await.json();
    let scheme = &description["components"]["securitySchemes"]["sessionCookie"]["name"];
    assert_eq!(scheme, "__Host-latchkey_session_b-2_c");
}

#[tokio::test]
async fn cookie_of_another_product_is_kept() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    // A Better Auth server on another port of the same host.
    let foreign = "9OERPK9edq8BPIvH5ZKlyJpKNWzSLDyI.XAZteZ2Zc9L%2BNxNWCaqWglEFTrW4ciJN0RyuU3OoLWA%3D";
    browser.set_cookie("better-auth.session_token", foreign);
    assert_eq!(browser.get("/account").await.set_cookies().len(), 0);
    browser.sign_up("ada@example.com").await;
    assert!(browser.is_signed_in().await);
    browser.post("sign-out", &[]).await;
    assert!(!browser.is_signed_in().await);
    assert_eq!(browser.cookie("better-auth.session_token").as_deref(), Some(foreign));
}

#[tokio::test]
async fn ended_session_of_this_instance_is_cleared() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up("ada@example.com").await;
    let other = browser.stolen();
    let access = browser.cookie(ACCESS).expect("a token");
    browser.post("sign-out", &[]).await;
    assert!(other.get("/account").await.clears_session(), "revoked");
    app.wait(std::time::Duration::from_hours(1));
    let expired = Browser::new(&app);
    expired.set_cookie(ACCESS, &access);
    assert!(expired.get("/account").await.clears_session(), "expired, and signed by this instance");
}
