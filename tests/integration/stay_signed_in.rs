//! Story 5: a session is renewed in the background, and a reused session token ends it.

mod clocks;
mod password_change;
mod replaced_tokens;
mod replicas;

use std::time::Duration;

use futures::future::join_all;
use latchkey::{auth::sessions::renew::ROTATION_INTERVAL, clock::LEEWAY};
use serde_json::json;

use crate::support::{
    TestApp,
    browser::{ACCESS, Browser, SESSION},
    client::TestResponse,
    records::security_log,
};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);

async fn signed_in(app: &TestApp) -> Browser {
    let browser = Browser::new(app);
    browser.sign_up("ada@example.com").await;
    browser
}

fn tokens(browser: &Browser) -> (String, String) {
    (browser.cookie(ACCESS).expect("an access token"), browser.cookie(SESSION).expect("a session token"))
}

fn cookie_header(browser: &Browser) -> String {
    let (access, session) = tokens(browser);
    format!("{ACCESS}={access}; {SESSION}={session}")
}

/// Renews as soon as the token can be rotated again: without an access cookie the session token is used.
async fn renew(app: &TestApp, browser: &Browser) -> TestResponse {
    app.wait(ROTATION_INTERVAL);
    browser.remove_cookie(ACCESS);
    browser.get("/account").await
}

async fn user_id(app: &TestApp, browser: &Browser) -> String {
    let (_, session) = tokens(browser);
    let response = app.client().get("/api/auth/get-session").bearer(session).await;
    response.json()["user"]["id"].as_str().expect("an id").to_owned()
}

async fn status_with(app: &TestApp, path: &str, access_token: &str) -> u16 {
    app.client().get(path).bearer(access_token).await.status.as_u16()
}

async fn events(app: &TestApp, kind: &str) -> usize {
    security_log(app).await.iter().filter(|event| event.kind == kind).count()
}

#[tokio::test]
async fn access_token_is_renewed_in_its_last_third() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let (access, session) = tokens(&browser);
    app.wait((10 * MINUTE).saturating_sub(SECOND));
    assert!(browser.get("/account").await.set_cookies().is_empty());
    app.wait(SECOND);
    let response = browser.get("/account").await;
    assert_eq!(response.status, 200);
    assert_eq!(response.set_cookies().len(), 2);
    let (new_access, new_session) = tokens(&browser);
    assert_ne!(new_access, access);
    assert_ne!(new_session, session);
    assert_eq!(response.max_age(SESSION), Duration::from_hours(7 * 24));
    assert!(browser.get("/account").await.set_cookies().is_empty(), "the token is renewed once");
}

#[tokio::test]
async fn former_access_token_is_valid_until_expiry() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let path = format!("/api/users/{}", user_id(&app, &browser).await);
    let (access, _) = tokens(&browser);
    app.wait(10 * MINUTE);
    browser.get("/account").await;
    app.wait((5 * MINUTE).saturating_sub(SECOND));
    assert_eq!(status_with(&app, &path, &access).await, 200);
    app.wait(SECOND + LEEWAY);
    assert_eq!(status_with(&app, &path, &access).await, 401);
}

#[tokio::test]
async fn expired_access_token_is_renewed_everywhere() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let user_id = user_id(&app, &browser).await;
    for path in ["/", "/account", "/no-such-page", &format!("/api/users/{user_id}"), "/api/auth/get-session"] {
        app.wait(Duration::from_hours(1));
        let (_, before) = tokens_or_session(&browser);
        let response = browser.get(path).await;
        assert_eq!(response.set_cookies().len(), 2, "{path}");
        assert_ne!(tokens(&browser).1, before, "{path}");
    }
    app.wait(Duration::from_hours(1));
    browser.post("update-profile", &[("name", "Countess")]).await;
    assert!(browser.page("/account").await.contains("Countess"));
}

fn tokens_or_session(browser: &Browser) -> (Option<String>, String) {
    (browser.cookie(ACCESS), browser.cookie(SESSION).expect("a session token"))
}

#[tokio::test]
async fn stale_access_cookie_is_renewed() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let (access, _) = tokens(&browser);
    app.wait(Duration::from_hours(1));
    browser.set_cookie(ACCESS, &access);
    let response = browser.get("/account").await;
    assert_eq!(response.status, 200);
    assert_eq!(response.set_cookies().len(), 2);
}

#[tokio::test]
async fn bearer_requests_and_health_checks_never_renew() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let (access, _) = tokens(&browser);
    let path = format!("/api/users/{}", user_id(&app, &browser).await);
    app.wait(12 * MINUTE);
    let cookies = cookie_header(&browser);
    let response = app.client().get(&path).header("cookie", &cookies).bearer(access).await;
    response.assert_ok();
    assert!(response.set_cookies().is_empty());
    for path in ["/healthz", "/readyz", "/favicon.svg"] {
        assert!(browser.get(path).await.set_cookies().is_empty(), "{path}");
    }
    assert_eq!(events(&app, "session_renewed").await, 0);
}

#[tokio::test]
async fn parallel_tabs_both_stay_signed_in() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    for _ in 0..5 {
        app.wait(Duration::from_hours(1));
        let (one, other) = tokio::join!(browser.get("/account"), browser.get("/account"));
        assert_eq!((one.status.as_u16(), other.status.as_u16()), (200, 200));
        let successors = [&one, &other].iter().filter(|response| response.new_cookie(SESSION).is_some()).count();
        assert_eq!(successors, 1);
    }
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn reused_token_ends_session_and_access_tokens() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let path = format!("/api/users/{}", user_id(&app, &browser).await);
    let thief = browser.stolen();
    renew(&app, &browser).await;
    renew(&app, &browser).await;
    let (access, session) = tokens(&browser);
    assert_eq!(status_with(&app, &path, &access).await, 200);
    let response = renew(&app, &thief).await;
    assert_eq!(response.header("location"), "/sign-in?next=%2Faccount");
    assert!(response.clears_session());
    assert_eq!(status_with(&app, &path, &access).await, 401, "the access token is revoked");
    assert!(!app.has_session(&session).await);
    let owner = browser.get("/account").await;
    assert_eq!(owner.status, 303);
    assert!(owner.clears_session());
    let log = security_log(&app).await;
    let reuse: Vec<_> = log.iter().filter(|event| event.kind == "authn_token_reuse").collect();
    assert_eq!(reuse.len(), 1);
    assert!(reuse[0].user_id.is_some() && reuse[0].session_id.is_some());
}

#[tokio::test]
async fn reused_token_with_valid_access_token_is_found() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    app.wait(10 * MINUTE);
    let path = format!("/api/users/{}", user_id(&app, &browser).await);
    let thief = browser.stolen();
    renew(&app, &browser).await;
    renew(&app, &browser).await;
    let response = thief.get(&path).await;
    assert_eq!(response.status, 401, "reuse is refused in the same request");
    assert!(response.clears_session());
    assert_eq!(events(&app, "authn_token_reuse").await, 1);
}

#[tokio::test]
async fn reused_token_over_api_ends_the_session() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let (_, oldest) = tokens(&browser);
    renew(&app, &browser).await;
    renew(&app, &browser).await;
    assert!(!app.has_session(&oldest).await);
    assert!(!app.has_session(&tokens(&browser).1).await);
    assert_eq!(events(&app, "authn_token_reuse").await, 1);
}

#[tokio::test]
async fn guessed_secret_ends_no_session() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let (_, session) = tokens(&browser);
    let (id, secret) = session.split_once('.').expect("two parts");
    let mut altered = secret.to_owned();
    let first = if altered.starts_with('A') { "B" } else { "A" };
    altered.replace_range(..1, first);
    for invented in [altered, "A".repeat(43), secret[..42].to_owned(), String::new()] {
        let stranger = Browser::new(&app);
        stranger.set_cookie(SESSION, &format!("{id}.{invented}"));
        let response = stranger.get("/account").await;
        assert_eq!(response.status, 303);
        assert!(response.set_cookies().is_empty(), "the cookies may be another instance's");
    }
    assert!(app.has_session(&session).await);
    assert!(browser.is_signed_in().await);
    assert_eq!(events(&app, "authn_token_reuse").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn parallel_renewals_have_one_successor() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let (access, session) = tokens(&browser);
    app.wait(Duration::from_hours(1));
    let cookies = format!("{ACCESS}={access}; {SESSION}={session}");
    let program = app.client();
    let responses = join_all((0..100).map(|_| program.get("/account").header("cookie", &cookies).into_future())).await;
    let successors: Vec<_> = responses.iter().filter_map(|response| response.new_cookie(SESSION)).collect();
    assert_eq!(successors.len(), 1, "one successor, and no cookie cleared");
    for response in &responses {
        assert_eq!(response.status, 200);
        assert!(response.new_cookie(ACCESS).is_some_and(|token| app.verify(&token).is_ok()));
    }
    assert!(app.has_session(&successors[0]).await);
    assert!(app.has_session(&session).await, "the previous token is still valid");
    assert_eq!(events(&app, "session_renewed").await, 1);
    assert_eq!(events(&app, "authn_token_reuse").await, 0);
}

#[tokio::test]
async fn lost_database_keeps_cookies() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let path = format!("/api/users/{}", user_id(&app, &browser).await);
    app.wait(Duration::from_hours(1));
    app.close_database().await;
    for path in ["/account", "/", &path, "/api/auth/get-session"] {
        let response = browser.get(path).await;
        assert_eq!(response.status, 503, "{path}");
        assert!(response.set_cookies().is_empty(), "{path}");
    }
    let response = browser.post("update-profile", &[("name", "Countess")]).await;
    assert_eq!(response.status, 503);
    assert!(response.set_cookies().is_empty());
    let browser = browser.connected_to(&app.restarted().await);
    assert!(browser.is_signed_in().await, "the session survives the outage");
}

#[tokio::test]
async fn unreadable_access_cookie_is_renewed() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up("ada@example.com").await;
    let session = browser.cookie(SESSION);
    app.wait(ROTATION_INTERVAL);
    browser.set_cookie(ACCESS, "signed.with.another-secret");
    assert!(browser.is_signed_in().await);
    assert_ne!(browser.cookie(SESSION), session, "the session token was rotated");
}

#[tokio::test]
async fn session_expiry_is_exact() {
    let app = TestApp::new().await;
    app.wait(Duration::from_millis(900));
    let browser = Browser::new(&app);
    browser.sign_up("ada@example.com").await;
    for _ in 0..29 {
        app.wait(Duration::from_hours(24));
        assert!(browser.is_signed_in().await);
    }
    // In the last second the response is 200 or 303, never an error.
    app.wait(Duration::from_hours(24) - Duration::from_millis(950));
    for _ in 0..20 {
        app.wait(Duration::from_millis(50));
        let status = browser.get("/account").await.status;
        assert!(status == 200 || status == 303, "{status}");
    }
    assert!(!browser.is_signed_in().await);
}
