//! Story 2: someone who knows the password gets a session, for as long as sessions last. Over both doors.

use std::time::Duration;

use axum_test::TestResponse;
use futures::{future::join_all, poll};
use latchkey::{
    auth::password::hasher::{HashLimits, HashParameters, PasswordHasher},
    domain::Password,
};
use serde_json::{Value, json};

use crate::support::{
    PASSWORD, TestApp,
    browser::{ACCESS, Browser, SESSION, set_cookies},
    person::Person,
    records::{count, operate, password_hash, security_log},
};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

async fn over_the_api(app: &TestApp, email: &str, password: &str) -> TestResponse {
    let body = json!({ "email": email, "password": password });
    app.program().post("/api/auth/sign-in/email").json(&body).await
}

/// An answer without what is different each time.
fn comparable(answer: &TestResponse) -> (u16, String, Vec<String>) {
    let mut headers: Vec<_> = answer
        .iter_headers()
        .filter(|(name, _)| !["x-request-id", "date"].contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {value:?}"))
        .collect();
    headers.sort();
    (answer.status_code().as_u16(), answer.text(), headers)
}

#[tokio::test]
async fn the_form_signs_in_whoever_knows_the_password() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    let browser = Browser::new(&app);
    let answer = browser.sign_in(" ADA@example.com", PASSWORD).await;
    assert_eq!(answer.status_code(), 303);
    assert_eq!(answer.header("location"), "/account");
    assert!(browser.page("/account").await.contains("ada@example.com"));
}

#[tokio::test]
async fn the_api_signs_in_whoever_knows_the_password() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let again = Person::sign_in(&app, "ada@example.com").await;
    assert_eq!(again.user_id, ada.user_id);
    assert_ne!(again.session_token, ada.session_token);
    again.get(&app, "").await.assert_status_ok();
    ada.get(&app, "").await.assert_status_ok();
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_get_the_same_answer_over_the_api() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    let wrong = over_the_api(&app, "ada@example.com", "wrong password 1").await;
    let unknown = over_the_api(&app, "eve@example.com", "wrong password 1").await;
    assert_eq!(wrong.status_code(), 401);
    assert_eq!(wrong.json::<Value>()["code"], "INVALID_EMAIL_OR_PASSWORD");
    assert_eq!(comparable(&wrong), comparable(&unknown));
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_get_the_same_page() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    let mut seen = Vec::new();
    for email in ["ada@example.com", "eve@example.com"] {
        let browser = Browser::new(&app);
        let answer = browser.sign_in(email, "wrong password 1").await;
        assert_eq!(answer.status_code(), 303);
        assert_eq!(answer.header("location"), "/sign-in");
        let names: Vec<_> = answer.iter_cookies().map(|cookie| cookie.name().to_owned()).collect();
        assert_eq!(names, ["latchkey_form"]);
        let page = browser.page("/sign-in").await;
        assert!(page.contains(&format!("value=\"{email}\"")), "the address is filled in again");
        assert!(page.contains("The e-mail address or the password isn’t right."));
        assert!(!page.contains("wrong password 1"));
        let page = page.replace(email, "…");
        let nonce = page.split("nonce=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("-").to_owned();
        seen.push(page.replace(&nonce, "…"));
    }
    assert_eq!(seen[0], seen[1]);
}

/// With the one place for hashing taken, whoever wants a hash is sent away: so both want one.
#[test]
fn a_password_is_hashed_whether_the_address_is_known_or_not_and_a_full_queue_is_503_with_retry_after() {
    // One blocking thread, which the test holds: what is to be hashed waits until the test lets go.
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(1).build().expect("a runtime");
    runtime.block_on(async {
        let limits = HashLimits { permits: 1, queue: 0 };
        let hasher = PasswordHasher::new(HashParameters::cheap_for_tests(), limits).expect("a hasher");
        let app = TestApp::with_hasher(&[], hasher).await;
        app.person("ada@example.com").await;

        let (let_go, held) = std::sync::mpsc::channel::<()>();
        let blocker = tokio::task::spawn_blocking(move || held.recv());
        let mut hashing = Box::pin(app.hasher.hash(Password::parse(PASSWORD).expect("a password")));
        assert!(poll!(&mut hashing).is_pending());

        let known = over_the_api(&app, "ada@example.com", PASSWORD).await;
        let unknown = over_the_api(&app, "eve@example.com", PASSWORD).await;
        assert_eq!(known.status_code(), 503);
        assert_eq!(known.header("retry-after"), "1");
        assert_eq!(comparable(&known), comparable(&unknown));
        for _ in 0..8 {
            let again = over_the_api(&app, "ada@example.com", PASSWORD).await;
            assert_eq!(again.status_code(), 503, "an attempt that was never made is not counted");
        }
        let browser = Browser::new(&app);
        browser.sign_in("ada@example.com", PASSWORD).await;
        assert!(browser.page("/sign-in").await.contains("We’re busy just now. Try again in a few seconds."));

        let_go.send(()).expect("somebody waits");
        assert!(blocker.await.is_ok() && hashing.await.is_ok());
        over_the_api(&app, "ada@example.com", PASSWORD).await.assert_status_ok();
    });
}

#[tokio::test]
async fn a_user_has_at_most_a_hundred_sessions_and_the_longest_unused_ends_first() {
    let app = TestApp::with(&[("LATCHKEY_RATE_LIMIT", "off")]).await;
    let first = app.person("ada@example.com").await;
    let mut last = None;
    for _ in 0..100 {
        app.wait(Duration::from_secs(1));
        last = Some(Person::sign_in(&app, "ada@example.com").await);
    }
    assert_eq!(first.get(&app, "").await.status_code(), 401);
    let sessions: Value = last.expect("somebody").get(&app, "/sessions").await.json();
    assert_eq!(sessions["sessions"].as_array().map(Vec::len), Some(100));
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_sign_ins_never_hash_more_at_once_than_there_are_permits() {
    let hasher = PasswordHasher::new(HashParameters::STANDARD, HashLimits { permits: 2, queue: 64 }).expect("a hasher");
    let app = TestApp::with_hasher(&[], hasher).await;
    let program = app.program();
    let answers = join_all((0..24).map(|index| {
        let body = json!({ "email": format!("nobody{index}@example.com"), "password": PASSWORD });
        program.post("/api/auth/sign-in/email").json(&body).into_future()
    }))
    .await;
    assert!(answers.iter().all(|answer| answer.status_code() == 401));
    assert!((1..=2).contains(&app.hasher.peak()), "{}", app.hasher.peak());
}

#[tokio::test]
async fn the_same_rows_are_written_for_a_wrong_password_and_an_unknown_address() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    let mut written = Vec::new();
    for email in ["ada@example.com", "eve@example.com"] {
        let before = (count(&app, "attempts").await, count(&app, "events").await);
        over_the_api(&app, email, "wrong password 1").await;
        written.push((count(&app, "attempts").await - before.0, count(&app, "events").await - before.1));
    }
    assert_eq!(written, [(2, 1), (2, 1)]);
}

#[tokio::test]
async fn keep_me_signed_in_outlives_the_browsers_closing_until_the_idle_end() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    let browser = Browser::new(&app);
    browser.sign_in("ada@example.com", PASSWORD).await;
    browser.restart();
    assert!(browser.is_signed_in().await);
    app.wait((7 * DAY).saturating_sub(SECOND));
    browser.restart();
    assert!(browser.is_signed_in().await, "a second before the idle end, and that was use");
    app.wait(7 * DAY);
    assert!(!browser.is_signed_in().await);
}

#[tokio::test]
async fn without_keep_me_signed_in_the_session_ends_with_the_browser_or_after_an_idle_day() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    let browser = Browser::new(&app);
    let answer = browser.post("sign-in", &[("email", "ada@example.com"), ("password", PASSWORD)]).await;
    assert_eq!(set_cookies(&answer).len(), 2);
    assert!(set_cookies(&answer).iter().all(|cookie| !cookie.contains("Max-Age") && !cookie.contains("Expires")));
    app.wait(DAY.saturating_sub(SECOND));
    assert!(browser.is_signed_in().await);
    let kept = browser.stolen();
    browser.restart();
    assert!(!browser.is_signed_in().await, "the browser was closed");
    app.wait(DAY);
    assert!(!kept.is_signed_in().await, "no browser tells that it was closed: a day without use ends it too");
}

#[tokio::test]
async fn over_the_api_remember_me_decides_how_long_the_cookies_stay() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    for (remember, kept) in [(json!(true), true), (json!(false), false), (Value::Null, true)] {
        let mut body = json!({ "email": "ada@example.com", "password": PASSWORD });
        if !remember.is_null() {
            body["rememberMe"] = remember;
        }
        let answer = app.program().post("/api/auth/sign-in/email").json(&body).await;
        answer.assert_status_ok();
        let cookies = set_cookies(&answer);
        assert!(cookies.iter().all(|cookie| cookie.contains("Max-Age") == kept), "{cookies:?}");
    }
}

#[tokio::test]
async fn use_puts_off_the_idle_end_and_never_the_absolute_one() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    let browser = Browser::new(&app);
    browser.sign_in("ada@example.com", PASSWORD).await;
    for _ in 0..5 {
        app.wait((6 * DAY).saturating_sub(HOUR));
        assert!(browser.is_signed_in().await);
    }
    // Five hours are left of the thirty days.
    app.wait((5 * HOUR).saturating_sub(SECOND));
    let last = browser.get("/account").await;
    assert_eq!(last.status_code(), 200);
    let life = last.cookie(ACCESS).max_age().expect("a life").whole_seconds();
    assert!(life <= 1, "no token outlives the session: {life} s");
    app.wait(SECOND);
    assert!(!browser.is_signed_in().await);
    assert_eq!(browser.cookie(SESSION), None);
}

#[tokio::test]
async fn a_program_that_uses_its_session_token_keeps_it_and_an_idle_one_ends() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let get = |token: String| {
        let program = app.program();
        async move { program.get("/api/auth/get-session").authorization_bearer(token).await.json::<Value>() }
    };
    for _ in 0..4 {
        app.wait(6 * DAY);
        assert!(get(ada.session_token.clone()).await.is_object());
    }
    app.wait(7 * DAY);
    assert!(get(ada.session_token.clone()).await.is_null());
}

#[tokio::test]
async fn signing_in_rehashes_a_password_whose_parameters_are_out_of_date() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let before = password_hash(&app, &ada.user_id).await;
    let hasher = PasswordHasher::new(HashParameters::STANDARD, HashLimits { permits: 2, queue: 8 }).expect("a hasher");
    let app = app.restarted_with_hasher(hasher).await;
    over_the_api(&app, "ada@example.com", "wrong password 1").await;
    assert_eq!(password_hash(&app, &ada.user_id).await, before, "a wrong password changes nothing");
    over_the_api(&app, "ada@example.com", PASSWORD).await.assert_status_ok();
    let after = password_hash(&app, &ada.user_id).await;
    assert!(before.contains("m=8,t=1,p=1") && after.contains("m=19456,t=2,p=1"), "{before} {after}");
    over_the_api(&app, "ada@example.com", PASSWORD).await.assert_status_ok();
    assert_eq!(password_hash(&app, &ada.user_id).await, after, "once is enough");
}

#[tokio::test]
async fn a_disabled_account_gets_the_answer_of_a_wrong_password_and_its_sessions_end() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let browser = Browser::new(&app);
    browser.sign_in("ada@example.com", PASSWORD).await;
    operate(&app, "UPDATE users SET disabled_at = 1").await;
    let disabled = over_the_api(&app, "ada@example.com", PASSWORD).await;
    let unknown = over_the_api(&app, "eve@example.com", PASSWORD).await;
    assert_eq!(comparable(&disabled), comparable(&unknown));
    assert!(!browser.is_signed_in().await);
    assert_eq!(ada.get(&app, "").await.status_code(), 401);
    let rename = app.program().patch(&ada.path("")).authorization_bearer(&ada.access_token);
    assert_eq!(rename.json(&json!({ "name": "Eve" })).await.status_code(), 401);
    let log = security_log(&app).await;
    assert!(log.iter().any(|event| event.kind == "authn_login_fail" && event.detail.as_deref() == Some("disabled")));
}

#[tokio::test]
async fn a_damaged_hash_gets_the_answer_of_a_wrong_password() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    operate(&app, "UPDATE credentials SET secret = 'damaged'").await;
    let damaged = over_the_api(&app, "ada@example.com", PASSWORD).await;
    let unknown = over_the_api(&app, "eve@example.com", PASSWORD).await;
    assert_eq!(damaged.status_code(), 401);
    assert_eq!(comparable(&damaged), comparable(&unknown));
    let body = json!({ "currentPassword": PASSWORD, "newPassword": "amber kettle balcony 7" });
    let program = app.program();
    let change = program.post("/api/auth/change-password").authorization_bearer(&ada.session_token).json(&body).await;
    assert_eq!(change.json::<Value>()["code"], "INVALID_PASSWORD");
}

#[tokio::test]
async fn signing_in_again_ends_the_session_the_browser_had() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    let browser = Browser::new(&app);
    browser.sign_in("ada@example.com", PASSWORD).await;
    let former = browser.stolen();
    browser.sign_in("ada@example.com", PASSWORD).await;
    assert!(browser.is_signed_in().await);
    assert!(!former.is_signed_in().await);
}
