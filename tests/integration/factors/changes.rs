//! Turning two-step sign-in off, by the user or by an operator, and the notices.

use std::time::Duration;

use super::app::{ADA, assert_signed_out, enter, first_step, protected, set_up, turn_on};
use crate::{
    mail::codes::verified_person,
    support::{
        PASSWORD, TestApp,
        browser::Browser,
        records::{count, details, security_log},
    },
};

/// The subjects of the messages, sorted. All messages are sent.
async fn subjects(app: &TestApp) -> Vec<String> {
    app.deliver_mail().await;
    let mut subjects: Vec<_> = app.mailbox().into_iter().map(|message| message.subject).collect();
    subjects.sort();
    subjects
}

#[tokio::test]
async fn removal_makes_sign_ins_one_step() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    let waiting = first_step(&app).await;
    let answer = ada.browser.post("remove-totp", &[]).await;
    assert_eq!(answer.header("location"), "/account/security");
    let page = ada.browser.page("/account/security").await;
    assert!(page.contains("Two-step sign-in is off.") && page.contains("Set up two-step sign-in"), "{page}");
    assert_eq!(enter(&waiting, &ada.phone.code()).await, "/sign-in", "the credentials have changed");
    for table in ["totp_factors", "recovery_codes", "trusted_devices"] {
        assert_eq!(count(&app, table).await, 0, "{table}");
    }
    let browser = Browser::new(&app);
    assert_eq!(browser.sign_in(ADA, PASSWORD).await.header("location"), "/account");
    assert_eq!(details(&app, "authn_factor_removed").await.len(), 1);
    let again = set_up(&app, &ada.browser).await;
    assert_ne!(again.code(), ada.phone.code(), "another key");
}

#[tokio::test]
async fn removal_needs_password_or_recent_sign_in() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    app.wait(Duration::from_mins(15));
    for action in ["remove-totp", "renew-recovery-codes"] {
        for password in ["", "wrong"] {
            ada.browser.post(action, &[("current_password", password)]).await;
            assert!(ada.browser.page("/account/security").await.contains("current password"), "{action}");
        }
    }
    let log = security_log(&app).await;
    let changed = |kind: &str| log.iter().any(|event| event.kind == kind);
    assert!(!changed("authn_factor_removed") && !changed("authn_recovery_codes_renewed"));
    ada.browser.post("remove-totp", &[("current_password", PASSWORD)]).await;
    assert_eq!(count(&app, "totp_factors").await, 0);
}

#[tokio::test]
async fn operator_resets_the_factors() {
    let app = TestApp::new().await;
    let person = verified_person(&app, ADA).await;
    let browser = Browser::new(&app);
    browser.sign_in(ADA, PASSWORD).await;
    let ada = turn_on(&app, browser).await;
    app.reset_factors(&person.user_id).await.expect("the account has a factor");
    assert_signed_out(&ada.browser).await;
    assert!(!app.has_session(&person.session_token).await, "every session");
    for table in ["totp_factors", "recovery_codes", "trusted_devices"] {
        assert_eq!(count(&app, table).await, 0, "{table}");
    }
    let browser = Browser::new(&app);
    assert_eq!(browser.sign_in(ADA, PASSWORD).await.header("location"), "/account", "the password stays");
    assert!(browser.page("/account/activity").await.contains("Two-step sign-in and passkeys removed by support"));
    let sent = subjects(&app).await;
    assert!(sent.contains(&"Support has turned off two-step sign-in for your Latchkey account".to_owned()), "{sent:?}");
    assert_eq!(count(&app, "user_events WHERE data LIKE '%factors_reset%'").await, 2);
    for user in [person.user_id.as_str(), "unknown"] {
        assert!(app.reset_factors(user).await.is_err(), "{user}");
    }
}

#[tokio::test]
async fn every_change_is_notified() {
    let app = TestApp::new().await;
    verified_person(&app, ADA).await;
    let browser = Browser::new(&app);
    browser.sign_in(ADA, PASSWORD).await;
    app.deliver_mail().await;
    let earlier = subjects(&app).await.len();
    let ada = turn_on(&app, browser).await;
    ada.browser.post("renew-recovery-codes", &[]).await;
    ada.browser.post("remove-totp", &[]).await;
    let all = subjects(&app).await;
    assert_eq!(all.len(), earlier + 3, "{all:?}");
    for subject in [
        "Two-step sign-in is on for your Latchkey account",
        "New recovery codes for your Latchkey account",
        "Two-step sign-in is off for your Latchkey account",
    ] {
        assert!(all.iter().any(|sent| sent == subject), "{subject} in {all:?}");
    }
    let message = app.mailbox().into_iter().find(|message| message.subject.contains("is on")).expect("a message");
    for part in ["Device: Firefox on Linux", "Network: 192.0.2.0/24", "/forgot-password", "/account/security"] {
        assert!(message.text.contains(part), "{part} in {}", message.text);
    }
}

#[tokio::test]
async fn unverified_address_gets_no_notice() {
    let app = TestApp::new().await;
    protected(&app).await;
    assert!(subjects(&app).await.iter().all(|subject| !subject.contains("Two-step")));
}
