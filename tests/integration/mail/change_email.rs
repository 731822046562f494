//! Changing the e-mail address on the pages, without JavaScript: the request.

use std::time::Duration;

use axum::http::StatusCode;

use super::inbox::{ask_for, asked, change, label, link, newest, open, verified_in};
use crate::support::{
    NEW_PASSWORD, PASSWORD, TestApp, WRONG_PASSWORD,
    browser::Browser,
    records::{count, details, operate, security_log, texts},
};

const ADA: &str = "ada@example.com";
const GRACE: &str = "grace@example.com";
const NEW: &str = "ada@example.org";
const SECURITY: &str = "/account/security";
const REQUESTS: &str = "outbox WHERE kind = 'change_email'";
const FIELD: &str = r#"id="email-password""#;

/// Asks for a change with the password, and returns the page with the result.
async fn ask_with(browser: &Browser, password: &str) -> String {
    browser.post("request-email-change", &[("email", NEW), ("current_password", password)]).await;
    browser.page(SECURITY).await
}

#[tokio::test]
async fn address_is_changed_with_a_link() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    verified_in(&app, &browser, ADA).await;
    let answer = ask_for(&browser, &format!(" {} ", NEW.to_uppercase())).await;
    assert_eq!(answer.header("location"), SECURITY);
    let page = browser.page(SECURITY).await;
    assert!(page.contains("We’ve sent a message to the new address.") && page.contains(ADA), "{page}");

    let message = newest(&app, NEW).await.expect("a message");
    assert_eq!(message.subject, "Confirm your new e-mail address for Latchkey");
    assert!(!message.text.contains(ADA) && !message.html.contains(ADA), "the new mailbox may be another person's");
    let page = open(&browser, &link(&message)).await;
    assert!(page.contains(r#"action="/actions/change-email""#) && page.contains(ADA) && page.contains(NEW), "{page}");
    assert_eq!(texts(&app, "users", &["email", "email_verified"]).await[0].split(' ').next(), Some(ADA));
    let changed = browser.post("change-email", &[("link", &label(&page))]).await;
    assert_eq!(changed.header("location"), SECURITY);
    let page = browser.page(SECURITY).await;
    assert!(page.contains("Your e-mail address is changed") && page.contains(NEW) && !page.contains(ADA), "{page}");
    assert_eq!(count(&app, "users WHERE email_verified").await, 1);

    browser.post("sign-out", &[]).await;
    browser.sign_in(ADA, PASSWORD).await;
    assert!(!browser.is_signed_in().await);
    browser.sign_in(NEW, PASSWORD).await;
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn change_is_logged_and_reported() {
    let app = TestApp::new().await;
    let (browser, other) = (Browser::new(&app), Browser::new(&app));
    verified_in(&app, &browser, ADA).await;
    other.sign_in(ADA, PASSWORD).await;
    change(&app, &browser, NEW).await;
    let log = security_log(&app).await;
    for kind in ["user_email_change_requested", "user_email_changed"] {
        let event = log.iter().find(|event| event.kind == kind).unwrap_or_else(|| panic!("no {kind}"));
        assert!(event.user_id.is_some() && event.session_id.is_some() && event.detail.is_none(), "{event:?}");
    }
    let activity = browser.page("/account/activity").await;
    assert!(activity.contains("Change of the e-mail address requested") && activity.contains("E-mail address changed"));
    let updated = "user_events WHERE kind = 'user.updated'";
    assert_eq!(count(&app, updated).await, 2, "verified, changed");
    assert_eq!(count(&app, &format!("{updated} AND data LIKE '%{NEW}%'")).await, 1);
    assert_eq!(count(&app, "user_events WHERE kind = 'session.ended' AND data LIKE '%email_changed%'").await, 1);
    assert!(browser.is_signed_in().await && !other.is_signed_in().await);
}

#[tokio::test]
async fn other_sessions_end_on_every_replica() {
    let app = TestApp::new().await;
    let replica = app.replica().await;
    let browser = Browser::new(&app);
    verified_in(&app, &browser, ADA).await;
    let other = Browser::new(&app);
    other.sign_in(ADA, PASSWORD).await;
    let (here, there) = (browser.connected_to(&replica), other.connected_to(&replica));
    assert!(there.is_signed_in().await);
    change(&app, &browser, NEW).await;
    replica.poll_revocations().await;
    assert!(!there.is_signed_in().await);
    assert!(here.page("/account").await.contains(NEW));
}

#[tokio::test]
async fn old_session_is_asked_for_the_password() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    verified_in(&app, &browser, ADA).await;
    app.wait(Duration::from_mins(15) - Duration::from_millis(1));
    assert!(!browser.page(SECURITY).await.contains(FIELD));
    app.wait(Duration::from_millis(1));
    assert!(browser.page(SECURITY).await.contains(FIELD));
    for (password, message) in
        [("", "Enter your current password."), (WRONG_PASSWORD, "This isn’t your current password.")]
    {
        let page = ask_with(&browser, password).await;
        assert!(page.contains(message) && page.contains(&format!(r#"value="{NEW}""#)), "{page}");
    }
    assert_eq!(count(&app, REQUESTS).await, 0);
    assert_eq!(details(&app, "authn_login_fail").await, [Some("confirmation".to_owned())]);
    assert!(ask_with(&browser, PASSWORD).await.contains("We’ve sent a message to the new address."));
    assert_eq!(count(&app, REQUESTS).await, 1);
}

#[tokio::test]
async fn wrong_password_is_refused_in_a_recent_session() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    assert!(ask_with(&browser, WRONG_PASSWORD).await.contains("This isn’t your current password."));
    assert_eq!(count(&app, REQUESTS).await, 0);
}

#[tokio::test]
async fn user_without_password_signs_in_again() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    verified_in(&app, &browser, ADA).await;
    operate(&app, "DELETE FROM credentials").await;
    assert_eq!(ask_for(&browser, NEW).await.header("location"), SECURITY);
    assert_eq!(count(&app, REQUESTS).await, 1);
    app.wait(Duration::from_mins(15));
    let page = browser.page(SECURITY).await;
    assert!(page.contains("sign out and sign in again") && !page.contains(r#"id="new-email""#), "{page}");
    for password in ["", PASSWORD] {
        ask_with(&browser, password).await;
        assert_eq!(count(&app, REQUESTS).await, 1);
    }
}

#[tokio::test]
async fn signed_out_request_leads_to_sign_in() {
    let app = TestApp::new().await;
    let answer = ask_for(&Browser::new(&app), NEW).await;
    assert_eq!(answer.header("location"), "/sign-in?next=%2Faccount%2Fsecurity");
    assert_eq!(count(&app, "outbox").await, 0);
}

#[tokio::test]
async fn bad_or_same_address_is_refused_with_a_reason() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    verified_in(&app, &browser, ADA).await;
    for (typed, message) in [
        ("", "Enter your e-mail address."),
        ("nobody", "Enter an e-mail address like name@example.com."),
        ("a@b@example.com", "Enter an e-mail address like name@example.com."),
        ("ada@example.org\r\nBcc: x@example.net", "Enter an e-mail address like name@example.com."),
        ("gra\u{200b}ce@example.org", "invisible character"),
        (ADA, "This is your e-mail address already."),
        ("ADA@Example.com", "This is your e-mail address already."),
    ] {
        ask_for(&browser, typed).await;
        let page = browser.page(SECURITY).await;
        assert!(page.contains(message) && page.contains(r##"href="#new-email""##), "{typed:?}: {page}");
    }
    assert_eq!(count(&app, REQUESTS).await, 0);
}

#[tokio::test]
async fn spelling_of_the_mailbox_needs_no_proof() {
    let app = TestApp::new().await;
    let (browser, other) = (Browser::new(&app), Browser::new(&app));
    let (typed, proper) = ("νικοσ@example.com", "νικος@example.com");
    browser.sign_up(typed).await;
    other.sign_in(typed, PASSWORD).await;
    ask_for(&browser, proper).await;
    let page = browser.page(SECURITY).await;
    assert!(page.contains("Your e-mail address is changed.") && page.contains(proper), "{page}");
    assert!(other.is_signed_in().await, "the mailbox is the same");
    assert_eq!((count(&app, REQUESTS).await, count(&app, "users WHERE email_verified").await), (0, 0));
    assert_eq!(details(&app, "user_email_changed").await, [Some("spelling".to_owned())]);
    assert_eq!(count(&app, "user_events WHERE kind = 'user.updated'").await, 1);
}

#[tokio::test]
async fn request_for_taken_address_looks_the_same() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    verified_in(&app, &browser, ADA).await;
    verified_in(&app, &Browser::new(&app), GRACE).await;
    let mut pages = Vec::new();
    for email in [NEW, GRACE] {
        let answer = ask_for(&browser, email).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, SECURITY));
        pages.push(browser.page(SECURITY).await.split_once("<main").expect("a page").1.to_owned());
    }
    assert_eq!(pages[0], pages[1]);
    assert_eq!(count(&app, REQUESTS).await, 2, "the outbox decides");
    let message = newest(&app, GRACE).await.expect("a message");
    assert_eq!(message.subject, "This address already has a Latchkey account");
    assert_eq!(link(&message), "/sign-in");
    assert!(!message.text.contains(ADA), "the owner does not learn who asked");
}

/// The former link would otherwise tell whether the address of a later request is taken.
#[tokio::test]
async fn request_for_taken_address_ends_former_link() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    verified_in(&app, &browser, ADA).await;
    verified_in(&app, &Browser::new(&app), GRACE).await;
    for later in [GRACE, "free@example.com"] {
        let former = asked(&app, &browser, NEW).await;
        app.wait(Duration::from_secs(1));
        ask_for(&browser, later).await;
        app.deliver_mail().await;
        assert!(open(&browser, &former).await.contains("This link doesn’t work"), "{later}");
    }
}

#[tokio::test]
async fn messages_of_one_user_are_limited() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    for number in 0..5 {
        ask_for(&browser, &format!("new{number}@example.com")).await;
    }
    ask_for(&browser, "new5@example.com").await;
    let refused = browser.get(SECURITY).await;
    assert_eq!((refused.status, refused.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "5"));
    assert_eq!(count(&app, REQUESTS).await, 5);
    assert_eq!(details(&app, "authn_login_fail_max").await, [Some("account".to_owned())]);
    let other = Browser::new(&app);
    other.sign_up(GRACE).await;
    ask_for(&other, "new6@example.com").await;
    assert_eq!(count(&app, REQUESTS).await, 6, "another user's budget");
}

#[tokio::test]
async fn messages_to_one_mailbox_are_limited() {
    let app = TestApp::new().await;
    for number in 0..7 {
        let browser = Browser::new(&app);
        browser.sign_up(&format!("ada{number}@example.com")).await;
        assert_eq!(ask_for(&browser, NEW).await.header("location"), SECURITY);
        assert!(browser.page(SECURITY).await.contains("We’ve sent a message"), "the same answer");
    }
    assert_eq!(count(&app, REQUESTS).await, 5);
}

#[tokio::test]
async fn service_without_mail_offers_no_change() {
    let app = TestApp::with(&[("LATCHKEY_MAIL", "off")]).await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    let page = browser.page(SECURITY).await;
    assert!(page.contains("Change password") && !page.contains("request-email-change"), "{page}");
    ask_for(&browser, NEW).await;
    assert_eq!(count(&app, "outbox").await, 0);
    assert!(browser.page("/change-email").await.contains("This link doesn’t work"));
}

#[tokio::test]
async fn change_ends_other_links_for_good() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    verified_in(&app, &browser, ADA).await;
    let reset = super::inbox::requested_token(&app, ADA).await;
    change(&app, &browser, NEW).await;
    let stranger = Browser::new(&app);
    let path = format!("/reset-password?token={reset}");
    assert!(open(&stranger, &path).await.contains("This link doesn’t work"));
    change(&app, &browser, ADA).await;
    assert!(open(&stranger, &path).await.contains("This link doesn’t work"), "also with the former address");
    stranger.post("reset-password", &[("link", "x"), ("password", NEW_PASSWORD)]).await;
    stranger.sign_in(ADA, PASSWORD).await;
    assert!(stranger.is_signed_in().await);
}
