//! Each form continues with the values that were submitted.

use super::app::{
    ADA, FRESH, PAGE, SECURITY, WAITING, app, by_mail, by_mail_with_app, confirm, give_mail_code, give_password,
    mailed, next_code, refused, with_password, with_password_and_app,
};
use crate::{
    factors::app::codes,
    mail::inbox::with_link,
    support::{
        NEW_PASSWORD, PASSWORD, TestApp,
        browser::Browser,
        person::Person,
        records::{count, details},
    },
};

const NEW: &str = "grace@example.org";

/// Whether the link to the new address was sent.
async fn is_change_requested(app: &TestApp) -> bool {
    with_link(app, NEW, "/change-email").await.is_some()
}

#[tokio::test]
async fn password_continues_a_change_of_the_address() {
    let app = app().await;
    let browser = with_password(&app).await;
    // The form was shown while the session was recent: it has no field for the password.
    let label = refused(&browser, "request-email-change", &[("email", NEW)]).await;
    assert!(!is_change_requested(&app).await);
    assert_eq!(give_password(&browser, &label).await, SECURITY);
    assert!(browser.page(SECURITY).await.contains("We’ve sent a message to the new address."));
    assert!(is_change_requested(&app).await);
    assert_eq!(browser.cookie(WAITING), None);
}

#[tokio::test]
async fn password_continues_a_set_up() {
    let app = app().await;
    let browser = with_password(&app).await;
    let label = refused(&browser, "set-up-totp", &[]).await;
    assert_eq!(count(&app, "totp_factors").await, 0);
    assert_eq!(give_password(&browser, &label).await, "/account/two-step");
    assert!(browser.page("/account/two-step").await.contains("Turn on two-step sign-in"));
}

#[tokio::test]
async fn mail_code_continues_a_deletion() {
    let app = app().await;
    let browser = by_mail(&app).await;
    let page = browser.page("/account/delete").await;
    assert!(page.contains(r#"action="/actions/delete-account""#) && !page.contains("Send me a link"), "{page}");
    let label = refused(&browser, "delete-account", &[]).await;
    let page = browser.page(PAGE).await;
    assert!(page.contains("To delete your account") && page.contains("E-mail me a code"), "{page}");
    assert_eq!(count(&app, "users").await, 1);
    let code = mailed(&app, &browser, &label).await;
    let deleted = confirm(&browser, &label, &[("mail_code", &code)]).await;
    assert_eq!((deleted.header("location"), deleted.clears_session()), ("/", true));
    assert_eq!(count(&app, "users").await, 0);
    assert!(browser.page("/").await.contains("Your account is deleted."));
}

#[tokio::test]
async fn mail_code_continues_a_change_of_the_address() {
    let app = app().await;
    let browser = by_mail(&app).await;
    let page = browser.page(SECURITY).await;
    assert!(page.contains(r#"id="new-email""#) && !page.contains(r#"id="email-password""#), "{page}");
    let label = refused(&browser, "request-email-change", &[("email", NEW)]).await;
    assert_eq!(give_mail_code(&app, &browser, &label).await, SECURITY);
    assert!(is_change_requested(&app).await);
}

#[tokio::test]
async fn mail_code_continues_a_first_password() {
    let app = app().await;
    let browser = by_mail(&app).await;
    let form = [("new_password", NEW_PASSWORD)];
    assert!(browser.page(SECURITY).await.contains(r#"action="/actions/set-password""#));
    let label = refused(&browser, "set-password", &form).await;
    let cookie = browser.cookie(WAITING).expect("a form that waits");
    let page = browser.page(PAGE).await;
    for part in ["amber", "kettle"] {
        assert!(!page.contains(part) && !cookie.contains(part), "{part}");
    }
    assert_eq!(count(&app, "credentials").await, 0);
    assert_eq!(give_mail_code(&app, &browser, &label).await, SECURITY);
    assert!(browser.page(SECURITY).await.contains("Your password is set"));
    assert_eq!(Person::sign_in_with(&app, ADA, NEW_PASSWORD).await.status, 200);
}

#[tokio::test]
async fn continued_form_passes_its_own_rules() {
    let app = app().await;
    let browser = by_mail(&app).await;
    for (password, reason) in [("short", "Use at least 8 characters"), ("ada@example.com", "Leave your e-mail address")]
    {
        let label = refused(&browser, "set-password", &[("new_password", password)]).await;
        assert_eq!(give_mail_code(&app, &browser, &label).await, SECURITY);
        assert!(browser.page(SECURITY).await.contains(reason), "{password}");
        app.wait(FRESH);
    }
    assert_eq!(count(&app, "credentials").await, 0);
}

#[tokio::test]
async fn two_factors_continue_every_change() {
    let app = app().await;
    let ada = with_password_and_app(&app).await;
    let browser = &ada.browser;
    let label = refused(browser, "renew-recovery-codes", &[]).await;
    let page = browser.page(PAGE).await;
    assert!(page.contains(r#"name="current_password""#) && page.contains(r#"name="code""#), "{page}");
    let proof = [("current_password", PASSWORD), ("code", &*next_code(&app, &ada))];
    let answer = confirm(browser, &label, &proof).await;
    assert_eq!(answer.header("location"), "/account/recovery-codes");
    let renewed = codes(&browser.page("/account/recovery-codes").await);
    assert!(renewed.len() == 10 && renewed != ada.codes);
    app.wait(FRESH);
    let label = refused(browser, "remove-totp", &[]).await;
    // A new recovery code instead of the app.
    let answer = confirm(browser, &label, &[("current_password", PASSWORD), ("code", &renewed[0])]).await;
    assert_eq!(answer.header("location"), SECURITY);
    assert!(browser.page(SECURITY).await.contains("Two-step sign-in is off."));
    assert_eq!(count(&app, "totp_factors").await, 0);
    assert_eq!(details(&app, "authn_recovery_code_used").await.len(), 1);
}

#[tokio::test]
async fn mail_code_and_app_continue_a_removal() {
    let app = app().await;
    let ada = by_mail_with_app(&app).await;
    let label = refused(&ada.browser, "remove-totp", &[]).await;
    let code = mailed(&app, &ada.browser, &label).await;
    let page = ada.browser.page(PAGE).await;
    assert!(page.contains(r#"name="mail_code""#) && page.contains(r#"name="code""#), "{page}");
    let proof = [("mail_code", &*code), ("code", &*next_code(&app, &ada))];
    assert_eq!(confirm(&ada.browser, &label, &proof).await.header("location"), SECURITY);
    assert_eq!(count(&app, "totp_factors").await, 0);
}

#[tokio::test]
async fn next_action_needs_no_other_proof() {
    let app = app().await;
    let browser = by_mail(&app).await;
    let label = refused(&browser, "set-up-totp", &[]).await;
    assert_eq!(give_mail_code(&app, &browser, &label).await, "/account/two-step");
    assert_eq!(browser.post("request-email-change", &[("email", NEW)]).await.header("location"), SECURITY);
    assert!(is_change_requested(&app).await);
}

#[tokio::test]
async fn account_without_a_way_signs_in_again() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    crate::support::records::operate(&app, "DELETE FROM credentials").await;
    app.wait(FRESH);
    for (action, form) in [
        ("request-email-change", &[("email", NEW)][..]),
        ("set-up-totp", &[]),
        ("set-password", &[("new_password", PASSWORD)]),
    ] {
        assert_eq!(browser.post(action, form).await.header("location"), SECURITY, "{action}");
    }
    assert_eq!(browser.post("delete-account", &[]).await.header("location"), "/account/delete");
    assert_eq!(browser.cookie(WAITING), None);
    assert_eq!((count(&app, "users").await, count(&app, "credentials").await), (1, 0));
}
