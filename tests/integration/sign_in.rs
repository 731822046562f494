//! Story 2: a user signs in with a password, with the form and over the API.

mod claims;
mod devices;
mod networks;
mod throttling;

use std::time::Duration;

use futures::{future::join_all, poll};
use latchkey::auth::password::hasher::{HashLimits, HashParameters, PasswordHasher, Verdict};
use serde_json::{Value, json};

use crate::support::{
    NEW_PASSWORD, PASSWORD, TestApp, WRONG_PASSWORD,
    app::occupy_thread,
    browser::{ACCESS, Browser, DEVICE, SESSION},
    client::TestResponse,
    person::Person,
    records::{count, operate, password_hash},
};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

async fn api_sign_in(app: &TestApp, email: &str, password: &str) -> TestResponse {
    let body = json!({ "email": email, "password": password });
    app.client().post("/api/auth/sign-in/email").json(&body).await
}

/// Status, body and headers, without the headers that differ per response.
fn comparable(response: &TestResponse) -> (u16, String, Vec<String>) {
    let mut headers: Vec<_> = response
        .headers
        .iter()
        .filter(|(name, _)| !["x-request-id", "date"].contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {value:?}"))
        .collect();
    headers.sort();
    (response.status.as_u16(), response.body.clone(), headers)
}

/// The cookies that a response sets for the session.
fn session_cookies(response: &TestResponse) -> Vec<String> {
    response.set_cookies().into_iter().filter(|cookie| !cookie.starts_with(DEVICE)).collect()
}

#[tokio::test]
async fn form_with_correct_password_signs_in() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    let browser = Browser::new(&app);
    let response = browser.sign_in(" ADA@example.com", PASSWORD).await;
    assert_eq!(response.status, 303);
    assert_eq!(response.header("location"), "/account");
    assert!(browser.page("/account").await.contains("ada@example.com"));
}

#[tokio::test]
async fn api_with_correct_password_signs_in() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let again = Person::sign_in(&app, "ada@example.com").await;
    assert_eq!(again.user_id, ada.user_id);
    assert_ne!(again.session_token, ada.session_token);
    again.get(&app, "").await.assert_ok();
    ada.get(&app, "").await.assert_ok();
}

#[tokio::test]
async fn api_hides_whether_address_is_known() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    let wrong = api_sign_in(&app, "ada@example.com", WRONG_PASSWORD).await;
    let unknown = api_sign_in(&app, "eve@example.com", WRONG_PASSWORD).await;
    assert_eq!(wrong.status, 401);
    assert_eq!(wrong.json()["code"], "INVALID_EMAIL_OR_PASSWORD");
    assert_eq!(comparable(&wrong), comparable(&unknown));
}

#[tokio::test]
async fn form_hides_whether_address_is_known() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    let mut seen = Vec::new();
    for email in ["ada@example.com", "eve@example.com"] {
        let browser = Browser::new(&app);
        let response = browser.sign_in(email, WRONG_PASSWORD).await;
        assert_eq!(response.status, 303);
        assert_eq!(response.header("location"), "/sign-in");
        let names: Vec<_> = response.cookies().iter().map(|cookie| cookie.name().to_owned()).collect();
        assert_eq!(names, ["latchkey_form"]);
        let page = browser.page("/sign-in").await;
        assert!(page.contains(&format!("value=\"{email}\"")), "the address is kept");
        assert!(page.contains("The e-mail address or the password isn’t right."));
        assert!(!page.contains(WRONG_PASSWORD));
        let page = page.replace(email, "…");
        let nonce = page.split("nonce=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("-").to_owned();
        seen.push(page.replace(&nonce, "…"));
    }
    assert_eq!(seen[0], seen[1]);
}

/// The only hashing permit is taken, so 503 for both addresses proves that both need a hash.
#[tokio::test]
async fn full_hash_queue_returns_503_for_any_address() {
    let limits = HashLimits { permits: 1, queue: 0 };
    let hasher = PasswordHasher::new(HashParameters::cheap_for_tests(), limits).expect("a hasher");
    let app = TestApp::with_hasher(&[], hasher).await;
    app.person("ada@example.com").await;
    let occupied = occupy_thread(&app.hasher);
    tokio::pin!(occupied);
    assert!(poll!(&mut occupied).is_pending());

    let known = api_sign_in(&app, "ada@example.com", PASSWORD).await;
    let unknown = api_sign_in(&app, "eve@example.com", PASSWORD).await;
    assert_eq!(known.status, 503);
    assert_eq!(known.header("retry-after"), "1");
    assert_eq!(comparable(&known), comparable(&unknown));
    for _ in 0..8 {
        let again = api_sign_in(&app, "ada@example.com", PASSWORD).await;
        assert_eq!(again.status, 503, "an attempt without hashing is not counted");
    }
    assert_eq!(count(&app, "attempts").await, 0, "a withdrawn attempt leaves no row");
    let browser = Browser::new(&app);
    browser.sign_in("ada@example.com", PASSWORD).await;
    let busy = "We’re busy just now, and nothing was changed.";
    assert!(browser.page("/sign-in").await.contains(&format!("{busy} Try again in a few seconds.")));
    for action in ["sign-in", "sign-up"] {
        browser.post(action, &[("email", "eve@example.com"), ("password", PASSWORD)]).await;
        let page = browser.page(&format!("/{action}")).await;
        assert!(page.contains(busy) && page.contains("value=\"true\">"), "unchecked: {page}");
    }

    assert_eq!(occupied.await, Ok(Verdict::Mismatch));
    api_sign_in(&app, "ada@example.com", PASSWORD).await.assert_ok();
}

#[tokio::test]
async fn session_101_ends_the_least_recently_used() {
    let app = TestApp::with(&[("LATCHKEY_RATE_LIMIT", "off")]).await;
    let first = app.person("ada@example.com").await;
    let mut last = None;
    for _ in 0..100 {
        app.wait(Duration::from_secs(1));
        last = Some(Person::sign_in(&app, "ada@example.com").await);
    }
    assert_eq!(first.get(&app, "").await.status, 401);
    let sessions: Value = last.expect("a person").get(&app, "/sessions").await.json();
    assert_eq!(sessions["sessions"].as_array().map(Vec::len), Some(100));
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_sign_ins_respect_the_hash_permits() {
    let hasher = PasswordHasher::new(HashParameters::STANDARD, HashLimits { permits: 2, queue: 64 }).expect("a hasher");
    let app = TestApp::with_hasher(&[], hasher).await;
    let program = app.client();
    let responses = join_all((0..24).map(|index| {
        let body = json!({ "email": format!("nobody{index}@example.com"), "password": PASSWORD });
        program.post("/api/auth/sign-in/email").json(&body).into_future()
    }))
    .await;
    assert!(responses.iter().all(|response| response.status == 401));
    assert!((1..=2).contains(&app.hasher.peak()), "{}", app.hasher.peak());
}

#[tokio::test]
async fn failed_sign_ins_write_the_same_rows() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    let mut written = Vec::new();
    for email in ["ada@example.com", "eve@example.com"] {
        let before = (count(&app, "attempts").await, count(&app, "events").await);
        api_sign_in(&app, email, WRONG_PASSWORD).await;
        written.push((count(&app, "attempts").await - before.0, count(&app, "events").await - before.1));
    }
    assert_eq!(written, [(3, 1), (3, 1)]);
}

#[tokio::test]
async fn remembered_session_lasts_until_idle_timeout() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    let browser = Browser::new(&app);
    browser.sign_in("ada@example.com", PASSWORD).await;
    browser.restart();
    assert!(browser.is_signed_in().await);
    app.wait((7 * DAY).saturating_sub(SECOND));
    browser.restart();
    assert!(browser.is_signed_in().await, "one second before the idle timeout");
    app.wait(7 * DAY);
    assert!(!browser.is_signed_in().await);
}

#[tokio::test]
async fn unremembered_session_ends_after_one_idle_day() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    let browser = Browser::new(&app);
    let response = browser.post("sign-in", &[("email", "ada@example.com"), ("password", PASSWORD)]).await;
    let session = session_cookies(&response);
    assert_eq!(session.len(), 2);
    assert!(session.iter().all(|cookie| !cookie.contains("Max-Age") && !cookie.contains("Expires")));
    app.wait(DAY.saturating_sub(SECOND));
    assert!(browser.is_signed_in().await);
    let kept = browser.stolen();
    browser.restart();
    assert!(!browser.is_signed_in().await, "the browser was closed");
    app.wait(DAY);
    assert!(!kept.is_signed_in().await, "the session ends after a day without use");
}

#[tokio::test]
async fn api_remember_me_sets_cookie_lifetime() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    for (remember, kept) in [(json!(true), true), (json!(false), false), (Value::Null, true)] {
        let mut body = json!({ "email": "ada@example.com", "password": PASSWORD });
        if !remember.is_null() {
            body["rememberMe"] = remember;
        }
        let response = app.client().post("/api/auth/sign-in/email").json(&body).await;
        response.assert_ok();
        let cookies = session_cookies(&response);
        assert!(cookies.iter().all(|cookie| cookie.contains("Max-Age") == kept), "{cookies:?}");
    }
}

#[tokio::test]
async fn absolute_expiry_never_moves() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    let browser = Browser::new(&app);
    browser.sign_in("ada@example.com", PASSWORD).await;
    for _ in 0..5 {
        app.wait((6 * DAY).saturating_sub(HOUR));
        assert!(browser.is_signed_in().await);
    }
    // Five hours of the thirty days are left.
    app.wait((5 * HOUR).saturating_sub(SECOND));
    let last = browser.get("/account").await;
    assert_eq!(last.status, 200);
    let max_age = last.max_age(ACCESS);
    assert!(max_age <= SECOND, "the token outlives the session: {max_age:?}");
    app.wait(SECOND);
    assert!(!browser.is_signed_in().await);
    assert_eq!(browser.cookie(SESSION), None);
}

#[tokio::test]
async fn session_token_use_extends_idle_timeout() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let get = |token: String| {
        let program = app.client();
        async move { program.get("/api/auth/get-session").bearer(token).await.json() }
    };
    for _ in 0..4 {
        app.wait(6 * DAY);
        assert!(get(ada.session_token.clone()).await.is_object());
    }
    app.wait(7 * DAY);
    assert!(get(ada.session_token.clone()).await.is_null());
}

#[tokio::test]
async fn sign_in_rehashes_outdated_parameters() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let before = password_hash(&app, &ada.user_id).await;
    let hasher = PasswordHasher::new(HashParameters::STANDARD, HashLimits { permits: 2, queue: 8 }).expect("a hasher");
    let app = app.restarted_with_hasher(hasher).await;
    api_sign_in(&app, "ada@example.com", WRONG_PASSWORD).await;
    assert_eq!(password_hash(&app, &ada.user_id).await, before, "a wrong password changes nothing");
    api_sign_in(&app, "ada@example.com", PASSWORD).await.assert_ok();
    let after = password_hash(&app, &ada.user_id).await;
    assert!(before.contains("m=8,t=1,p=1") && after.contains("m=19456,t=2,p=1"), "{before} {after}");
    api_sign_in(&app, "ada@example.com", PASSWORD).await.assert_ok();
    assert_eq!(password_hash(&app, &ada.user_id).await, after, "the password is rehashed once");
}

#[tokio::test]
async fn damaged_hash_looks_like_wrong_password() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    operate(&app, "UPDATE credentials SET secret = 'damaged'").await;
    let damaged = api_sign_in(&app, "ada@example.com", PASSWORD).await;
    let unknown = api_sign_in(&app, "eve@example.com", PASSWORD).await;
    assert_eq!(damaged.status, 401);
    assert_eq!(comparable(&damaged), comparable(&unknown));
    let body = json!({ "currentPassword": PASSWORD, "newPassword": NEW_PASSWORD });
    let program = app.client();
    let change = program.post("/api/auth/change-password").bearer(&ada.session_token).json(&body).await;
    assert_eq!(change.json()["code"], "INVALID_PASSWORD");
}

#[tokio::test]
async fn second_sign_in_ends_the_former_session() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    let browser = Browser::new(&app);
    browser.sign_in("ada@example.com", PASSWORD).await;
    let former = browser.stolen();
    browser.sign_in("ada@example.com", PASSWORD).await;
    assert!(browser.is_signed_in().await);
    assert!(!former.is_signed_in().await);
}
