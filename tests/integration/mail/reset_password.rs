//! Resetting a forgotten password on the pages, without JavaScript.

use std::time::Duration;

use axum::http::StatusCode;

use super::inbox::{label, link, newest, open, person, request_link, requested_token};
use crate::support::{
    NEW_PASSWORD, PASSWORD, TestApp,
    browser::Browser,
    records::{count, operate, security_log},
};

const ADA: &str = "ada@example.com";
const RESETS: &str = "outbox WHERE kind = 'reset_password'";

/// Submits the form on the page. Without a form, submits nothing of it.
async fn set_password(browser: &Browser, password: &str) -> String {
    let page = browser.page("/reset-password").await;
    post_password(browser, &label(&page), password).await
}

async fn post_password(browser: &Browser, label: &str, password: &str) -> String {
    browser.post("reset-password", &[("link", label), ("password", password)]).await.header("location").to_owned()
}

#[tokio::test]
async fn forgotten_password_is_reset_with_a_link() {
    let app = TestApp::new().await;
    let (old, browser) = (Browser::new(&app), Browser::new(&app));
    old.sign_up(ADA).await;
    app.deliver_mail().await;
    assert!(browser.page("/sign-in").await.contains(r#"href="/forgot-password""#));
    assert!(browser.page("/forgot-password").await.contains(r#"action="/actions/request-password-reset""#));
    let answer = request_link(&browser, " Ada@Example.com ").await;
    assert_eq!(answer.header("location"), "/forgot-password");
    assert!(browser.page("/forgot-password").await.contains("If this address has an account"));

    let message = newest(&app, ADA).await.expect("a message");
    assert_eq!(message.subject, "Reset your Latchkey password");
    let page = open(&browser, &link(&message)).await;
    assert!(page.contains(ADA) && page.contains(r#"autocomplete="new-password""#), "{page}");
    assert_eq!(set_password(&browser, NEW_PASSWORD).await, "/sign-in");
    assert!(browser.page("/sign-in").await.contains("Your new password is set"));

    assert!(!old.is_signed_in().await && !browser.is_signed_in().await);
    browser.sign_in(ADA, PASSWORD).await;
    assert!(!browser.is_signed_in().await);
    browser.sign_in(ADA, NEW_PASSWORD).await;
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn reset_notifies_and_verifies_and_is_logged() {
    let app = TestApp::new().await;
    let ada = person(&app, ADA).await;
    let token = requested_token(&app, ADA).await;
    let browser = Browser::new(&app);
    open(&browser, &format!("/reset-password?token={token}")).await;
    set_password(&browser, NEW_PASSWORD).await;
    let notice = newest(&app, ADA).await.expect("a notice");
    assert_eq!(notice.subject, "Your Latchkey password was reset");
    assert_eq!(link(&notice), "/forgot-password");
    assert!(notice.text.contains(" UTC. Device: Firefox on Linux. Network: 192.0.2.0/24."), "{}", notice.text);
    assert_eq!(count(&app, "users WHERE email_verified").await, 1);
    let log = security_log(&app).await;
    assert!(
        log.iter().any(|event| event.kind == "authn_password_reset" && event.user_id.as_ref() == Some(&ada.user_id))
    );
    let events = count(&app, "user_events WHERE kind = 'session.ended'").await;
    assert_eq!(events, 1);
}

#[tokio::test]
async fn request_for_unknown_address_looks_the_same() {
    let app = TestApp::new().await;
    person(&app, ADA).await;
    let (known, unknown) = (Browser::new(&app), Browser::new(&app));
    let answers = [request_link(&known, ADA).await, request_link(&unknown, "grace@example.com").await];
    assert_eq!(answers[0].status, answers[1].status);
    assert_eq!(answers[0].header("location"), answers[1].header("location"));
    let main = |page: String| page.split_once("<main").expect("a page").1.to_owned();
    assert_eq!(main(known.page("/forgot-password").await), main(unknown.page("/forgot-password").await));
    assert_eq!(count(&app, "outbox WHERE state = 0").await, 2, "both are queued");
    assert_eq!(app.deliver_mail().await, 2);
    assert_eq!(app.mailbox().len(), 2, "with the message that verifies the address");
    assert_eq!(count(&app, "one_time_secrets WHERE purpose = 'reset-password'").await, 1);
}

#[tokio::test]
async fn opening_a_link_changes_nothing() {
    let app = TestApp::new().await;
    person(&app, ADA).await;
    let token = requested_token(&app, ADA).await;
    let link = format!("/reset-password?token={token}");
    for _ in 0..5 {
        // As a mail scanner does.
        assert!(open(&Browser::new(&app), &link).await.contains("Set password"));
    }
    let browser = Browser::new(&app);
    open(&browser, &link).await;
    assert_eq!(set_password(&browser, NEW_PASSWORD).await, "/sign-in");
}

#[tokio::test]
async fn weak_password_leaves_the_link_usable() {
    let app = TestApp::new().await;
    person(&app, ADA).await;
    let token = requested_token(&app, ADA).await;
    let browser = Browser::new(&app);
    open(&browser, &format!("/reset-password?token={token}")).await;
    for (weak, message) in [("", "Enter a password."), ("short", "at least 8"), ("password1234", "commonly used")] {
        assert_eq!(set_password(&browser, weak).await, "/reset-password");
        let page = browser.page("/reset-password").await;
        assert!(page.contains(message) && page.contains("Set password"), "{page}");
    }
    assert_eq!(set_password(&browser, NEW_PASSWORD).await, "/sign-in");
}

#[tokio::test]
async fn link_that_does_not_work_says_why() {
    let app = TestApp::new().await;
    person(&app, ADA).await;
    let token = requested_token(&app, ADA).await;
    let browser = Browser::new(&app);
    for broken in [&token[..20], "", "nonsense", &"A".repeat(43), &"A".repeat(5_000)] {
        let page = open(&browser, &format!("/reset-password?token={broken}")).await;
        assert!(page.contains("This link doesn’t work") && page.contains("/forgot-password"), "{broken}: {page}");
    }
    open(&browser, &format!("/reset-password?token={token}")).await;
    set_password(&browser, NEW_PASSWORD).await;
    assert!(open(&browser, &format!("/reset-password?token={token}")).await.contains("This link was used"));
    assert_eq!(set_password(&browser, PASSWORD).await, "/reset-password");

    let token = requested_token(&app, ADA).await;
    let link = format!("/reset-password?token={token}");
    app.wait(Duration::from_mins(30) - Duration::from_millis(1));
    assert!(open(&browser, &link).await.contains("Set password"));
    app.wait(Duration::from_millis(1));
    assert!(open(&browser, &link).await.contains("This link has expired"));
    assert_eq!(set_password(&browser, PASSWORD).await, "/reset-password");
    browser.sign_in(ADA, NEW_PASSWORD).await;
    assert!(browser.is_signed_in().await, "the second link changed nothing");
}

#[tokio::test]
async fn newer_link_replaces_the_older_one() {
    let app = TestApp::new().await;
    person(&app, ADA).await;
    let older = requested_token(&app, ADA).await;
    app.wait(Duration::from_secs(1));
    let newer = requested_token(&app, ADA).await;
    let browser = Browser::new(&app);
    assert!(open(&browser, &format!("/reset-password?token={older}")).await.contains("This link doesn’t work"));
    assert!(open(&browser, &format!("/reset-password?token={newer}")).await.contains("Set password"));
}

#[tokio::test]
async fn form_of_another_tab_changes_no_account() {
    let app = TestApp::new().await;
    person(&app, ADA).await;
    person(&app, "grace@example.com").await;
    let (ada, grace) = (requested_token(&app, ADA).await, requested_token(&app, "grace@example.com").await);
    let browser = Browser::new(&app);
    let first_tab = label(&open(&browser, &format!("/reset-password?token={ada}")).await);
    let second_tab = open(&browser, &format!("/reset-password?token={grace}")).await;
    assert_eq!(post_password(&browser, &first_tab, NEW_PASSWORD).await, "/reset-password");
    browser.sign_in("grace@example.com", NEW_PASSWORD).await;
    assert!(!browser.is_signed_in().await);
    assert_eq!(post_password(&browser, &label(&second_tab), NEW_PASSWORD).await, "/sign-in");
}

#[tokio::test]
async fn user_without_password_gets_one() {
    let app = TestApp::new().await;
    person(&app, ADA).await;
    operate(&app, "DELETE FROM credentials").await;
    let token = requested_token(&app, ADA).await;
    let browser = Browser::new(&app);
    open(&browser, &format!("/reset-password?token={token}")).await;
    set_password(&browser, NEW_PASSWORD).await;
    browser.sign_in(ADA, NEW_PASSWORD).await;
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn disabled_account_gets_no_link() {
    let app = TestApp::new().await;
    let ada = person(&app, ADA).await;
    let token = requested_token(&app, ADA).await;
    app.disable(&ada.user_id).await;
    let browser = Browser::new(&app);
    assert!(open(&browser, &format!("/reset-password?token={token}")).await.contains("This link doesn’t work"));
    assert_eq!(set_password(&browser, NEW_PASSWORD).await, "/reset-password");
    request_link(&browser, ADA).await;
    app.deliver_mail().await;
    assert_eq!(app.mailbox().len(), 2, "no further message");
}

#[tokio::test]
async fn link_ends_with_the_account_or_address() {
    let app = TestApp::new().await;
    person(&app, ADA).await;
    let token = requested_token(&app, ADA).await;
    let browser = Browser::new(&app);
    operate(&app, "UPDATE users SET email = 'x@example.com', email_key = 'x@example.com'").await;
    assert!(open(&browser, &format!("/reset-password?token={token}")).await.contains("This link doesn’t work"));
    assert_eq!(set_password(&browser, NEW_PASSWORD).await, "/reset-password");
    let grace = Browser::new(&app);
    grace.sign_up("grace@example.com").await;
    app.deliver_mail().await;
    let token = requested_token(&app, "grace@example.com").await;
    grace.post("delete-account", &[("current_password", PASSWORD)]).await;
    assert!(open(&browser, &format!("/reset-password?token={token}")).await.contains("This link doesn’t work"));
    assert_eq!(count(&app, "one_time_secrets WHERE purpose = 'reset-password'").await, 1, "Ada's");
}

#[tokio::test]
async fn messages_per_account_and_network_are_limited() {
    let app = TestApp::new().await;
    person(&app, ADA).await;
    for _ in 0..20 {
        assert_eq!(request_link(&Browser::new(&app), ADA).await.header("location"), "/forgot-password");
    }
    assert_eq!(count(&app, RESETS).await, 5, "per hour and account");
    let browser = Browser::new(&app);
    request_link(&browser, ADA).await;
    let refused = browser.get("/forgot-password").await;
    assert_eq!((refused.status, refused.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "30"));
    for hours in 1..4 {
        app.wait(Duration::from_hours(1));
        for _ in 0..6 {
            request_link(&Browser::new(&app), ADA).await;
        }
        assert_eq!(count(&app, RESETS).await, (5 * (hours + 1)).min(15), "15 per day");
    }
}

#[tokio::test]
async fn service_without_mail_offers_no_reset() {
    let app = TestApp::with(&[("LATCHKEY_MAIL", "off")]).await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    browser.post("sign-out", &[]).await;
    assert!(!browser.page("/sign-in").await.contains("/forgot-password"));
    assert_eq!(browser.get("/forgot-password").await.status, StatusCode::NOT_FOUND);
    request_link(&browser, ADA).await;
    assert_eq!(count(&app, "outbox").await, 0);
    assert!(!browser.page("/reset-password").await.contains("/forgot-password"));
}

#[tokio::test]
async fn product_name_is_on_pages_and_in_messages() {
    let app = TestApp::with(&[("LATCHKEY_PRODUCT_NAME", "Acme <ID>")]).await;
    person(&app, ADA).await;
    let page = Browser::new(&app).page("/sign-in").await;
    assert!(page.contains("<title>Sign in · Acme &lt;ID&gt;</title>"), "{page}");
    requested_token(&app, ADA).await;
    let message = newest(&app, ADA).await.expect("a message");
    assert_eq!(message.subject, "Reset your Acme <ID> password");
    assert!(message.html.contains("your Acme &lt;ID&gt; password"), "{}", message.html);
}
