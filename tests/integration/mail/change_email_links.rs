//! The link to a new address: where it works, and what it says in other places.

use std::time::Duration;

use futures::future::join;

use super::inbox::{ask_for, asked, change, confirm, label, link, newest, open, verified_in};
use crate::support::{
    NEW_PASSWORD, PASSWORD, TestApp,
    browser::Browser,
    records::{count, operate},
};

const ADA: &str = "ada@example.com";
const GRACE: &str = "grace@example.com";
const NEW: &str = "new@example.com";

async fn is_changed(app: &TestApp) -> bool {
    count(app, &format!("users WHERE email = '{NEW}'")).await == 1
}

async fn press(browser: &Browser, label: &str) -> String {
    browser.post("change-email", &[("link", label)]).await.header("location").to_owned()
}

#[tokio::test]
async fn opening_the_link_changes_nothing() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    verified_in(&app, &browser, ADA).await;
    let link = asked(&app, &browser, NEW).await;
    for _ in 0..5 {
        // As a mail scanner does.
        assert!(open(&Browser::new(&app), &link).await.contains("Sign in to change your address"));
        assert!(open(&browser, &link).await.contains("Change address"));
    }
    assert!(!is_changed(&app).await);
    assert_eq!(confirm(&browser, &link).await, "/account/security");
    assert!(is_changed(&app).await);
}

#[tokio::test]
async fn link_outside_of_a_session_asks_to_sign_in() {
    let app = TestApp::new().await;
    let (browser, phone) = (Browser::new(&app), Browser::new(&app));
    verified_in(&app, &browser, ADA).await;
    let link = asked(&app, &browser, NEW).await;
    let own_label = label(&open(&browser, &link).await);
    let page = open(&phone, &link).await;
    assert!(page.contains(r#"href="/sign-in?next=%2Fchange-email""#) && label(&page).is_empty(), "{page}");
    assert!(!page.contains(ADA) && !page.contains(NEW), "{page}");
    assert_eq!(press(&phone, &own_label).await, "/change-email");
    assert!(!is_changed(&app).await);
    let fields = [("email", ADA), ("password", PASSWORD), ("next", "/change-email")];
    assert_eq!(phone.post("sign-in", &fields).await.header("location"), "/change-email");
    let page = phone.page("/change-email").await;
    assert_eq!(press(&phone, &label(&page)).await, "/account/security");
    assert!(is_changed(&app).await && phone.is_signed_in().await && !browser.is_signed_in().await);
}

#[tokio::test]
async fn link_in_session_of_another_user_is_refused() {
    let app = TestApp::new().await;
    let (ada, grace) = (Browser::new(&app), Browser::new(&app));
    verified_in(&app, &ada, ADA).await;
    verified_in(&app, &grace, GRACE).await;
    let link = asked(&app, &ada, NEW).await;
    let own_label = label(&open(&ada, &link).await);
    let page = open(&grace, &link).await;
    assert!(page.contains("This link is for another account") && label(&page).is_empty(), "{page}");
    assert_eq!(press(&grace, &own_label).await, "/change-email");
    assert!(!is_changed(&app).await && grace.page("/account").await.contains(GRACE));
    assert_eq!(press(&ada, &own_label).await, "/account/security");
}

#[tokio::test]
async fn link_that_does_not_work_says_why() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    verified_in(&app, &browser, ADA).await;
    let link = asked(&app, &browser, NEW).await;
    let token = link.strip_prefix("/change-email?token=").expect("the link of a page");
    for broken in [&token[..20], "", "nonsense", &"A".repeat(43), &"A".repeat(5_000)] {
        let page = open(&browser, &format!("/change-email?token={broken}")).await;
        assert!(page.contains("This link doesn’t work") && page.contains("/account/security"), "{broken}: {page}");
    }
    // A link for another purpose.
    assert!(open(&browser, &format!("/reset-password?token={token}")).await.contains("This link doesn’t work"));
    assert!(open(&browser, &format!("/undo-email-change?token={token}")).await.contains("This link doesn’t work"));
    confirm(&browser, &link).await;
    assert!(open(&browser, &link).await.contains("This link was used"));
    assert_eq!(press(&browser, "x").await, "/change-email");

    let link = asked(&app, &browser, "newer@example.com").await;
    app.wait(Duration::from_hours(1) - Duration::from_millis(1));
    let page = open(&browser, &link).await;
    assert!(page.contains("Change address"), "{page}");
    app.wait(Duration::from_millis(1));
    assert!(open(&browser, &link).await.contains("This link has expired"));
    assert_eq!(press(&browser, &label(&page)).await, "/change-email");
    assert!(is_changed(&app).await, "the expired link changed nothing");
}

#[tokio::test]
async fn newer_request_replaces_the_link() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    verified_in(&app, &browser, ADA).await;
    let older = asked(&app, &browser, "older@example.com").await;
    app.wait(Duration::from_secs(1));
    let newer = asked(&app, &browser, NEW).await;
    assert!(open(&browser, &older).await.contains("This link doesn’t work"));
    assert_eq!(confirm(&browser, &newer).await, "/account/security");
}

#[tokio::test]
async fn two_users_take_one_address_once() {
    let app = TestApp::new().await;
    let (ada, grace) = (Browser::new(&app), Browser::new(&app));
    verified_in(&app, &ada, ADA).await;
    verified_in(&app, &grace, GRACE).await;
    let of_ada = asked(&app, &ada, NEW).await;
    app.wait(Duration::from_secs(1));
    let of_grace = asked(&app, &grace, NEW).await;
    let labels = [label(&open(&ada, &of_ada).await), label(&open(&grace, &of_grace).await)];
    let (first, second) = join(press(&ada, &labels[0]), press(&grace, &labels[1])).await;
    let mut results = [(first, &ada), (second, &grace)];
    results.sort_by(|left, right| left.0.cmp(&right.0));
    let [(won, _), (lost, loser)] = results;
    assert_eq!((&*won, &*lost), ("/account/security", "/change-email"));
    let page = loser.page("/change-email").await;
    assert!(page.contains("This address isn’t available") && page.contains("/account/security"), "{page}");
    assert!(is_changed(&app).await);
}

#[tokio::test]
async fn address_taken_since_the_request_is_refused() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    verified_in(&app, &browser, ADA).await;
    let link = asked(&app, &browser, NEW).await;
    let label = label(&open(&browser, &link).await);
    Browser::new(&app).sign_up(NEW).await;
    assert_eq!(press(&browser, &label).await, "/change-email");
    assert!(browser.page("/change-email").await.contains("This address isn’t available"));
    assert!(browser.page("/account").await.contains(ADA));
}

#[tokio::test]
async fn link_ends_with_account_or_address() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    verified_in(&app, &browser, ADA).await;
    let link = asked(&app, &browser, NEW).await;
    let label = label(&open(&browser, &link).await);
    operate(&app, "UPDATE users SET email = 'x@example.com', email_key = 'x@example.com'").await;
    app.wait(Duration::from_secs(1));
    assert!(open(&browser, &link).await.contains("This link doesn’t work"));
    assert_eq!(press(&browser, &label).await, "/change-email");
    browser.post("delete-account", &[("current_password", PASSWORD)]).await;
    assert!(open(&browser, &link).await.contains("This link doesn’t work"));
    assert_eq!(count(&app, "one_time_secrets").await, 0);
}

#[tokio::test]
async fn ended_session_cannot_change_the_address() {
    let app = TestApp::new().await;
    let (thief, owner) = (Browser::new(&app), Browser::new(&app));
    verified_in(&app, &thief, ADA).await;
    owner.sign_in(ADA, PASSWORD).await;
    let link = asked(&app, &thief, NEW).await;
    let label = label(&open(&thief, &link).await);
    owner.post("revoke-other-sessions", &[]).await;
    assert_eq!(press(&thief, &label).await, "/change-email");
    assert!(!is_changed(&app).await);
    assert!(thief.page("/change-email").await.contains("Sign in to change your address"));
}

#[tokio::test]
async fn sign_in_during_a_change_opens_no_session() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    verified_in(&app, &browser, ADA).await;
    let link = asked(&app, &browser, NEW).await;
    let label = label(&open(&browser, &link).await);
    let others: Vec<_> = (0..5).map(|_| Browser::new(&app)).collect();
    let signing_in = futures::future::join_all(others.iter().map(|other| other.sign_in(ADA, PASSWORD)));
    let (changed, _) = join(press(&browser, &label), signing_in).await;
    assert_eq!(changed, "/account/security");
    for other in others {
        assert!(!other.is_signed_in().await);
    }
}

/// An address that was never verified may be a stranger's.
#[tokio::test]
async fn unverified_former_address_gets_no_undo() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    change(&app, &browser, NEW).await;
    assert!(newest(&app, ADA).await.is_none());
    assert_eq!((count(&app, "former_addresses").await, count(&app, "users WHERE email_verified").await), (0, 1));
    let stranger = Browser::new(&app);
    stranger.sign_up(ADA).await;
    assert!(stranger.is_signed_in().await, "the address is free at once");
}

#[tokio::test]
async fn former_address_is_reserved_for_72_hours() {
    let app = TestApp::new().await;
    let (ada, grace) = (Browser::new(&app), Browser::new(&app));
    verified_in(&app, &ada, ADA).await;
    verified_in(&app, &grace, GRACE).await;
    change(&app, &ada, NEW).await;
    app.deliver_mail().await;
    let stranger = Browser::new(&app);
    stranger.sign_up(ADA).await;
    assert!(stranger.page("/sign-up").await.contains("There is already an account with this e-mail address."));
    ask_for(&grace, ADA).await;
    let message = newest(&app, ADA).await.expect("a message");
    assert_eq!(message.subject, "This address can’t be used for Latchkey yet");
    app.wait(Duration::from_hours(72) - Duration::from_millis(1));
    stranger.sign_up(ADA).await;
    assert!(!stranger.is_signed_in().await);
    app.wait(Duration::from_millis(1));
    stranger.sign_up(ADA).await;
    assert!(stranger.is_signed_in().await);
}

#[tokio::test]
async fn link_to_address_left_since_is_refused() {
    let app = TestApp::new().await;
    let (ada, grace) = (Browser::new(&app), Browser::new(&app));
    verified_in(&app, &ada, ADA).await;
    verified_in(&app, &grace, GRACE).await;
    let link = asked(&app, &grace, NEW).await;
    let label = label(&open(&grace, &link).await);
    change(&app, &ada, NEW).await;
    app.wait(Duration::from_secs(1));
    change(&app, &ada, "newer@example.com").await;
    assert_eq!(press(&grace, &label).await, "/change-email", "reserved for Ada");
    assert!(grace.page("/change-email").await.contains("This address isn’t available"));
}

#[tokio::test]
async fn verify_sign_up_of_reserved_address_is_told() {
    let app = TestApp::with(&[("LATCHKEY_SIGN_UP", "verify")]).await;
    let ada = Browser::new(&app);
    verified_in(&app, &ada, ADA).await;
    ada.sign_in(ADA, PASSWORD).await;
    change(&app, &ada, NEW).await;
    app.deliver_mail().await;
    let stranger = Browser::new(&app);
    let fields = [("email", ADA), ("password", NEW_PASSWORD), ("name", "")];
    assert_eq!(stranger.post("sign-up", &fields).await.header("location"), "/sign-in");
    let message = newest(&app, ADA).await.expect("a message");
    assert!(message.subject.contains("can’t be used"), "{}", message.subject);
    assert_eq!(count(&app, "users").await, 1);
    change(&app, &ada, ADA).await;
    app.wait(Duration::from_secs(1));
    stranger.post("sign-up", &fields).await;
    let message = newest(&app, ADA).await.expect("a message");
    assert!(message.subject.contains("already have"), "{}: {}", message.subject, link(&message));
}
