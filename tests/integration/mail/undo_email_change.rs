//! Undoing a change of the e-mail address with the link in the message to the former one.

use std::time::Duration;

use futures::future::join_all;

use super::{
    codes,
    inbox::{asked, change, confirm, label, link, newest, open, verified_in},
};
use crate::support::{
    NEW_PASSWORD, PASSWORD, TestApp,
    browser::Browser,
    records::{count, operate, security_log},
};

const ADA: &str = "ada@example.com";
const SECOND: &str = "second@example.com";
const THIRD: &str = "third@example.com";
const PAGE: &str = "/undo-email-change";

/// A user who has changed the address, and the link to the former one.
async fn changed(app: &TestApp, browser: &Browser, from: &str, to: &str) -> String {
    verified_in(app, browser, from).await;
    changed_again(app, browser, from, to).await
}

async fn changed_again(app: &TestApp, browser: &Browser, from: &str, to: &str) -> String {
    change(app, browser, to).await;
    link(&newest(app, from).await.expect("a message"))
}

/// Follows a link to a former address, and returns where the form leads.
async fn undo(browser: &Browser, link: &str, password: &str) -> String {
    let page = open(browser, link).await;
    press(browser, &label(&page), password).await
}

async fn press(browser: &Browser, label: &str, password: &str) -> String {
    let fields = [("link", label), ("password", password)];
    browser.post("undo-email-change", &fields).await.header("location").to_owned()
}

async fn has_address(app: &TestApp, email: &str) -> bool {
    count(app, &format!("users WHERE email = '{email}' AND email_key = '{email}' AND email_verified")).await == 1
}

#[tokio::test]
async fn undo_restores_address_and_ends_sessions() {
    let app = TestApp::new().await;
    let (thief, owner) = (Browser::new(&app), Browser::new(&app));
    change_is_announced(&app, &thief).await;
    let link = link(&newest(&app, ADA).await.expect("a message"));
    let page = open(&owner, &link).await;
    assert!(page.contains(ADA) && !page.contains(SECOND) && page.contains("new-password"), "{page}");
    assert!(has_address(&app, SECOND).await, "opening the link changes nothing");
    assert_eq!(press(&owner, &label(&page), NEW_PASSWORD).await, "/sign-in");
    assert!(owner.page("/sign-in").await.contains("Your e-mail address is restored"));
    assert!(has_address(&app, ADA).await && !thief.is_signed_in().await);
    for (email, password) in [(SECOND, PASSWORD), (SECOND, NEW_PASSWORD), (ADA, PASSWORD)] {
        thief.sign_in(email, password).await;
        assert!(!thief.is_signed_in().await, "{email}");
    }
    owner.sign_in(ADA, NEW_PASSWORD).await;
    assert!(owner.is_signed_in().await);

    let log = security_log(&app).await;
    let kinds: Vec<_> = log.iter().filter(|event| event.user_id.is_some()).map(|event| event.kind.as_str()).collect();
    assert!(kinds.contains(&"user_email_change_undone") && kinds.contains(&"authn_password_reset"), "{kinds:?}");
    assert_eq!(count(&app, "user_events WHERE kind = 'session.ended' AND data LIKE '%email_changed%'").await, 1);
    assert!(newest(&app, ADA).await.expect("a notice").subject.contains("was reset"));
    assert!(owner.page("/account/activity").await.contains("Change of the e-mail address undone"));
}

/// Changes the address, and checks the message to the former one.
async fn change_is_announced(app: &TestApp, browser: &Browser) {
    verified_in(app, browser, ADA).await;
    change(app, browser, SECOND).await;
    let message = newest(app, ADA).await.expect("a message");
    assert_eq!(message.subject, "The e-mail address of your Latchkey account was changed");
    assert!(!message.text.contains(SECOND) && message.text.contains("72 hours"), "{}", message.text);
    assert!(newest(app, SECOND).await.expect("the link").subject.starts_with("Confirm"));
}

/// An attacker who changes the address twice does not outrun the owner.
#[tokio::test]
async fn undo_after_two_changes_restores_the_first() {
    let app = TestApp::new().await;
    let (thief, owner) = (Browser::new(&app), Browser::new(&app));
    let first = changed(&app, &thief, ADA, SECOND).await;
    app.wait(Duration::from_mins(1));
    let second = changed_again(&app, &thief, SECOND, THIRD).await;
    assert_eq!(undo(&owner, &first, NEW_PASSWORD).await, "/sign-in");
    assert!(has_address(&app, ADA).await);
    let page = open(&thief, &second).await;
    assert!(page.contains("This link doesn’t work") && label(&page).is_empty(), "{page}");
    assert_eq!(undo(&thief, &second, PASSWORD).await, PAGE);
    assert!(has_address(&app, ADA).await);
    for free in [SECOND, THIRD] {
        let browser = Browser::new(&app);
        browser.sign_up(free).await;
        assert!(browser.is_signed_in().await, "{free} is free again");
    }
}

#[tokio::test]
async fn undo_of_later_change_keeps_the_earlier_link() {
    let app = TestApp::new().await;
    let (thief, owner) = (Browser::new(&app), Browser::new(&app));
    let first = changed(&app, &thief, ADA, SECOND).await;
    let second = changed_again(&app, &thief, SECOND, THIRD).await;
    assert_eq!(undo(&thief, &second, NEW_PASSWORD).await, "/sign-in");
    assert!(has_address(&app, SECOND).await);
    assert_eq!(undo(&owner, &first, PASSWORD).await, "/sign-in");
    assert!(has_address(&app, ADA).await);
}

/// The owner takes the address back by another change: the address in between gets no link.
#[tokio::test]
async fn return_to_former_address_is_not_undone() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    let first = changed(&app, &browser, ADA, SECOND).await;
    changed_again(&app, &browser, SECOND, THIRD).await;
    let messages = app.mailbox().len();
    change(&app, &browser, ADA).await;
    app.deliver_mail().await;
    assert_eq!(app.mailbox().len(), messages + 1, "the link to the new address alone");
    assert!(has_address(&app, ADA).await);
    assert_eq!(count(&app, "former_addresses").await, 1);
    assert_eq!(undo(&browser, &first, NEW_PASSWORD).await, "/sign-in", "still valid");
    assert!(has_address(&app, ADA).await);
}

#[tokio::test]
async fn pending_change_ends_with_an_undo() {
    let app = TestApp::new().await;
    let (thief, owner) = (Browser::new(&app), Browser::new(&app));
    let first = changed(&app, &thief, ADA, SECOND).await;
    let pending = asked(&app, &thief, THIRD).await;
    undo(&owner, &first, NEW_PASSWORD).await;
    owner.sign_in(ADA, NEW_PASSWORD).await;
    assert!(open(&owner, &pending).await.contains("This link doesn’t work"));
    assert_eq!(confirm(&owner, &pending).await, "/change-email");
    assert!(has_address(&app, ADA).await);
}

#[tokio::test]
async fn weak_password_leaves_the_undo_usable() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    let link = changed(&app, &browser, ADA, SECOND).await;
    let label = label(&open(&browser, &link).await);
    for (weak, message) in [("", "Enter a password."), ("short", "at least 8"), ("password1234", "commonly used")] {
        assert_eq!(press(&browser, &label, weak).await, PAGE);
        let page = browser.page(PAGE).await;
        assert!(page.contains(message) && page.contains("Restore and set password"), "{page}");
    }
    assert_eq!(press(&browser, &label, NEW_PASSWORD).await, "/sign-in");
}

#[tokio::test]
async fn undo_link_that_does_not_work_says_why() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    let link = changed(&app, &browser, ADA, SECOND).await;
    let token = link.split_once("token=").expect("a token").1;
    for broken in [&token[..20], "", "nonsense", &"A".repeat(43), &"A".repeat(5_000)] {
        let page = open(&browser, &format!("{PAGE}?token={broken}")).await;
        assert!(page.contains("This link doesn’t work"), "{broken}: {page}");
    }
    assert!(open(&browser, &format!("/change-email?token={token}")).await.contains("This link doesn’t work"));
    undo(&browser, &link, NEW_PASSWORD).await;
    assert!(open(&browser, &link).await.contains("This link was used"));
    assert_eq!(press(&browser, "x", PASSWORD).await, PAGE);

    browser.sign_in(ADA, NEW_PASSWORD).await;
    let link = changed_again(&app, &browser, ADA, THIRD).await;
    app.wait(Duration::from_hours(72) - Duration::from_millis(1));
    let page = open(&browser, &link).await;
    assert!(page.contains("Restore and set password"), "{page}");
    app.wait(Duration::from_millis(1));
    assert!(open(&browser, &link).await.contains("This link has expired"));
    assert_eq!(press(&browser, &label(&page), PASSWORD).await, PAGE);
    assert!(has_address(&app, THIRD).await);
}

#[tokio::test]
async fn undo_is_valid_for_72_hours_from_sending() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    verified_in(&app, &browser, ADA).await;
    change(&app, &browser, SECOND).await;
    app.wait(Duration::from_hours(10));
    let link = link(&newest(&app, ADA).await.expect("a message"));
    app.wait(Duration::from_hours(72) - Duration::from_millis(1));
    assert_eq!(undo(&browser, &link, NEW_PASSWORD).await, "/sign-in");
}

#[tokio::test]
async fn parallel_uses_of_one_undo_have_one_success() {
    let app = TestApp::with(&[("LATCHKEY_RATE_LIMIT", "off")]).await;
    let browser = Browser::new(&app);
    let link = changed(&app, &browser, ADA, SECOND).await;
    let label = label(&open(&browser, &link).await);
    let uses = (0..100).map(|number| {
        let (browser, label) = (browser.stolen(), &label);
        async move { press(&browser, label, &format!("{NEW_PASSWORD} {number}")).await }
    });
    let results = join_all(uses).await;
    assert_eq!(results.iter().filter(|location| *location == "/sign-in").count(), 1, "{results:?}");
    assert_eq!(results.iter().filter(|location| *location == PAGE).count(), 99, "{results:?}");
    assert_eq!(count(&app, "outbox WHERE kind = 'password_reset'").await, 1, "one notice");
}

#[tokio::test]
async fn user_without_password_gets_one_with_undo() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    let link = changed(&app, &browser, ADA, SECOND).await;
    operate(&app, "DELETE FROM credentials").await;
    undo(&browser, &link, NEW_PASSWORD).await;
    browser.sign_in(ADA, NEW_PASSWORD).await;
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn undo_of_disabled_or_deleted_account_fails() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    let link = changed(&app, &browser, ADA, SECOND).await;
    let label = label(&open(&browser, &link).await);
    let user: String = crate::support::records::texts(&app, "users", &["id"]).await.remove(0);
    app.disable(&user).await;
    assert!(open(&browser, &link).await.contains("This link doesn’t work"));
    assert_eq!(press(&browser, &label, NEW_PASSWORD).await, PAGE);
    app.enable(&user).await;
    browser.sign_in(SECOND, PASSWORD).await;
    browser.post("delete-account", &[("current_password", PASSWORD)]).await;
    assert_eq!(count(&app, "former_addresses").await, 0);
    assert!(open(&browser, &link).await.contains("This link doesn’t work"));
    browser.sign_up(ADA).await;
    assert!(browser.is_signed_in().await, "the address is free");
}

/// Only an import takes a reserved address.
#[tokio::test]
async fn undo_of_address_taken_meanwhile_fails() {
    let app = TestApp::new().await;
    let (browser, other) = (Browser::new(&app), Browser::new(&app));
    let link = changed(&app, &browser, ADA, SECOND).await;
    let label = label(&open(&browser, &link).await);
    other.sign_up(THIRD).await;
    operate(&app, &format!("UPDATE users SET email = '{ADA}', email_key = '{ADA}' WHERE email = '{THIRD}'")).await;
    assert_eq!(press(&browser, &label, NEW_PASSWORD).await, PAGE);
    assert!(browser.page(PAGE).await.contains("This link doesn’t work"));
    assert!(has_address(&app, SECOND).await && browser.is_signed_in().await);
}

#[tokio::test]
async fn purge_deletes_former_addresses() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    changed(&app, &browser, ADA, SECOND).await;
    app.wait(Duration::from_hours(9 * 24));
    app.purge().await;
    assert_eq!(count(&app, "former_addresses").await, 1, "the page can say why the link does not work");
    app.wait(Duration::from_hours(48));
    app.purge().await;
    assert_eq!(count(&app, "former_addresses").await, 0);
}

/// An account at the former address would make the undo impossible.
#[tokio::test]
async fn reserved_address_gets_no_account_by_mail() {
    let app = codes::app().await;
    let (user, early, late) = (Browser::new(&app), Browser::new(&app), Browser::new(&app));
    let code = codes::code(&codes::asked(&app, &early, SECOND).await);
    verified_in(&app, &user, ADA).await;
    change(&app, &user, SECOND).await;
    let undo_link = changed_again(&app, &user, SECOND, THIRD).await;
    codes::enter(&early, &code).await;
    codes::ask(&late, SECOND).await;
    let message = newest(&app, SECOND).await.expect("a message");
    assert!(message.subject.starts_with("This address can’t be used"), "{}", message.subject);
    assert!(!early.is_signed_in().await && count(&app, "users").await == 1);
    assert_eq!(undo(&Browser::new(&app), &undo_link, NEW_PASSWORD).await, "/sign-in");
    assert!(has_address(&app, SECOND).await);
}
