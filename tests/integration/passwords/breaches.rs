//! `LATCHKEY_PASSWORD_BREACH_API`

use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use latchkey::{
    auth::password::hasher::{HashLimits, HashParameters, PasswordHasher},
    crypto::sha1::sha1_hex,
};

use super::{
    change,
    range_api::{RangeApi, line},
    sign_up,
};
use crate::support::{
    NEW_PASSWORD, PASSWORD, TestApp, browser::Browser, log::CapturedLog, person::Person, records::security_log,
};

const BREACH_API: &str = "LATCHKEY_PASSWORD_BREACH_API";

const OTHER_LINE: &str = "0018A45C4D1DEF81644B54AB7F969B88D65:3\r\n";

async fn failures(app: &TestApp) -> usize {
    let log = security_log(app).await;
    log.iter().filter(|event| event.kind == "authn_breach_check_fail" && event.user_id.is_none()).count()
}

#[tokio::test]
async fn breached_password_is_refused() {
    let api = RangeApi::start(|| format!("{OTHER_LINE}{}", line(NEW_PASSWORD, 7)).into_response()).await;
    let app = TestApp::with(&[(BREACH_API, &api.url)]).await;
    let ada = app.person("ada@example.com").await;
    for response in [sign_up(&app, "eve@example.com", NEW_PASSWORD).await, change(&app, &ada, NEW_PASSWORD).await] {
        assert_eq!(response.status, 400);
        let answer = response.json();
        assert_eq!(answer["code"], "PASSWORD_TOO_WEAK");
        assert!(answer["message"].as_str().expect("a message").contains("known data breach"), "{answer}");
    }
    assert_eq!(failures(&app).await, 0);
}

#[tokio::test]
async fn page_names_a_breached_password() {
    let api = RangeApi::start(|| line(NEW_PASSWORD, 7).into_response()).await;
    let browser = Browser::new(&TestApp::with(&[(BREACH_API, &api.url)]).await);
    browser.post("sign-up", &[("name", "Ada"), ("email", "ada@example.com"), ("password", NEW_PASSWORD)]).await;
    let page = browser.page("/sign-up").await;
    assert!(page.contains("known data breach") && page.contains(r#"id="password-error""#), "{page}");
}

#[tokio::test]
async fn breach_api_receives_five_digits_only() {
    let mut api = RangeApi::start(|| line(PASSWORD, 0).into_response()).await;
    let app = TestApp::with(&[(BREACH_API, &api.url)]).await;
    app.person("ada@example.com").await;
    let received = api.received.recv().await.expect("a request");
    assert_eq!(received.digits, sha1_hex(PASSWORD.as_bytes())[..5]);
    assert_eq!(received.headers["add-padding"], "true");
    assert!(received.headers["user-agent"].to_str().expect("a text").starts_with("Latchkey/"));
    assert!(!received.headers.contains_key("cookie") && !received.headers.contains_key("x-forwarded-for"));
}

#[tokio::test]
async fn breach_api_is_not_asked_about_weak_password() {
    let mut api = RangeApi::start(|| OTHER_LINE.into_response()).await;
    let app = TestApp::with(&[(BREACH_API, &api.url)]).await;
    assert_eq!(sign_up(&app, "ada@example.com", "Password123!").await.status, 400);
    assert!(api.received.try_recv().is_err());
}

#[tokio::test]
async fn breach_api_failure_is_recorded_and_accepts() {
    let captured = CapturedLog::start();
    let breached = RangeApi::start(|| line(PASSWORD, 7).into_response()).await;
    let target = format!("{}AAAAA", breached.url);
    let huge = || OTHER_LINE.repeat(10_000).into_response();
    let apis = [
        RangeApi::start(|| StatusCode::SERVICE_UNAVAILABLE.into_response()).await,
        RangeApi::start(|| (StatusCode::NOT_FOUND, line(PASSWORD, 7)).into_response()).await,
        RangeApi::start(move || Redirect::temporary(&target).into_response()).await,
        RangeApi::start(|| "<html>Please sign in to the network</html>".into_response()).await,
        RangeApi::start(|| b"\xff\xfe".into_response()).await,
        RangeApi::start(huge).await,
        RangeApi::hanging().await,
    ];
    let urls = apis.iter().map(|api| api.url.as_str()).chain(["http://127.0.0.1:9/"]);
    for (number, url) in urls.enumerate() {
        let app = TestApp::with(&[(BREACH_API, url)]).await;
        app.person("ada@example.com").await;
        assert_eq!(failures(&app).await, 1, "API {number}");
    }
    let digest = sha1_hex(PASSWORD.as_bytes());
    let log = captured.text();
    assert!(log.contains("not compared with breached passwords"));
    assert!(!log.contains(PASSWORD) && !log.contains(digest.as_str()) && !log.contains(&format!("/{}", &digest[..5])));
}

#[tokio::test]
async fn breach_api_without_answer_blocks_no_hash() {
    let limits = HashLimits { permits: 1, queue: 0 };
    let hasher = PasswordHasher::new(HashParameters::cheap_for_tests(), limits).expect("a hasher");
    let mut api = RangeApi::hanging().await;
    let app = TestApp::with_hasher(&[(BREACH_API, &api.url)], hasher).await;
    app.person("ada@example.com").await;
    api.received.recv().await.expect("a request");

    let waiting = sign_up(&app, "eve@example.com", NEW_PASSWORD);
    let other = async {
        api.received.recv().await.expect("a request");
        Person::sign_in(&app, "ada@example.com").await
    };
    let (signed_up, _) = tokio::join!(waiting, other);
    signed_up.assert_ok();
}
