//! A proof of the mailbox discards what was added without one: another person could have created the account
//! (GHSA-qq9h-g4jm-xgf3).

use serde_json::json;

use super::app::{
    ADA, UNLIMITED, enrolled, ids, outcome, register, registration_options, sign_in, signs_in, verify_registration,
};
use crate::{
    mail::{
        codes::{self as mailed, ON, enter, verified_person},
        inbox::{label, link, newest, open, request_link},
    },
    support::{NEW_PASSWORD, PASSWORD, TestApp, authenticator::Authenticator, browser::Browser, records::count},
};

/// Sets a new password with a link in a message.
async fn reset_password(app: &TestApp, browser: &Browser) {
    app.deliver_mail().await;
    request_link(browser, ADA).await;
    let link = link(&newest(app, ADA).await.expect("a message"));
    let page = open(browser, &link).await;
    browser.post("reset-password", &[("link", &label(&page)), ("password", NEW_PASSWORD)]).await;
}

#[tokio::test]
async fn code_discards_the_passkey_of_an_attacker() {
    let app = TestApp::with(&[UNLIMITED, ON]).await;
    let mut eve = enrolled(&app, ADA).await;
    let waiting = registration_options(&eve.browser).await;
    let ada = Browser::new(&app);
    let message = mailed::asked(&app, &ada, ADA).await;
    enter(&ada, &mailed::code(&message)).await;
    assert!(ada.is_signed_in().await);
    assert!(ids(&ada).await.is_empty());
    assert_eq!(count(&app, "passkeys").await, 0);
    assert_eq!(outcome(&sign_in(&Browser::new(&app), &mut eve.phone).await), "401 PASSKEY_NOT_FOUND");
    let late = Authenticator::synced().register(&waiting).json();
    assert_eq!(outcome(&verify_registration(&eve.browser, late).await), "401 UNAUTHORIZED");
}

#[tokio::test]
async fn reset_discards_the_passkey_of_an_attacker() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let mut eve = enrolled(&app, ADA).await;
    let ada = Browser::new(&app);
    reset_password(&app, &ada).await;
    assert_eq!(count(&app, "passkeys").await, 0);
    assert_eq!(outcome(&sign_in(&Browser::new(&app), &mut eve.phone).await), "401 PASSKEY_NOT_FOUND");
    ada.sign_in(ADA, NEW_PASSWORD).await;
    assert!(ada.is_signed_in().await);
    register(&ada, &mut Authenticator::synced()).await;
}

#[tokio::test]
async fn reset_keeps_passkeys_of_a_verified_user() {
    let app = TestApp::with(&[UNLIMITED]).await;
    verified_person(&app, ADA).await;
    let browser = Browser::new(&app);
    browser.sign_in(ADA, PASSWORD).await;
    let mut phone = Authenticator::synced();
    register(&browser, &mut phone).await;
    reset_password(&app, &Browser::new(&app)).await;
    assert!(signs_in(&app, &mut phone).await);
    assert!(!browser.is_signed_in().await, "a reset ends the sessions");
}

#[tokio::test]
async fn code_keeps_passkeys_of_a_verified_user() {
    let app = TestApp::with(&[UNLIMITED, ON]).await;
    verified_person(&app, ADA).await;
    let browser = Browser::new(&app);
    browser.sign_in(ADA, PASSWORD).await;
    let mut phone = Authenticator::synced();
    register(&browser, &mut phone).await;
    let other = Browser::new(&app);
    let message = mailed::asked(&app, &other, ADA).await;
    let entered = enter(&other, &mailed::code(&message)).await;
    assert!(entered.status.is_redirection());
    assert!(signs_in(&app, &mut phone).await);
    let session = other.get("/api/auth/get-session").await.json();
    assert_ne!(session, json!({}), "{session}");
}
