//! Restarts and several servers: the database decides.

use std::time::Duration;

use futures::{future::join_all, poll};
use latchkey::auth::password::hasher::{HashLimits, HashParameters, PasswordHasher};

use super::app::{ADA, STEP, enter, first_step, protected, recover};
use crate::support::{
    PASSWORD, TestApp,
    app::occupy_thread,
    browser::Browser,
    records::{count, operate},
};

#[tokio::test]
async fn code_stays_used_after_a_restart() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    let (one, two) = (first_step(&app).await, first_step(&app).await);
    let code = ada.phone.code();
    assert_eq!(enter(&one, &code).await, "/account");
    let restarted = app.restarted().await;
    let two = two.connected_to(&restarted);
    assert_eq!(enter(&two, &code).await, "/sign-in/second-step");
    app.wait(STEP);
    assert_eq!(enter(&two, &ada.phone.code()).await, "/account", "the sign-in waits across a restart");
}

#[tokio::test]
async fn two_servers_accept_one_code_once() {
    let app = TestApp::with(&[("LATCHKEY_RATE_LIMIT", "off")]).await;
    let ada = protected(&app).await;
    let replica = app.replica().await;
    let before = count(&app, "sessions").await;
    let mut browsers = Vec::new();
    for number in 0..8 {
        let browser = first_step(&app).await;
        browsers.push(if number % 2 == 0 { browser } else { browser.connected_to(&replica) });
    }
    let code = ada.phone.code();
    let answers = join_all(browsers.iter().map(|browser| enter(browser, &code))).await;
    assert_eq!(answers.iter().filter(|answer| *answer == "/account").count(), 1, "{answers:?}");
    let answers = join_all(browsers.iter().map(|browser| recover(browser, &ada.codes[0]))).await;
    assert_eq!(answers.iter().filter(|answer| *answer == "/account/security").count(), 1, "{answers:?}");
    assert_eq!(count(&app, "sessions").await, before + 2);
}

/// The password is being checked while the factor is added.
#[tokio::test]
async fn factor_added_meanwhile_opens_no_session() {
    let limits = HashLimits { permits: 1, queue: 8 };
    let hasher = PasswordHasher::new(HashParameters::cheap_for_tests(), limits).expect("a hasher");
    let app = TestApp::with_hasher(&[], hasher).await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    let before = count(&app, "sessions").await;
    let occupied = occupy_thread(&app.hasher);
    tokio::pin!(occupied);
    assert!(poll!(&mut occupied).is_pending());
    let other = Browser::new(&app);
    let tab = other.clone();
    let sign_in = tokio::spawn(async move { tab.sign_in(ADA, PASSWORD).await.header("location").to_owned() });
    // Until the password waits for the thread, with the former version of the credentials.
    while count(&app, "attempts").await == 0 {}
    tokio::time::sleep(Duration::from_millis(100)).await;
    operate(&app, "UPDATE users SET credentials_version = credentials_version + 1").await;
    let factor = "INSERT INTO totp_factors (user_id, secret, session_id, created_at, confirmed_at) \
                  SELECT users.id, sessions.secret_hash, sessions.id, 1, 1 FROM users, sessions";
    operate(&app, factor).await;
    let (_, answer) = tokio::join!(occupied, sign_in);
    assert_eq!(answer.expect("no panic"), "/sign-in/second-step");
    assert_eq!(count(&app, "sessions").await, before);
    assert_eq!(enter(&other, "123456").await, "/sign-in/second-step");
    assert!(!other.is_signed_in().await);
}
