//! Undoing a change of the address removes the factors that were added after it.

use std::time::Duration;

use super::app::{ADA, STEP, enter, protected, turn_on};
use crate::{
    mail::{
        codes::verified_person,
        inbox::{change, label, link, open, with_link},
    },
    support::{
        NEW_PASSWORD, PASSWORD, TestApp,
        browser::Browser,
        records::{count, details},
    },
};

const THIEF: &str = "eve@example.com";

/// A session of a user with a verified address.
async fn signed_in(app: &TestApp) -> Browser {
    verified_person(app, ADA).await;
    let browser = Browser::new(app);
    browser.sign_in(ADA, PASSWORD).await;
    browser
}

/// The owner of the former mailbox undoes the change.
async fn undo(app: &TestApp) -> Browser {
    let undo = link(&with_link(app, ADA, "/undo-email-change").await.expect("a message"));
    let owner = Browser::new(app);
    let page = open(&owner, &undo).await;
    let answer = owner.post("undo-email-change", &[("link", &label(&page)), ("password", NEW_PASSWORD)]).await;
    assert_eq!(answer.header("location"), "/sign-in");
    owner
}

#[tokio::test]
async fn undo_removes_the_factor_of_a_thief() {
    let app = TestApp::new().await;
    let thief = signed_in(&app).await;
    change(&app, &thief, THIEF).await;
    let thief = turn_on(&app, thief).await;
    let owner = undo(&app).await;
    assert!(!thief.browser.is_signed_in().await);
    assert_eq!(owner.sign_in(ADA, NEW_PASSWORD).await.header("location"), "/account");
    for table in ["totp_factors", "recovery_codes", "trusted_devices"] {
        assert_eq!(count(&app, table).await, 0, "{table}");
    }
    assert_eq!(details(&app, "authn_factor_removed").await.len(), 1);
    app.deliver_mail().await;
    assert!(app.mailbox().iter().any(|message| message.subject.starts_with("Two-step sign-in is off")));
}

#[tokio::test]
async fn undo_keeps_an_older_factor() {
    let app = TestApp::new().await;
    let ada = turn_on(&app, signed_in(&app).await).await;
    change(&app, &ada.browser, THIEF).await;
    let owner = undo(&app).await;
    assert_eq!(owner.sign_in(ADA, NEW_PASSWORD).await.header("location"), "/sign-in/second-step");
    app.wait(STEP);
    assert_eq!(enter(&owner, &ada.phone.code()).await, "/account");
    assert_eq!(count(&app, "recovery_codes").await, 10);
    assert!(details(&app, "authn_factor_removed").await.is_empty());
}

#[tokio::test]
async fn undo_removes_later_recovery_codes() {
    let app = TestApp::new().await;
    let ada = turn_on(&app, signed_in(&app).await).await;
    change(&app, &ada.browser, THIEF).await;
    app.wait(Duration::from_secs(1));
    ada.browser.post("renew-recovery-codes", &[]).await;
    undo(&app).await;
    assert_eq!((count(&app, "totp_factors").await, count(&app, "recovery_codes").await), (1, 0));
}

#[tokio::test]
async fn undo_removes_a_replaced_factor() {
    let app = TestApp::new().await;
    let ada = turn_on(&app, signed_in(&app).await).await;
    change(&app, &ada.browser, THIEF).await;
    ada.browser.post("remove-totp", &[]).await;
    turn_on(&app, ada.browser).await;
    let owner = undo(&app).await;
    assert_eq!(owner.sign_in(ADA, NEW_PASSWORD).await.header("location"), "/account");
}

#[tokio::test]
async fn undo_of_the_first_change_removes_the_factor() {
    let app = TestApp::new().await;
    let thief = signed_in(&app).await;
    change(&app, &thief, THIEF).await;
    let thief = turn_on(&app, thief).await;
    app.wait(Duration::from_mins(1));
    change(&app, &thief.browser, "mallory@example.com").await;
    let owner = undo(&app).await;
    assert_eq!(owner.sign_in(ADA, NEW_PASSWORD).await.header("location"), "/account");
}

#[tokio::test]
async fn unverified_address_has_no_undo() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    change(&app, &ada.browser, THIEF).await;
    assert!(with_link(&app, ADA, "/undo-email-change").await.is_none());
    assert_eq!(count(&app, "totp_factors").await, 1);
}
