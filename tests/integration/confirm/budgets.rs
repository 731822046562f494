//! Attempts on the page have the budgets of other checks of a password or a code. They never affect the session.

use std::time::Duration;

use super::app::{
    PAGE, SECURITY, app, by_mail, confirm, give_password, mailed, next_code, refused, with_password,
    with_password_and_app,
};
use crate::{
    mail::codes::wrong,
    support::{NEW_PASSWORD, PASSWORD, WRONG_PASSWORD, browser::Browser, records::details},
};

async fn is_slowed_down(browser: &Browser, page: &str) -> bool {
    browser.get(page).await.status == 429
}

#[tokio::test]
async fn wrong_passwords_share_one_budget() {
    let app = app().await;
    let browser = with_password(&app).await;
    let label = refused(&browser, "set-up-totp", &[]).await;
    for _ in 0..3 {
        confirm(&browser, &label, &[("current_password", WRONG_PASSWORD)]).await;
        browser.get(PAGE).await;
    }
    let change = [("current_password", WRONG_PASSWORD), ("new_password", NEW_PASSWORD)];
    for _ in 0..2 {
        browser.post("change-password", &change).await;
        assert!(!is_slowed_down(&browser, SECURITY).await);
    }
    assert_eq!(give_password(&browser, &label).await, PAGE, "also the right one");
    let response = browser.get(PAGE).await;
    assert!(response.status == 429 && response.body.contains("Try again in 5 seconds."), "{}", response.body);
    assert_eq!(details(&app, "authn_login_fail").await.len(), 3);
    assert_eq!(details(&app, "authn_login_fail_max").await, [Some("account".to_owned())]);
    assert!(browser.is_signed_in().await);
    app.wait(Duration::from_secs(5));
    assert_eq!(give_password(&browser, &label).await, "/account/two-step");
}

#[tokio::test]
async fn wrong_codes_of_the_app_are_counted() {
    let app = app().await;
    let ada = with_password_and_app(&app).await;
    let label = refused(&ada.browser, "remove-totp", &[]).await;
    // Five of the known device, then five of its network.
    for _ in 0..10 {
        confirm(&ada.browser, &label, &[("current_password", PASSWORD), ("code", &ada.phone.wrong())]).await;
        assert!(!is_slowed_down(&ada.browser, PAGE).await);
    }
    let proof = [("current_password", PASSWORD), ("code", &*ada.phone.code_at(1))];
    confirm(&ada.browser, &label, &proof).await;
    assert!(is_slowed_down(&ada.browser, PAGE).await);
    assert_eq!(details(&app, "authn_second_step_fail").await, vec![Some("totp".to_owned()); 10]);
    assert!(ada.browser.is_signed_in().await);
    let code = next_code(&app, &ada);
    let answer = confirm(&ada.browser, &label, &[("current_password", PASSWORD), ("code", &code)]).await;
    assert_eq!(answer.header("location"), SECURITY);
}

#[tokio::test]
async fn wrong_mail_codes_are_counted() {
    let app = app().await;
    let browser = by_mail(&app).await;
    let label = refused(&browser, "set-up-totp", &[]).await;
    let right = mailed(&app, &browser, &label).await;
    for _ in 0..5 {
        confirm(&browser, &label, &[("mail_code", &wrong(&right))]).await;
        browser.get(PAGE).await;
    }
    confirm(&browser, &label, &[("mail_code", &right)]).await;
    let response = browser.get(PAGE).await;
    assert!(response.status == 429 || response.body.contains("too many wrong attempts"), "{}", response.body);
    assert!(browser.is_signed_in().await);
    assert_eq!(details(&app, "authn_reauthenticated").await.len(), 0);
}

#[tokio::test]
async fn messages_with_codes_are_limited() {
    let app = app().await;
    let browser = by_mail(&app).await;
    let label = refused(&browser, "set-up-totp", &[]).await;
    for _ in 0..8 {
        browser.post("send-confirmation-code", &[("label", &label)]).await;
    }
    app.deliver_mail().await;
    let codes =
        app.mailbox().into_iter().filter(|message| message.subject.starts_with("Confirm that it’s you")).count();
    assert!(codes <= 5, "{codes}");
}
