//! Session tokens that were replaced: lost answers, copies, and clients that renew without end.

use std::time::Duration;

use futures::future::join_all;
use latchkey::auth::sessions::renew::{GRACE, ROTATION_INTERVAL};

use super::{MINUTE, SECOND, cookie_header, events, renew, signed_in, tokens};
use crate::support::{
    PASSWORD, TestApp,
    browser::{ACCESS, ADDRESS, Browser, SESSION, USER_AGENT},
    records::security_log,
};

const HOUR: Duration = Duration::from_hours(1);

/// A browser that has not received its next token. Returns the lost token.
async fn lost_answer(app: &TestApp) -> (Browser, String) {
    let browser = signed_in(app).await;
    app.wait(HOUR);
    let lost = browser.get_and_lose_response("/account").await.new_cookie(SESSION).expect("the next token");
    (browser, lost)
}

#[tokio::test]
async fn previous_token_in_grace_is_not_rotated() {
    let app = TestApp::new().await;
    let (browser, _) = lost_answer(&app).await;
    for _ in 0..2 {
        let response = browser.get("/account").await;
        assert_eq!((response.status.as_u16(), response.set_cookies().len()), (200, 1));
        browser.remove_cookie(ACCESS);
        app.wait((GRACE / 2).saturating_sub(SECOND));
    }
    assert_eq!(events(&app, "session_renewed").await, 1);
    assert_eq!(events(&app, "authn_token_stale").await, 0);
}

#[tokio::test]
async fn lost_answer_is_rotated_again_after_grace() {
    let app = TestApp::new().await;
    let (browser, lost) = lost_answer(&app).await;
    app.wait(GRACE);
    let response = browser.get("/account").await;
    assert_eq!((response.status.as_u16(), response.set_cookies().len()), (200, 2));
    let log = security_log(&app).await;
    let stale: Vec<_> = log.iter().filter(|event| event.kind == "authn_token_stale").collect();
    assert_eq!(stale.len(), 1);
    assert_eq!(stale[0].address.as_deref(), Some(ADDRESS));
    assert_eq!(stale[0].user_agent.as_deref(), Some(USER_AGENT));
    assert!(stale[0].user_id.is_some() && stale[0].session_id.is_some());
    assert!(browser.page("/account/activity").await.contains("An older token was used"));
    for _ in 0..3 {
        app.wait(HOUR);
        assert!(browser.is_signed_in().await);
    }
    assert_ne!(browser.cookie(SESSION), Some(lost));
    assert_eq!(events(&app, "authn_token_reuse").await, 0);
}

#[tokio::test]
async fn copied_token_is_revealed_by_the_owner() {
    for remember in ["true", ""] {
        let app = TestApp::new().await;
        let owner = Browser::new(&app);
        owner.post("sign-up", &[("email", "ada@example.com"), ("password", PASSWORD), ("remember", remember)]).await;
        let thief = owner.stolen();
        app.wait(HOUR);
        owner.get("/account").await;
        app.wait(HOUR);
        assert_eq!(renew(&app, &thief).await.status, 200);
        assert_eq!(events(&app, "authn_token_stale").await, 1);
        let (_, stolen) = tokens(&thief);
        assert!(renew(&app, &owner).await.clears_session());
        assert_eq!(events(&app, "authn_token_reuse").await, 1);
        assert!(!app.has_session(&stolen).await);
        assert!(!thief.is_signed_in().await);
    }
}

#[tokio::test]
async fn stale_token_never_extends_the_session() {
    for (remember, idle) in [("", 24 * HOUR), ("true", 7 * 24 * HOUR)] {
        let app = TestApp::new().await;
        let browser = Browser::new(&app);
        let form = [("email", "ada@example.com"), ("password", PASSWORD), ("remember", remember)];
        browser.post("sign-up", &form).await;
        app.wait(HOUR);
        let session = tokens_session(&browser);
        browser.get_and_lose_response("/account").await;
        app.wait(idle.saturating_sub(MINUTE));
        browser.remove_cookie(ACCESS);
        // The browser has dropped the cookie, a copy of it has not.
        browser.set_cookie(SESSION, &session);
        let response = browser.get_and_lose_response("/account").await;
        assert_eq!(response.status, 200);
        let access = response.new_cookie(ACCESS).expect("an access token");
        app.wait(MINUTE + 6 * SECOND);
        assert!(app.verify(&access).is_err(), "the access token ends with the session");
        browser.remove_cookie(ACCESS);
        assert!(!browser.is_signed_in().await);
    }
}

#[tokio::test]
async fn previous_token_never_extends_the_session() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.post("sign-up", &[("email", "ada@example.com"), ("password", PASSWORD)]).await;
    app.wait(HOUR);
    let copy = browser.stolen();
    browser.get("/account").await;
    app.wait((24 * HOUR).saturating_sub(10 * SECOND));
    assert!(app.has_session(&tokens_session(&browser)).await, "the first use: the idle timeout starts again");
    app.wait(20 * SECOND);
    copy.remove_cookie(ACCESS);
    assert!(copy.is_signed_in().await, "in the grace period of the first use");
    app.wait((24 * HOUR).saturating_sub(20 * SECOND));
    assert!(!app.has_session(&tokens_session(&browser)).await, "the copy has moved nothing");
}

fn tokens_session(browser: &Browser) -> String {
    browser.cookie(SESSION).expect("a session token")
}

#[tokio::test]
async fn stale_event_is_recorded_once_per_day() {
    let app = TestApp::new().await;
    let (browser, _) = lost_answer(&app).await;
    let session = tokens_session(&browser);
    let mut counts = Vec::new();
    for _ in 0..30 {
        app.wait(HOUR);
        assert!(!app.has_session(&session).await, "a program cannot rotate");
        assert_eq!(app.client().get("/api/auth/verify").bearer(&session).await.status, 401);
        counts.push(events(&app, "authn_token_stale").await);
    }
    assert_eq!((counts[0], counts[23], counts[24], counts[29]), (1, 1, 2, 2), "{counts:?}");
    assert!(browser.is_signed_in().await, "the session continues");
    assert_eq!(events(&app, "authn_token_reuse").await, 0);
}

#[tokio::test]
async fn stale_cookie_over_the_api_is_rotated() {
    let app = TestApp::new().await;
    let (browser, _) = lost_answer(&app).await;
    // In the grace period: the access token is new, the session token is the previous one.
    browser.get("/account").await;
    app.wait(MINUTE);
    let response = browser.get("/api/auth/get-session").await;
    assert!(response.json()["user"].is_object(), "{}", response.body);
    assert!(response.new_cookie(SESSION).is_some_and(|token| !token.is_empty()));
    app.wait(MINUTE);
    assert!(browser.get("/api/auth/get-session").await.json()["user"].is_object());
}

#[tokio::test]
async fn stale_cookie_behind_a_proxy_keeps_the_session() {
    let app = TestApp::new().await;
    let (browser, _) = lost_answer(&app).await;
    browser.remove_cookie(ACCESS);
    app.wait(MINUTE);
    let response = browser.get("/api/auth/verify").await;
    assert_eq!((response.status.as_u16(), response.set_cookies().len()), (401, 0));
    assert_eq!(browser.get("/sign-in").await.status, 303, "the page of the redirect signs in again");
    assert_eq!(browser.get("/api/auth/verify").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn parallel_stale_tokens_have_one_successor() {
    let app = TestApp::new().await;
    let replica = app.replica().await;
    let (browser, _) = lost_answer(&app).await;
    app.wait(HOUR);
    let cookies = format!("{SESSION}={}", tokens_session(&browser));
    let programs = [app.client(), replica.client()];
    let requests = (0..50).map(|number| programs[number % 2].get("/account").header("cookie", &cookies).into_future());
    let responses = join_all(requests).await;
    assert!(responses.iter().all(|response| response.status == 200 && !response.clears_session()));
    let successors: Vec<_> = responses.iter().filter_map(|response| response.new_cookie(SESSION)).collect();
    assert_eq!(successors.len(), 1);
    assert!(app.has_session(&successors[0]).await);
    // Either process recorded it.
    replica.write_events().await;
    assert_eq!(events(&app, "authn_token_stale").await, 1);
    assert_eq!(events(&app, "authn_token_reuse").await, 0);
}

#[tokio::test]
async fn client_that_renews_without_end_writes_little() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    app.wait(ROTATION_INTERVAL);
    for _ in 0..60 {
        browser.remove_cookie(ACCESS);
        let response = browser.get("/account").await;
        assert_eq!(response.status, 200);
        assert!(response.new_cookie(ACCESS).is_some_and(|token| app.verify(&token).is_ok()));
        app.wait(SECOND);
    }
    // Six rotations; the log stores at most five renewals of a session at once and counts the rest.
    assert_eq!(events(&app, "session_renewed").await, 5);
    assert!(!cookie_header(&browser).is_empty());
}
