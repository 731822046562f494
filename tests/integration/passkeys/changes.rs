//! Every change is recorded, and notified.

use std::time::Duration;

use super::app::{ADA, UNLIMITED, enrolled, register, remove, sign_in, signs_in, user_id};
use crate::{
    factors::app as factors,
    mail::codes::verified_person,
    support::{
        PASSWORD, TestApp,
        authenticator::Authenticator,
        browser::Browser,
        records::{count, security_log},
    },
};

/// A signed-in user with a verified address. All messages are sent.
async fn verified(app: &TestApp) -> Browser {
    verified_person(app, ADA).await;
    let browser = Browser::new(app);
    browser.sign_in(ADA, PASSWORD).await;
    app.deliver_mail().await;
    browser
}

/// The kinds of the security log, oldest first.
async fn kinds(app: &TestApp) -> Vec<String> {
    security_log(app).await.into_iter().map(|event| event.kind).collect()
}

#[tokio::test]
async fn added_and_removed_passkeys_are_notified() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let browser = verified(&app).await;
    let earlier = app.mailbox().len();
    let passkey = register(&browser, &mut Authenticator::synced()).await;
    remove(&browser, &passkey).await.assert_ok();
    app.deliver_mail().await;
    let mailbox = app.mailbox();
    let sent: Vec<_> = mailbox.iter().filter(|message| message.subject.to_lowercase().contains("passkey")).collect();
    assert_eq!(
        (sent.len(), mailbox.len()),
        (2, earlier + 2),
        "{:?}",
        sent.iter().map(|m| &m.subject).collect::<Vec<_>>()
    );
    for message in sent {
        assert_eq!(message.to, ADA);
        for part in ["Device: Firefox on Linux", "Network: 192.0.2.0/24", "/account/security"] {
            assert!(message.text.contains(part), "{part} in {}", message.text);
        }
    }
}

#[tokio::test]
async fn changes_are_in_the_security_log() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let ada = enrolled(&app, ADA).await;
    let user = user_id(&ada.browser).await;
    remove(&ada.browser, &ada.passkey).await.assert_ok();
    let kinds = kinds(&app).await;
    let changes: Vec<_> = kinds.iter().filter(|kind| kind.contains("passkey")).collect();
    assert_eq!(changes, ["authn_passkey_added", "authn_passkey_removed"], "{kinds:?}");
    let log = security_log(&app).await;
    let mut events = log.iter().filter(|event| event.kind.contains("passkey"));
    assert!(events.all(|event| event.user_id.as_deref() == Some(user.as_str()) && event.session_id.is_some()));
    let activity = ada.browser.page("/account/activity").await;
    assert!(activity.contains("asskey"), "{activity}");
}

#[tokio::test]
async fn change_ends_waiting_sign_ins_and_trust() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let ada = factors::protected(&app).await;
    let waiting = factors::first_step(&app).await;
    let trusting = factors::first_step(&app).await;
    let form = [("code", ada.phone.code()), ("trust", "true".to_owned())];
    let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    trusting.post("second-step", &form).await;
    assert!(trusting.is_signed_in().await);
    app.wait(factors::STEP);
    let passkey = register(&ada.browser, &mut Authenticator::synced()).await;
    assert_eq!(factors::enter(&waiting, &ada.phone.code()).await, "/sign-in", "the credentials have changed");
    assert_eq!(count(&app, "trusted_devices").await, 0);
    assert!(ada.browser.is_signed_in().await && trusting.is_signed_in().await, "sessions continue");
    let waiting = factors::first_step(&app).await;
    remove(&ada.browser, &passkey).await.assert_ok();
    assert_eq!(factors::enter(&waiting, &ada.phone.code()).await, "/sign-in", "the credentials have changed");
}

#[tokio::test]
async fn last_use_is_recorded() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let mut ada = enrolled(&app, ADA).await;
    assert_eq!(count(&app, "passkeys WHERE last_used_at IS NULL").await, 1);
    app.wait(Duration::from_mins(5));
    assert!(signs_in(&app, &mut ada.phone).await);
    assert_eq!(count(&app, "passkeys WHERE last_used_at > created_at").await, 1);
}

#[tokio::test]
async fn backup_state_follows_the_last_use() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let mut ada = enrolled(&app, ADA).await;
    ada.phone.flags &= !crate::support::authenticator::BS;
    sign_in(&Browser::new(&app), &mut ada.phone).await.assert_ok();
    let listed = super::app::get(&ada.browser, "list-user-passkeys").await.json();
    assert_eq!((&listed[0]["backedUp"], &listed[0]["deviceType"]), (&false.into(), &"multiDevice".into()));
}

#[tokio::test]
async fn operator_resets_passkeys_too() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let mut ada = enrolled(&app, ADA).await;
    let user = user_id(&ada.browser).await;
    app.reset_factors(&user).await.expect("the account has a factor");
    assert_eq!(count(&app, "passkeys").await, 0);
    assert!(!ada.browser.is_signed_in().await);
    assert!(!signs_in(&app, &mut ada.phone).await);
}
