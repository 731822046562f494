//! The form that waits is bound to its user, its session and its page, and expires.

use std::time::Duration;

use super::app::{
    ADA, FRESH, PAGE, SECURITY, WAITING, app, by_mail, confirm, give_mail_code, give_password, mailed, refused,
    with_password,
};
use crate::{
    mail::codes::verified_person,
    support::{PASSWORD, TestApp, browser::Browser, records::count},
};

const NEW: [(&str, &str); 1] = [("email", "grace@example.org")];

/// Fails unless the right password continues nothing, and the session stays as it is.
async fn assert_nothing_continues(app: &TestApp, browser: &Browser, label: &str) {
    assert_eq!(give_password(browser, label).await, PAGE);
    assert_eq!(browser.get(PAGE).await.header("location"), SECURITY);
    assert!(browser.page(SECURITY).await.contains("Nothing was changed"));
    assert_eq!(count(app, "outbox WHERE kind = 'change_email'").await, 0);
    assert_eq!(count(app, "events WHERE kind = 'authn_reauthenticated'").await, 0);
    assert!(browser.is_signed_in().await);
}

/// The cookie without its expiry, as a thief keeps it.
fn kept(browser: &Browser) -> String {
    let value = browser.cookie(WAITING).expect("a form that waits");
    browser.set_cookie(WAITING, &value);
    value
}

#[tokio::test]
async fn form_that_waited_too_long_is_refused() {
    let app = app().await;
    let browser = with_password(&app).await;
    let label = refused(&browser, "request-email-change", &NEW).await;
    kept(&browser);
    app.wait(FRESH);
    assert_nothing_continues(&app, &browser, &label).await;
}

#[tokio::test]
async fn form_waits_for_15_minutes() {
    let app = app().await;
    let browser = with_password(&app).await;
    let label = refused(&browser, "request-email-change", &NEW).await;
    app.wait(FRESH.saturating_sub(Duration::from_millis(1)));
    assert_eq!(give_password(&browser, &label).await, SECURITY);
    assert_eq!(count(&app, "outbox WHERE kind = 'change_email'").await, 1);
}

#[tokio::test]
async fn changed_form_is_refused() {
    let app = app().await;
    let browser = with_password(&app).await;
    let label = refused(&browser, "request-email-change", &NEW).await;
    let sealed = kept(&browser);
    for at in [0, 7, sealed.len() / 2, sealed.len() - 3] {
        let other = if sealed.as_bytes()[at] == b'A' { "B" } else { "A" };
        let changed = [&sealed[..at], other, &sealed[at + 1..]].concat();
        browser.set_cookie(WAITING, &changed);
        assert_nothing_continues(&app, &browser, &label).await;
    }
    // A sealed value of another cookie.
    browser.post("change-password", &[]).await;
    let foreign = browser.cookie("latchkey_form").expect("an outcome");
    browser.set_cookie(WAITING, &foreign);
    browser.get(SECURITY).await;
    assert_nothing_continues(&app, &browser, &label).await;
    browser.set_cookie(WAITING, &sealed);
    assert_eq!(give_password(&browser, &label).await, SECURITY);
}

#[tokio::test]
async fn form_of_another_session_is_refused() {
    let app = app().await;
    let browser = with_password(&app).await;
    let label = refused(&browser, "request-email-change", &NEW).await;
    let sealed = kept(&browser);
    let other = Browser::new(&app);
    other.sign_in(ADA, PASSWORD).await;
    other.set_cookie(WAITING, &sealed);
    assert_nothing_continues(&app, &other, &label).await;
    verified_person(&app, "eve@example.org").await;
    let eve = Browser::new(&app);
    eve.sign_in("eve@example.org", PASSWORD).await;
    eve.set_cookie(WAITING, &sealed);
    assert_nothing_continues(&app, &eve, &label).await;
}

#[tokio::test]
async fn page_of_another_form_continues_nothing() {
    let app = app().await;
    let browser = with_password(&app).await;
    let first = refused(&browser, "request-email-change", &NEW).await;
    let second = refused(&browser, "set-up-totp", &[]).await;
    assert_ne!(first, second);
    for label in [&*first, ""] {
        assert_eq!(give_password(&browser, label).await, PAGE);
        assert!(browser.page(PAGE).await.contains("Nothing was changed"));
    }
    let counts = (count(&app, "outbox WHERE kind = 'change_email'").await, count(&app, "totp_factors").await);
    assert_eq!(counts, (0, 0));
    assert_eq!(give_password(&browser, &second).await, "/account/two-step");
}

#[tokio::test]
async fn form_is_posted_at_most_once_per_proof() {
    let app = app().await;
    let browser = with_password(&app).await;
    let label = refused(&browser, "request-email-change", &NEW).await;
    assert_eq!(give_password(&browser, &label).await, SECURITY);
    assert_eq!(give_password(&browser, &label).await, PAGE, "the cookie is gone");
    assert_eq!(count(&app, "outbox WHERE kind = 'change_email'").await, 1);
}

#[tokio::test]
async fn reload_of_the_page_posts_nothing() {
    let app = app().await;
    let browser = with_password(&app).await;
    refused(&browser, "request-email-change", &NEW).await;
    for _ in 0..3 {
        assert_eq!(browser.get(PAGE).await.status, 200);
    }
    assert_eq!(count(&app, "outbox WHERE kind = 'change_email'").await, 0);
}

#[tokio::test]
async fn form_too_long_for_a_cookie_is_begun_again() {
    let app = app().await;
    let browser = by_mail(&app).await;
    let long = "x".repeat(5_000);
    let label = refused(&browser, "set-password", &[("new_password", &long)]).await;
    assert!(browser.cookie(WAITING).expect("a cookie").len() < 3_900);
    assert_eq!(give_mail_code(&app, &browser, &label).await, SECURITY);
    assert_eq!(count(&app, "credentials").await, 0);
    assert!(browser.post("set-password", &[("new_password", PASSWORD)]).await.header("location") == SECURITY);
    assert_eq!(count(&app, "credentials").await, 1, "the sign-in is recent now");
}

#[tokio::test]
async fn ended_session_is_not_confirmed() {
    let app = app().await;
    let browser = by_mail(&app).await;
    let label = refused(&browser, "delete-account", &[]).await;
    let code = mailed(&app, &browser, &label).await;
    let thief = browser.stolen();
    browser.post("sign-out", &[]).await;
    let answer = confirm(&thief, &label, &[("mail_code", &code)]).await;
    assert_eq!(answer.header("location"), "/sign-in?next=%2Faccount%2Fconfirm");
    assert_eq!(count(&app, "users").await, 1);
}
