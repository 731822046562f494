//! Story 5: someone stays signed in, unseen, and a copied token is found out.

mod password_change;

use std::time::Duration;

use axum_test::TestResponse;
use futures::future::join_all;
use latchkey::clock::LEEWAY;
use serde_json::{Value, json};

use crate::support::{
    PASSWORD, TestApp,
    browser::{ACCESS, Browser, SESSION, clears_session, new_cookie, set_cookies},
    person::Person,
    records::security_log,
};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);
const NEW_PASSWORD: &str = "amber kettle balcony 7";

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

/// A renewal now, whatever the access token's age.
async fn renew(browser: &Browser) -> TestResponse {
    browser.remove_cookie(ACCESS);
    browser.get("/account").await
}

async fn user_id(app: &TestApp, browser: &Browser) -> String {
    let (_, session) = tokens(browser);
    let answer = app.program().get("/api/auth/get-session").authorization_bearer(session).await;
    answer.json::<Value>()["user"]["id"].as_str().expect("an id").to_owned()
}

async fn status_with(app: &TestApp, path: &str, access_token: &str) -> u16 {
    app.program().get(path).authorization_bearer(access_token).await.status_code().as_u16()
}

/// Whether a session token still opens its session.
async fn is_alive(app: &TestApp, session_token: &str) -> bool {
    let answer = app.program().get("/api/auth/get-session").authorization_bearer(session_token).await;
    !answer.json::<Value>().is_null()
}

async fn events(app: &TestApp, kind: &str) -> usize {
    security_log(app).await.iter().filter(|event| event.kind == kind).count()
}

#[tokio::test]
async fn in_its_last_third_the_access_token_is_renewed_and_not_before() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let (access, session) = tokens(&browser);
    app.wait((10 * MINUTE).saturating_sub(SECOND));
    assert!(set_cookies(&browser.get("/account").await).is_empty());
    app.wait(SECOND);
    let answer = browser.get("/account").await;
    assert_eq!(answer.status_code(), 200);
    assert_eq!(set_cookies(&answer).len(), 2);
    let (new_access, new_session) = tokens(&browser);
    assert_ne!(new_access, access);
    assert_ne!(new_session, session);
    assert_eq!(answer.cookie(SESSION).max_age().expect("a life").whole_days(), 7);
    assert!(set_cookies(&browser.get("/account").await).is_empty(), "once is enough");
}

#[tokio::test]
async fn the_access_token_before_stays_good_until_its_own_end() {
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
async fn an_expired_access_token_is_renewed_by_a_page_a_form_and_the_apis() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let user_id = user_id(&app, &browser).await;
    for path in ["/", "/account", "/no-such-page", &format!("/api/users/{user_id}"), "/api/auth/get-session"] {
        app.wait(Duration::from_hours(1));
        let (_, before) = tokens_or_session(&browser);
        let answer = browser.get(path).await;
        assert_eq!(set_cookies(&answer).len(), 2, "{path}");
        assert_ne!(tokens(&browser).1, before, "{path}");
    }
    app.wait(Duration::from_hours(1));
    browser.post("update-profile", &[("name", "Countess")]).await;
    assert!(browser.page("/account").await.contains("Countess"));
}

/// The access cookie goes by itself when it expires.
fn tokens_or_session(browser: &Browser) -> (Option<String>, String) {
    (browser.cookie(ACCESS), browser.cookie(SESSION).expect("a session token"))
}

#[tokio::test]
async fn a_browser_that_still_sends_its_expired_access_token_is_renewed() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let (access, _) = tokens(&browser);
    app.wait(Duration::from_hours(1));
    browser.set_cookie(ACCESS, &access);
    let answer = browser.get("/account").await;
    assert_eq!(answer.status_code(), 200);
    assert_eq!(set_cookies(&answer).len(), 2);
}

#[tokio::test]
async fn a_bearer_token_and_what_knows_no_session_renew_nothing() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let (access, _) = tokens(&browser);
    let path = format!("/api/users/{}", user_id(&app, &browser).await);
    app.wait(12 * MINUTE);
    let cookies = cookie_header(&browser);
    let answer = app.program().get(&path).add_header("cookie", &cookies).authorization_bearer(access).await;
    answer.assert_status_ok();
    assert!(set_cookies(&answer).is_empty());
    for path in ["/healthz", "/readyz", "/favicon.svg"] {
        assert!(set_cookies(&browser.get(path).await).is_empty(), "{path}");
    }
    assert_eq!(events(&app, "session_renewed").await, 0);
}

#[tokio::test]
async fn a_lost_answer_signs_nobody_out() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let (_, session) = tokens(&browser);
    app.wait(Duration::from_hours(1));
    assert_eq!(set_cookies(&browser.get_and_lose_the_answer("/account").await).len(), 2);
    for _ in 0..5 {
        app.wait(Duration::from_hours(1));
        let answer = browser.get("/account").await;
        assert_eq!(answer.status_code(), 200);
        assert_eq!(set_cookies(&answer).len(), 1, "an access token and no second successor");
        assert_eq!(tokens(&browser).1, session);
    }
    assert_eq!(events(&app, "session_renewed").await, 1);
}

#[tokio::test]
async fn after_a_lost_answer_use_still_puts_off_the_idle_end() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.post("sign-up", &[("email", "ada@example.com"), ("password", PASSWORD)]).await;
    app.wait(Duration::from_hours(1));
    browser.get_and_lose_the_answer("/account").await;
    for _ in 0..6 {
        app.wait(Duration::from_hours(20));
        assert!(browser.is_signed_in().await);
    }
    app.wait(Duration::from_hours(24));
    assert!(!browser.is_signed_in().await);
}

#[tokio::test]
async fn two_tabs_that_ask_at_once_both_stay_signed_in() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    for _ in 0..5 {
        app.wait(Duration::from_hours(1));
        let (one, other) = tokio::join!(browser.get("/account"), browser.get("/account"));
        assert_eq!((one.status_code().as_u16(), other.status_code().as_u16()), (200, 200));
        let successors = [&one, &other].iter().filter(|answer| new_cookie(answer, SESSION).is_some()).count();
        assert_eq!(successors, 1);
    }
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn the_previous_token_is_good_until_thirty_seconds_after_the_current_ones_first_use() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let copy = browser.stolen();
    app.wait(Duration::from_hours(1));
    browser.get("/account").await;
    let (_, current) = tokens(&browser);
    app.wait(Duration::from_hours(2));
    let answer = renew(&copy).await;
    assert_eq!(answer.status_code(), 200, "the current one has not been used yet");
    assert_eq!(new_cookie(&answer, SESSION), None);

    assert!(is_alive(&app, &current).await, "its first use");
    app.wait(29 * SECOND);
    assert_eq!(renew(&copy).await.status_code(), 200);
    app.wait(SECOND);
    let answer = renew(&copy).await;
    assert_eq!(answer.status_code(), 303);
    assert!(clears_session(&answer));
    assert!(!is_alive(&app, &current).await, "the session has ended for everyone");
    assert_eq!(events(&app, "authn_token_reuse").await, 1);
}

#[tokio::test]
async fn anything_older_ends_the_session_and_its_access_tokens() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let path = format!("/api/users/{}", user_id(&app, &browser).await);
    let thief = browser.stolen();
    renew(&browser).await;
    renew(&browser).await;
    let (access, session) = tokens(&browser);
    assert_eq!(status_with(&app, &path, &access).await, 200);
    let answer = renew(&thief).await;
    assert_eq!(answer.header("location"), "/sign-in?next=%2Faccount");
    assert!(clears_session(&answer));
    assert_eq!(status_with(&app, &path, &access).await, 401, "at once");
    assert!(!is_alive(&app, &session).await);
    let owner = browser.get("/account").await;
    assert_eq!(owner.status_code(), 303);
    assert!(clears_session(&owner));
    let log = security_log(&app).await;
    let reuse: Vec<_> = log.iter().filter(|event| event.kind == "authn_token_reuse").collect();
    assert_eq!(reuse.len(), 1);
    assert!(reuse[0].user_id.is_some() && reuse[0].session_id.is_some());
}

#[tokio::test]
async fn an_old_session_token_beside_a_good_access_token_is_found_out_too() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    app.wait(10 * MINUTE);
    let path = format!("/api/users/{}", user_id(&app, &browser).await);
    let thief = browser.stolen();
    renew(&browser).await;
    renew(&browser).await;
    let answer = thief.get(&path).await;
    assert_eq!(answer.status_code(), 401, "in this very request");
    assert!(clears_session(&answer));
    assert_eq!(events(&app, "authn_token_reuse").await, 1);
}

#[tokio::test]
async fn over_the_api_an_old_session_token_ends_the_session_too() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let (_, oldest) = tokens(&browser);
    renew(&browser).await;
    renew(&browser).await;
    assert!(!is_alive(&app, &oldest).await);
    assert!(!is_alive(&app, &tokens(&browser).1).await);
    assert_eq!(events(&app, "authn_token_reuse").await, 1);
}

#[tokio::test]
async fn an_invented_secret_with_a_real_session_id_ends_nothing() {
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
        let answer = stranger.get("/account").await;
        assert_eq!(answer.status_code(), 303);
        assert!(clears_session(&answer), "the stranger's own cookies");
    }
    assert!(is_alive(&app, &session).await);
    assert!(browser.is_signed_in().await);
    assert_eq!(events(&app, "authn_token_reuse").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_parallel_renewals_leave_exactly_one_successor_and_nobody_signed_out() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let (access, session) = tokens(&browser);
    app.wait(Duration::from_hours(1));
    let cookies = format!("{ACCESS}={access}; {SESSION}={session}");
    let program = app.program();
    let answers =
        join_all((0..100).map(|_| program.get("/account").add_header("cookie", &cookies).into_future())).await;
    let successors: Vec<_> = answers.iter().filter_map(|answer| new_cookie(answer, SESSION)).collect();
    assert_eq!(successors.len(), 1, "exactly one successor, and no cookie cleared");
    for answer in &answers {
        assert_eq!(answer.status_code(), 200);
        assert!(new_cookie(answer, ACCESS).is_some_and(|token| app.state.auth.verify_access_token(&token).is_ok()));
    }
    assert!(is_alive(&app, &successors[0]).await);
    assert!(is_alive(&app, &session).await, "a late tab");
    assert_eq!(events(&app, "session_renewed").await, 1);
    assert_eq!(events(&app, "authn_token_reuse").await, 0);
}

#[tokio::test]
async fn without_its_database_the_service_says_503_and_the_cookies_stay() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    let path = format!("/api/users/{}", user_id(&app, &browser).await);
    app.wait(Duration::from_hours(1));
    app.lose_database().await;
    for path in ["/account", "/", &path, "/api/auth/get-session"] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status_code(), 503, "{path}");
        assert!(set_cookies(&answer).is_empty(), "{path}");
    }
    let answer = browser.post("update-profile", &[("name", "Countess")]).await;
    assert_eq!(answer.status_code(), 503);
    assert!(set_cookies(&answer).is_empty());
    let browser = browser.now_at(&app.restarted().await);
    assert!(browser.is_signed_in().await, "as if nothing had happened");
}

#[tokio::test]
async fn an_access_cookie_that_cannot_be_read_costs_nobody_a_good_session() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up("ada@example.com").await;
    let session = browser.cookie(SESSION);
    browser.set_cookie(ACCESS, "signed.with.another-secret");
    assert!(browser.is_signed_in().await);
    assert_ne!(browser.cookie(SESSION), session, "the session token speaks for itself, and is replaced");
}

#[tokio::test]
async fn a_session_is_good_to_its_last_moment_and_over_after_it() {
    let app = TestApp::new().await;
    app.wait(Duration::from_millis(900));
    let browser = Browser::new(&app);
    browser.sign_up("ada@example.com").await;
    for _ in 0..29 {
        app.wait(Duration::from_hours(24));
        assert!(browser.is_signed_in().await);
    }
    // Within the last second before the end, whatever it is, the answer is yes or no and never an error.
    app.wait(Duration::from_hours(24) - Duration::from_millis(950));
    for _ in 0..20 {
        app.wait(Duration::from_millis(50));
        let status = browser.get("/account").await.status_code();
        assert!(status == 200 || status == 303, "{status}");
    }
    assert!(!browser.is_signed_in().await);
}
