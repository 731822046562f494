//! Story 4: signing out ends the session everywhere, at once. Over both doors.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    PASSWORD, TestApp,
    browser::{ACCESS, Browser, SESSION, clears_session, set_cookies},
};

async fn signed_in(app: &TestApp) -> Browser {
    let browser = Browser::new(app);
    browser.sign_up("ada@example.com").await;
    browser
}

/// The status of the profile, asked for with an access token.
async fn profile_status(app: &TestApp, user_id: &str, access_token: &str) -> u16 {
    let path = format!("/api/users/{user_id}");
    app.program().get(&path).authorization_bearer(access_token).await.status_code().as_u16()
}

async fn session_of(app: &TestApp, session_token: &str) -> Value {
    app.program().get("/api/auth/get-session").authorization_bearer(session_token).await.json()
}

#[tokio::test]
async fn the_form_ends_the_session_both_cookies_and_the_access_token_at_once() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let (access, session) = (browser.cookie(ACCESS).expect("a token"), browser.cookie(SESSION).expect("a token"));
    let user_id = session_of(&app, &session).await["user"]["id"].as_str().expect("an id").to_owned();
    assert_eq!(profile_status(&app, &user_id, &access).await, 200);

    let answer = browser.post("sign-out", &[]).await;
    assert_eq!(answer.status_code(), 303);
    assert_eq!(answer.header("location"), "/");
    assert!(clears_session(&answer));
    for cookie in set_cookies(&answer).iter().filter(|cookie| !cookie.starts_with("latchkey_form")) {
        assert!(cookie.contains("=; ") && cookie.contains("Max-Age=0") && cookie.contains("Path=/"), "{cookie}");
    }
    assert!(browser.page("/").await.contains("You’re signed out."));
    assert_eq!(profile_status(&app, &user_id, &access).await, 401);
    assert!(session_of(&app, &session).await.is_null());
}

#[tokio::test]
async fn the_api_ends_the_session_and_its_access_tokens_at_once() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let answer = app.program().post("/api/auth/sign-out").authorization_bearer(&ada.session_token).await;
    assert_eq!(answer.json::<Value>(), json!({ "success": true }));
    assert!(clears_session(&answer));
    let refused = ada.get(&app, "").await;
    assert_eq!(refused.status_code(), 401);
    assert!(refused.header("www-authenticate").to_str().expect("text").contains("invalid_token"));
    assert!(session_of(&app, &ada.session_token).await.is_null());
}

#[tokio::test]
async fn the_api_signs_a_browser_out_by_its_cookie() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let answer = browser.post_json("/api/auth/sign-out", &json!({})).await;
    answer.assert_status_ok();
    assert_eq!((browser.cookie(ACCESS), browser.cookie(SESSION)), (None, None));
    assert!(!browser.is_signed_in().await);
}

#[tokio::test]
async fn only_a_post_signs_out() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    for path in ["/actions/sign-out", "/api/auth/sign-out"] {
        let answer = browser.get(path).await;
        assert!([404, 405].contains(&answer.status_code().as_u16()), "{path}");
        assert!(set_cookies(&answer).is_empty());
    }
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn another_site_cannot_sign_anybody_out() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let cookies = format!(
        "{ACCESS}={}; {SESSION}={}",
        browser.cookie(ACCESS).expect("a token"),
        browser.cookie(SESSION).expect("a token")
    );
    for path in ["/actions/sign-out", "/api/auth/sign-out"] {
        let attack =
            app.program().post(path).add_header("cookie", &cookies).add_header("origin", "https://evil.example");
        let answer = attack.await;
        assert_eq!(answer.status_code(), 403, "{path}");
        assert!(set_cookies(&answer).is_empty(), "{path}");
    }
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn signing_out_without_a_session_is_no_error() {
    let app = TestApp::new().await;
    assert_eq!(Browser::new(&app).post("sign-out", &[]).await.header("location"), "/");
    app.program().post("/api/auth/sign-out").await.assert_status_ok();
}

#[tokio::test]
async fn a_session_whose_access_token_has_expired_can_be_signed_out() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let session = browser.cookie(SESSION).expect("a token");
    app.wait(Duration::from_hours(1));
    assert!(clears_session(&browser.post("sign-out", &[]).await));
    assert!(session_of(&app, &session).await.is_null());
}

#[tokio::test]
async fn a_restart_forgets_no_sign_out() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    app.program().post("/api/auth/sign-out").authorization_bearer(&ada.session_token).await.assert_status_ok();
    app.wait(Duration::from_mins(10));
    let app = app.restarted().await;
    assert_eq!(ada.get(&app, "").await.status_code(), 401);
    assert!(session_of(&app, &ada.session_token).await.is_null());
}

#[tokio::test]
async fn signing_out_here_leaves_other_devices_signed_in() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let other = Browser::new(&app);
    other.sign_in("ada@example.com", PASSWORD).await;
    browser.post("sign-out", &[]).await;
    assert!(other.is_signed_in().await);
}

#[tokio::test]
async fn the_back_button_shows_nothing_of_the_account() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let page = browser.get("/account").await;
    assert_eq!(page.header("cache-control"), "no-store");
    browser.post("sign-out", &[]).await;
    let again = browser.get("/account").await;
    assert_eq!(again.status_code(), 303);
    assert!(!again.text().contains("ada@example.com"));
}

#[tokio::test]
async fn a_protected_page_asks_to_sign_in_and_comes_back_to_where_the_person_was() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    for (path, next) in [("/account", "%2Faccount"), ("/account?before=7", "%2Faccount%3Fbefore%3D7")] {
        let browser = Browser::new(&app);
        let answer = browser.get(path).await;
        assert_eq!(answer.status_code(), 303);
        let sign_in = format!("/sign-in?next={next}");
        assert_eq!(answer.header("location"), sign_in.as_str());
        let page = browser.page(&sign_in).await;
        assert!(page.contains(&format!("value=\"{path}\"")), "the form carries it");

        let form = [("email", "ada@example.com"), ("password", "wrong password 1"), ("next", path)];
        let refused = browser.post("sign-in", &form).await;
        assert_eq!(refused.header("location"), sign_in.as_str(), "an error does not forget it");
        let form = [("email", "ada@example.com"), ("password", PASSWORD), ("next", path)];
        assert_eq!(browser.post("sign-in", &form).await.header("location"), path);
        assert_eq!(browser.get(&sign_in).await.header("location"), path, "signed in already");
    }
}

#[tokio::test]
async fn a_sign_up_comes_back_to_where_the_person_was_too() {
    let app = TestApp::new().await;
    let path = "/account?before=7";
    let form = [("email", "ada@example.com"), ("password", PASSWORD), ("next", path)];
    assert_eq!(Browser::new(&app).post("sign-up", &form).await.header("location"), path);
}

#[tokio::test]
async fn no_other_site_is_ever_the_next_page() {
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
            let answer = browser.get(&format!("/{page}?next={query}")).await;
            assert_eq!(answer.header("location"), "/account", "{hostile:?}");
        }
    }
}
