//! Story 4: sign-out ends the session immediately, with the form and over the API.

use std::time::Duration;

use serde_json::json;

use crate::support::{
    PASSWORD, TestApp, WRONG_PASSWORD,
    browser::{ACCESS, Browser, SESSION},
};

async fn signed_in(app: &TestApp) -> Browser {
    let browser = Browser::new(app);
    browser.sign_up("ada@example.com").await;
    browser
}

/// The status of GET on the profile with this access token.
async fn profile_status(app: &TestApp, user_id: &str, access_token: &str) -> u16 {
    let path = format!("/api/users/{user_id}");
    app.client().get(&path).bearer(access_token).await.status.as_u16()
}

#[tokio::test]
async fn form_sign_out_ends_session_and_tokens() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let (access, session) = (browser.cookie(ACCESS).expect("a token"), browser.cookie(SESSION).expect("a token"));
    let user_id = app.session(&session).await["user"]["id"].as_str().expect("an id").to_owned();
    assert_eq!(profile_status(&app, &user_id, &access).await, 200);

    let response = browser.post("sign-out", &[]).await;
    assert_eq!(response.status, 303);
    assert_eq!(response.header("location"), "/sign-in");
    assert!(response.clears_session());
    for cookie in response.set_cookies().iter().filter(|cookie| !cookie.starts_with("latchkey_form")) {
        assert!(cookie.contains("=; ") && cookie.contains("Max-Age=0") && cookie.contains("Path=/"), "{cookie}");
    }
    assert!(browser.page("/sign-in").await.contains("You’re signed out."));
    assert_eq!(profile_status(&app, &user_id, &access).await, 401);
    assert!(app.session(&session).await.is_null());
}

#[tokio::test]
async fn api_sign_out_ends_session_and_tokens() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let response = app.client().post("/api/auth/sign-out").bearer(&ada.session_token).await;
    assert_eq!(response.json(), json!({ "success": true }));
    assert!(response.clears_session());
    let refused = ada.get(&app, "").await;
    assert_eq!(refused.status, 401);
    assert!(refused.header("www-authenticate").contains("invalid_token"));
    assert!(app.session(&ada.session_token).await.is_null());
}

#[tokio::test]
async fn api_sign_out_accepts_the_cookie() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let response = browser.post_json("/api/auth/sign-out", &json!({})).await;
    response.assert_ok();
    assert_eq!((browser.cookie(ACCESS), browser.cookie(SESSION)), (None, None));
    assert!(!browser.is_signed_in().await);
}

#[tokio::test]
async fn sign_out_requires_post() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    browser.page("/account").await;
    for path in ["/actions/sign-out", "/api/auth/sign-out"] {
        let response = browser.get(path).await;
        assert!([404, 405].contains(&response.status.as_u16()), "{path}");
        assert!(response.set_cookies().is_empty());
    }
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn cross_site_sign_out_is_refused() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let cookies = format!(
        "{ACCESS}={}; {SESSION}={}",
        browser.cookie(ACCESS).expect("a token"),
        browser.cookie(SESSION).expect("a token")
    );
    for path in ["/actions/sign-out", "/api/auth/sign-out"] {
        let attack = app.client().post(path).header("cookie", &cookies).header("origin", "https://evil.example");
        let response = attack.await;
        assert_eq!(response.status, 403, "{path}");
        assert!(response.set_cookies().is_empty(), "{path}");
    }
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn sign_out_without_session_succeeds() {
    let app = TestApp::new().await;
    assert_eq!(Browser::new(&app).post("sign-out", &[]).await.header("location"), "/sign-in");
    app.client().post("/api/auth/sign-out").await.assert_ok();
}

#[tokio::test]
async fn sign_out_with_expired_token_succeeds() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let session = browser.cookie(SESSION).expect("a token");
    app.wait(Duration::from_hours(1));
    assert!(browser.post("sign-out", &[]).await.clears_session());
    assert!(app.session(&session).await.is_null());
}

#[tokio::test]
async fn sign_out_survives_a_restart() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    ada.sign_out(&app).await;
    app.wait(Duration::from_mins(10));
    let app = app.restarted().await;
    assert_eq!(ada.get(&app, "").await.status, 401);
    assert!(app.session(&ada.session_token).await.is_null());
}

#[tokio::test]
async fn sign_out_keeps_other_devices_signed_in() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let other = Browser::new(&app);
    other.sign_in("ada@example.com", PASSWORD).await;
    browser.post("sign-out", &[]).await;
    assert!(other.is_signed_in().await);
}

#[tokio::test]
async fn account_page_is_not_cached_after_sign_out() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let page = browser.get("/account").await;
    assert_eq!(page.header("cache-control"), "no-store");
    browser.post("sign-out", &[]).await;
    let again = browser.get("/account").await;
    assert_eq!(again.status, 303);
    assert!(!again.body.contains("ada@example.com"));
}

#[tokio::test]
async fn sign_in_returns_to_the_requested_page() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    for (path, next) in
        [("/account", "%2Faccount"), ("/account/activity?before=7", "%2Faccount%2Factivity%3Fbefore%3D7")]
    {
        let browser = Browser::new(&app);
        let response = browser.get(path).await;
        assert_eq!(response.status, 303);
        let sign_in = format!("/sign-in?next={next}");
        assert_eq!(response.header("location"), sign_in.as_str());
        let page = browser.page(&sign_in).await;
        assert!(page.contains(&format!("value=\"{path}\"")), "the form has the next page");

        let form = [("email", "ada@example.com"), ("password", WRONG_PASSWORD), ("next", path)];
        let refused = browser.post("sign-in", &form).await;
        assert_eq!(refused.header("location"), sign_in.as_str(), "an error keeps the next page");
        let form = [("email", "ada@example.com"), ("password", PASSWORD), ("next", path)];
        assert_eq!(browser.post("sign-in", &form).await.header("location"), path);
        assert_eq!(browser.get(&sign_in).await.header("location"), path, "a signed-in user is redirected");
    }
}

#[tokio::test]
async fn sign_up_returns_to_the_requested_page() {
    let app = TestApp::new().await;
    let path = "/account/activity?before=7";
    let form = [("email", "ada@example.com"), ("password", PASSWORD), ("next", path)];
    assert_eq!(Browser::new(&app).post("sign-up", &form).await.header("location"), path);
}

#[tokio::test]
async fn next_page_on_another_site_is_ignored() {
    let app = TestApp::with(&[("LATCHKEY_RATE_LIMIT", "off")]).await;
    app.person("ada@example.com").await;
    for hostile in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/%2f/evil.example",
        "/%5cevil.example",
        "javascript:alert(1)",
        "evil.example",
        " /account",
        "/\t/evil.example",
        "/account\r\nSet-Cookie: a=b",
        "http://localhost:3000@evil.example/",
        "",
    ] {
        let browser = Browser::new(&app);
        let query: String = url::form_urlencoded::byte_serialize(hostile.as_bytes()).collect();
        let page = browser.page(&format!("/sign-in?next={query}")).await;
        assert!(!page.contains("evil.example") && !page.contains("javascript:"), "{hostile:?}");
        let form = [("email", "ada@example.com"), ("password", PASSWORD), ("next", hostile)];
        assert_eq!(browser.post("sign-in", &form).await.header("location"), "/account", "{hostile:?}");
        for page in ["sign-in", "sign-up"] {
            let response = browser.get(&format!("/{page}?next={query}")).await;
            assert_eq!(response.header("location"), "/account", "{hostile:?}");
        }
    }
}
