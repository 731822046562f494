//! Notices: messages about an account that its user did not ask for.

use std::time::Duration;

use latchkey::mail::message::Message;
use serde_json::json;

use super::inbox::{label, link, newest, open, verification, verified};
use crate::support::{
    BASE_URL, NEW_PASSWORD, PASSWORD, TestApp, WRONG_PASSWORD,
    browser::{Browser, DEVICE},
    person::Person,
    records::{count, operate},
};

const ADA: &str = "ada@example.com";
const AWAY: &str = "198.51.100.7";
const DAY: Duration = Duration::from_hours(24);

/// The number of messages about new sign-ins, sent and waiting.
async fn sign_in_notices(app: &TestApp) -> i64 {
    count(app, "outbox WHERE kind = 'new_sign_in'").await
}

/// Signs in with a new browser at an address.
async fn sign_in_from(app: &TestApp, address: &str) -> Browser {
    let browser = Browser::at(app, BASE_URL, address);
    browser.sign_in(ADA, PASSWORD).await;
    assert!(browser.is_signed_in().await);
    browser
}

async fn change_password(browser: &Browser, current: &str) {
    browser.post("change-password", &[("current_password", current), ("new_password", NEW_PASSWORD)]).await;
}

/// The message says when and from where, in both forms, and leads to this service only.
fn assert_circumstances(message: &Message, circumstances: &str) {
    for text in [&message.text, &message.html] {
        assert!(text.contains(circumstances), "{text}");
        let mut links = text.match_indices("http").map(|(at, _)| &text[at..]);
        assert!(links.all(|link| link.starts_with(BASE_URL)), "{text}");
    }
}

#[tokio::test]
async fn sign_in_on_new_device_and_network_notifies() {
    let app = TestApp::new().await;
    verified(&app, ADA).await;
    let time = app.now().to_text();
    sign_in_from(&app, AWAY).await;
    assert_eq!(count(&app, "outbox WHERE kind = 'new_sign_in' AND state = 0").await, 1, "with the sign-in");
    let notice = newest(&app, ADA).await.expect("a notice");
    assert_eq!(notice.subject, "New sign-in to your Latchkey account");
    assert_circumstances(&notice, &format!("Time: {time}. Device: Firefox on Linux. Network: 198.51.100.0/24."));
    assert_eq!(link(&notice), "/forgot-password");
    assert!(notice.text.contains(&format!("{BASE_URL}/account/sessions")), "{}", notice.text);
}

#[tokio::test]
async fn known_device_or_network_gets_no_notice() {
    let app = TestApp::new().await;
    let ada = verified(&app, ADA).await;
    sign_in_from(&app, "192.0.2.250").await;
    let known = Browser::at(&app, BASE_URL, AWAY);
    known.set_cookie(DEVICE, &ada.cookie(DEVICE).expect("a known device"));
    known.sign_in(ADA, PASSWORD).await;
    assert!(known.is_signed_in().await);
    assert_eq!(sign_in_notices(&app).await, 0);
    sign_in_from(&app, "198.51.100.200").await;
    assert_eq!(sign_in_notices(&app).await, 0, "the known device has been in this network");
    sign_in_from(&app, "2001:db8:1:2::3").await;
    sign_in_from(&app, "2001:db8:1:ffff::3").await;
    assert_eq!(sign_in_notices(&app).await, 1, "one /48");
}

#[tokio::test]
async fn first_sign_in_of_an_account_gets_no_notice() {
    let app = TestApp::with(&[("LATCHKEY_SIGN_UP", "verify")]).await;
    let browser = verified(&app, ADA).await;
    assert!(!browser.is_signed_in().await);
    sign_in_from(&app, AWAY).await;
    assert_eq!(sign_in_notices(&app).await, 0);
    sign_in_from(&app, "203.0.113.9").await;
    assert_eq!(sign_in_notices(&app).await, 1);
}

#[tokio::test]
async fn sign_in_after_a_long_pause_notifies() {
    let app = TestApp::new().await;
    verified(&app, ADA).await;
    app.wait(60 * DAY);
    app.purge().await;
    assert_eq!(count(&app, "sessions").await, 0);
    sign_in_from(&app, AWAY).await;
    assert_eq!(sign_in_notices(&app).await, 1);
}

#[tokio::test]
async fn network_of_a_revoked_device_is_new_again() {
    let app = TestApp::new().await;
    let ada = verified(&app, ADA).await;
    sign_in_from(&app, AWAY).await;
    sign_in_from(&app, AWAY).await;
    assert_eq!(sign_in_notices(&app).await, 1);
    ada.post("revoke-other-sessions", &[]).await;
    sign_in_from(&app, AWAY).await;
    assert_eq!(sign_in_notices(&app).await, 2);
}

#[tokio::test]
async fn sign_ins_are_notified_three_times_a_day() {
    let app = TestApp::with(&[("LATCHKEY_RATE_LIMIT", "off")]).await;
    verified(&app, ADA).await;
    for number in 1..=5 {
        sign_in_from(&app, &format!("203.0.{number}.9")).await;
    }
    assert_eq!(sign_in_notices(&app).await, 3);
    app.wait(DAY);
    sign_in_from(&app, "203.0.6.9").await;
    assert_eq!(sign_in_notices(&app).await, 4);
}

#[tokio::test]
async fn failed_sign_in_and_change_notify_no_user() {
    let app = TestApp::new().await;
    let ada = verified(&app, ADA).await;
    Browser::at(&app, BASE_URL, AWAY).sign_in(ADA, WRONG_PASSWORD).await;
    change_password(&ada, WRONG_PASSWORD).await;
    ada.post("delete-account", &[("current_password", WRONG_PASSWORD)]).await;
    assert_eq!(count(&app, "outbox WHERE kind <> 'verify_email'").await, 0);
}

#[tokio::test]
async fn changed_password_notifies() {
    let app = TestApp::new().await;
    let ada = verified(&app, ADA).await;
    let time = app.now().to_text();
    change_password(&ada, PASSWORD).await;
    let notice = newest(&app, ADA).await.expect("a notice");
    assert_eq!(notice.subject, "Your Latchkey password was changed");
    assert_circumstances(&notice, &format!("Time: {time}. Device: Firefox on Linux. Network: 192.0.2.0/24."));
    assert_eq!(link(&notice), "/forgot-password");
}

#[tokio::test]
async fn password_changed_over_api_notifies() {
    let app = TestApp::new().await;
    verified(&app, ADA).await;
    let ada = Person::sign_in(&app, ADA).await;
    let body = json!({ "currentPassword": PASSWORD, "newPassword": NEW_PASSWORD });
    app.client().post("/api/auth/change-password").bearer(&ada.session_token).json(&body).await.assert_ok();
    let notice = newest(&app, ADA).await.expect("a notice");
    assert_eq!(notice.subject, "Your Latchkey password was changed");
}

#[tokio::test]
async fn reused_session_token_notifies() {
    let app = TestApp::new().await;
    let ada = verified(&app, ADA).await;
    let signed_in_at = app.now().to_text();
    let thief = ada.stolen();
    for _ in 0..2 {
        app.wait(Duration::from_mins(20));
        assert!(ada.is_signed_in().await);
    }
    app.wait(Duration::from_mins(1));
    let time = app.now().to_text();
    assert!(!thief.is_signed_in().await && !thief.is_signed_in().await);
    assert!(!ada.is_signed_in().await);
    assert_eq!(count(&app, "outbox WHERE kind = 'session_ended'").await, 1);
    let notice = newest(&app, ADA).await.expect("a notice");
    assert_eq!(notice.subject, "A device was signed out of your Latchkey account");
    assert_circumstances(&notice, &format!("Time: {time}. Device: Firefox on Linux. Network: 192.0.2.0/24."));
    assert!(notice.text.contains(&format!("Firefox on Linux, signed in {signed_in_at}.")), "{}", notice.text);
    assert_eq!(link(&notice), "/forgot-password");
}

#[tokio::test]
async fn deletion_notifies_the_former_address() {
    let app = TestApp::new().await;
    let ada = verified(&app, ADA).await;
    ada.post("delete-account", &[("current_password", PASSWORD)]).await;
    assert_eq!(count(&app, "users").await, 0);
    let notice = newest(&app, ADA).await.expect("a notice");
    assert_eq!(notice.subject, "Your Latchkey account was deleted");
    assert_circumstances(&notice, "Device: Firefox on Linux. Network: 192.0.2.0/24.");
    assert_eq!(count(&app, "outbox WHERE sealed IS NOT NULL").await, 0, "the address is not kept");
}

#[tokio::test]
async fn setting_turns_notices_of_sign_ins_off() {
    let app = TestApp::with(&[("LATCHKEY_NOTICES", "off")]).await;
    let ada = verified(&app, ADA).await;
    sign_in_from(&app, AWAY).await;
    assert_eq!(sign_in_notices(&app).await, 0);
    change_password(&ada, PASSWORD).await;
    assert_eq!(newest(&app, ADA).await.expect("a notice").subject, "Your Latchkey password was changed");
}

/// The address may belong to a stranger.
#[tokio::test]
async fn unverified_address_gets_no_notice() {
    let app = TestApp::new().await;
    let ada = Browser::new(&app);
    ada.sign_up(ADA).await;
    sign_in_from(&app, AWAY).await;
    change_password(&ada, PASSWORD).await;
    assert!(ada.is_signed_in().await);
    let thief = ada.stolen();
    for _ in 0..2 {
        app.wait(Duration::from_mins(20));
        assert!(ada.is_signed_in().await);
    }
    app.wait(Duration::from_mins(1));
    assert!(!thief.is_signed_in().await);
    ada.sign_in(ADA, NEW_PASSWORD).await;
    ada.post("delete-account", &[("current_password", NEW_PASSWORD)]).await;
    assert_eq!((count(&app, "users").await, count(&app, "outbox WHERE kind <> 'verify_email'").await), (0, 0));
}

/// A mailbox that was proven is not notified of what happened before.
#[tokio::test]
async fn notices_start_with_the_verification() {
    let app = TestApp::new().await;
    let ada = Browser::new(&app);
    ada.sign_up(ADA).await;
    let page = open(&ada, &link(&verification(&app, ADA).await.expect("a message"))).await;
    sign_in_from(&app, AWAY).await;
    ada.post("verify-email", &[("link", &label(&page))]).await;
    assert_eq!(sign_in_notices(&app).await, 0);
    sign_in_from(&app, "203.0.113.9").await;
    assert_eq!(sign_in_notices(&app).await, 1);
}

#[tokio::test]
async fn disabled_account_gets_no_notice() {
    let app = TestApp::new().await;
    verified(&app, ADA).await;
    operate(&app, "UPDATE users SET disabled_at = 1").await;
    Browser::at(&app, BASE_URL, AWAY).sign_in(ADA, PASSWORD).await;
    assert_eq!(count(&app, "outbox WHERE kind <> 'verify_email'").await, 0);
}
