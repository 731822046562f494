//! Which proofs are accepted, and what a wrong one changes.

use std::time::Duration;

use futures::future::join_all;
use serde_json::json;

use super::app::{
    ADA, PAGE, SECURITY, app, by_mail, by_mail_with_app, confirm, give_password, mailed, next_code, refused,
    with_password, with_password_and_app,
};
use crate::{
    mail::codes::{asked, code, enter, wrong},
    support::{
        PASSWORD, WRONG_PASSWORD,
        browser::Browser,
        records::{count, details, operate},
        tokens::sign_in_of_browser,
    },
};

#[tokio::test]
async fn wrong_password_is_refused_and_changes_nothing() {
    let app = app().await;
    let browser = with_password(&app).await;
    let label = refused(&browser, "set-up-totp", &[]).await;
    let before = sign_in_of_browser(&browser);
    for (password, message) in
        [(WRONG_PASSWORD, "This isn’t your current password."), ("", "Enter your current password.")]
    {
        let answer = confirm(&browser, &label, &[("current_password", password)]).await;
        assert_eq!(answer.header("location"), PAGE);
        let page = browser.page(PAGE).await;
        assert!(page.contains(message) && !page.contains(WRONG_PASSWORD), "{page}");
    }
    assert!(browser.is_signed_in().await);
    assert_eq!((sign_in_of_browser(&browser), count(&app, "totp_factors").await), (before, 0));
    assert_eq!(details(&app, "authn_login_fail").await, [Some("confirmation".to_owned())]);
    assert_eq!(give_password(&browser, &label).await, "/account/two-step", "the form still waits");
}

#[tokio::test]
async fn one_factor_does_not_confirm_two() {
    let app = app().await;
    let ada = with_password_and_app(&app).await;
    let label = refused(&ada.browser, "remove-totp", &[]).await;
    let before = sign_in_of_browser(&ada.browser);
    assert_eq!(before.2, "aal2");
    let right = next_code(&app, &ada);
    for (proof, message) in [
        (&[("current_password", PASSWORD)][..], "Enter the code from your authenticator app."),
        (&[("current_password", PASSWORD), ("code", &*ada.phone.wrong())], "This code isn’t right"),
        (&[("current_password", PASSWORD), ("code", "aaaaa-aaaaa")], "This code isn’t right"),
        (&[("code", &*right)], "Enter your current password."),
        (&[("current_password", WRONG_PASSWORD), ("code", &*right)], "This isn’t your current password."),
    ] {
        assert_eq!(confirm(&ada.browser, &label, proof).await.header("location"), PAGE);
        assert!(ada.browser.page(PAGE).await.contains(message), "{message}");
    }
    assert_eq!((sign_in_of_browser(&ada.browser), count(&app, "totp_factors").await), (before, 1));
    let proof = [("current_password", PASSWORD), ("code", &*right)];
    assert_eq!(confirm(&ada.browser, &label, &proof).await.header("location"), SECURITY, "the code was not used up");
    assert_eq!(count(&app, "totp_factors").await, 0);
}

#[tokio::test]
async fn account_with_app_needs_two_factors_always() {
    let app = app().await;
    // The session that turned two-step sign-in on has one factor.
    let ada = by_mail_with_app(&app).await;
    let label = refused(&ada.browser, "renew-recovery-codes", &[]).await;
    assert_eq!(sign_in_of_browser(&ada.browser).2, "aal1");
    let mail_code = mailed(&app, &ada.browser, &label).await;
    let answer = confirm(&ada.browser, &label, &[("mail_code", &mail_code)]).await;
    assert_eq!(answer.header("location"), PAGE);
    let code = next_code(&app, &ada);
    let proof = [("mail_code", &*mail_code), ("code", &*code)];
    let answer = confirm(&ada.browser, &label, &proof).await;
    assert_eq!(answer.header("location"), "/account/recovery-codes", "the code in the message was not used up");
    let now = app.now().seconds();
    assert_eq!(sign_in_of_browser(&ada.browser), (now, json!(["email", "otp", "mfa"]), "aal2".to_owned()));
    assert_eq!(details(&app, "authn_reauthenticated").await, [Some("email_totp".to_owned())]);
}

#[tokio::test]
async fn code_of_the_app_works_once() {
    let app = app().await;
    let ada = with_password_and_app(&app).await;
    let tabs = [ada.browser.clone(), ada.browser.stolen()];
    let label = refused(&ada.browser, "set-up-totp", &[]).await;
    let waiting = ada.browser.cookie(super::app::WAITING).expect("a form that waits");
    tabs[1].set_cookie(super::app::WAITING, &waiting);
    let proof = [("current_password", PASSWORD), ("code", &*next_code(&app, &ada))];
    let answers = join_all(tabs.iter().map(|tab| confirm(tab, &label, &proof))).await;
    let refusals = answers.iter().filter(|answer| answer.header("location") == PAGE).count();
    assert_eq!((refusals, details(&app, "authn_reauthenticated").await.len()), (1, 1));
}

#[tokio::test]
async fn mail_code_is_bound_to_browser_and_used_once() {
    let app = app().await;
    let browser = by_mail(&app).await;
    let other = by_mail(&app).await;
    let label = refused(&browser, "set-up-totp", &[]).await;
    let foreign = refused(&other, "set-up-totp", &[]).await;
    // Both sessions began before the last wait.
    let right = mailed(&app, &browser, &label).await;
    assert_eq!(confirm(&other, &foreign, &[("mail_code", &right)]).await.header("location"), PAGE);
    assert!(other.page(PAGE).await.contains("E-mail me a code"), "this browser has asked for none");
    for (typed, message) in [("", "Enter the code"), (&wrong(&right), "This code isn’t right"), ("abc", "isn’t right")]
    {
        assert_eq!(confirm(&browser, &label, &[("mail_code", typed)]).await.header("location"), PAGE);
        assert!(browser.page(PAGE).await.contains(message), "{typed}");
    }
    let waiting = browser.cookie(super::app::WAITING).expect("a form that waits");
    let proof = [("mail_code", &*right)];
    assert_eq!(confirm(&browser, &label, &proof).await.header("location"), "/account/two-step");
    browser.set_cookie(super::app::WAITING, &waiting);
    assert_eq!(confirm(&browser, &label, &proof).await.header("location"), PAGE, "used");
    assert_eq!(details(&app, "authn_reauthenticated").await, [Some("email_code".to_owned())]);
}

#[tokio::test]
async fn mail_code_expires_after_ten_minutes() {
    let app = app().await;
    let browser = by_mail(&app).await;
    let label = refused(&browser, "set-up-totp", &[]).await;
    let code = mailed(&app, &browser, &label).await;
    app.wait(Duration::from_mins(10));
    confirm(&browser, &label, &[("mail_code", &code)]).await;
    assert!(browser.page(PAGE).await.contains("This code has expired."));
    let again = mailed(&app, &browser, &label).await;
    assert!(browser.page(PAGE).await.contains("We’ve sent another message."));
    let answer = confirm(&browser, &label, &[("mail_code", &again)]).await;
    assert_eq!(answer.header("location"), "/account/two-step");
}

#[tokio::test]
async fn code_of_another_purpose_is_refused() {
    let app = app().await;
    let browser = by_mail(&app).await;
    let label = refused(&browser, "set-up-totp", &[]).await;
    let confirmation = mailed(&app, &browser, &label).await;
    let sign_in = code(&asked(&app, &browser, ADA).await);
    assert_eq!(confirm(&browser, &label, &[("mail_code", &sign_in)]).await.header("location"), PAGE);
    assert_eq!(enter(&browser, &confirmation).await.header("location"), "/sign-in/code");
    let answer = confirm(&browser, &label, &[("mail_code", &confirmation)]).await;
    assert_eq!(answer.header("location"), "/account/two-step");
}

#[tokio::test]
async fn user_with_password_gets_no_mail_code() {
    let app = app().await;
    let browser = with_password(&app).await;
    let label = refused(&browser, "set-up-totp", &[]).await;
    let before = count(&app, "outbox").await;
    assert_eq!(browser.post("send-confirmation-code", &[("label", &label)]).await.header("location"), PAGE);
    assert_eq!(count(&app, "outbox").await, before);
    let anonymous = Browser::new(&app);
    for action in ["confirm", "send-confirmation-code"] {
        let answer = anonymous.post(action, &[("label", &label)]).await;
        assert_eq!(answer.header("location"), "/sign-in?next=%2Faccount%2Fconfirm");
    }
}

#[tokio::test]
async fn code_to_a_former_address_is_refused() {
    let app = app().await;
    let browser = by_mail(&app).await;
    let label = refused(&browser, "set-up-totp", &[]).await;
    let code = mailed(&app, &browser, &label).await;
    operate(&app, "UPDATE users SET email = 'eve@example.org', email_key = 'eve@example.org'").await;
    app.wait(Duration::from_secs(1));
    confirm(&browser, &label, &[("mail_code", &code)]).await;
    assert_eq!(count(&app, "totp_factors").await, 0);
}
