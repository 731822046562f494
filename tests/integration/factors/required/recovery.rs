//! Removal and replacement of the factor, and a lost device.

use super::{SET_UP, assert_full, assert_restricted, begin, complete, required, restricted};
use crate::{
    factors::app::{ADA, Phone, STEP, codes, enter, first_step, key, protected, recover},
    support::{
        NEW_PASSWORD, TestApp,
        browser::{ACCESS, Browser},
        records::{count, details, texts},
    },
};

#[tokio::test]
async fn last_factor_is_not_removed() {
    let app = required().await;
    let browser = restricted(&app).await;
    complete(&app, &browser).await;
    let page = browser.page("/account/security").await;
    assert!(!page.contains("Turn off two-step sign-in") && page.contains("Set up another device instead"), "{page}");
    assert_eq!(browser.post("remove-totp", &[]).await.header("location"), "/account/security");
    let page = browser.page("/account/security").await;
    assert!(page.contains("Two-step sign-in is required here."), "{page}");
    assert_eq!(count(&app, "totp_factors WHERE confirmed_at IS NOT NULL").await, 1);
    assert_full(&browser).await;
}

#[tokio::test]
async fn lost_device_is_replaced_with_a_recovery_code() {
    let app = required().await;
    let (lost, recovery) = complete(&app, &restricted(&app).await).await;
    app.wait(STEP);
    let browser = first_step(&app).await;
    assert_eq!(recover(&browser, &recovery[0]).await, "/account/security");
    let page = browser.page("/account/security").await;
    assert!(page.contains("set up two-step sign-in on the new device"), "{page}");
    let access = browser.cookie(ACCESS);
    assert_eq!(browser.post("replace-totp", &[]).await.header("location"), SET_UP);
    assert!(access.is_some() && browser.cookie(ACCESS).is_none());
    assert_restricted(&browser).await;
    assert_eq!(texts(&app, "sessions WHERE id = (SELECT session_id FROM totp_factors)", &["amr"]).await, ["pwd"]);

    let phone = Phone::with_key(&app, &key(&browser.page(SET_UP).await));
    browser.post("confirm-totp", &[("code", &lost.code())]).await;
    assert!(browser.page(SET_UP).await.contains("This code isn’t right"), "the lost app");
    let answer = browser.post("confirm-totp", &[("code", &phone.code())]).await;
    assert_eq!(answer.header("location"), "/account/recovery-codes");
    let renewed = codes(&browser.page("/account/recovery-codes").await);
    assert!(renewed.len() == 10 && !renewed.contains(&recovery[1]));
    assert_full(&browser).await;

    app.wait(STEP);
    let other = first_step(&app).await;
    assert_eq!(enter(&other, &lost.code()).await, "/sign-in/second-step");
    assert_eq!(recover(&other, &recovery[1]).await, "/sign-in/recovery-code");
    assert_eq!(enter(&other, &phone.code()).await, "/account");
    assert_eq!(details(&app, "authn_factor_added").await.len(), 2);
    assert_eq!(details(&app, "authn_factor_removed").await.len(), 1);
}

#[tokio::test]
async fn abandoned_replacement_stays_restricted() {
    let app = required().await;
    let browser = restricted(&app).await;
    complete(&app, &browser).await;
    browser.post("replace-totp", &[]).await;
    app.wait(std::time::Duration::from_mins(16));
    assert_restricted(&browser).await;
    let other = Browser::new(&app);
    assert_eq!(other.sign_in(ADA, crate::support::PASSWORD).await.header("location"), SET_UP);
    begin(&app, &other).await;
}

#[tokio::test]
async fn replacement_needs_a_factor_and_presence() {
    let app = required().await;
    let browser = restricted(&app).await;
    complete(&app, &browser).await;
    app.wait(std::time::Duration::from_mins(16));
    assert_eq!(browser.post("replace-totp", &[]).await.header("location"), "/account/confirm");
    browser.post("replace-totp", &[("current_password", NEW_PASSWORD)]).await;
    assert_eq!(count(&app, "totp_factors WHERE confirmed_at IS NOT NULL").await, 1);
    assert_full(&browser).await;

    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    assert_eq!(browser.post("replace-totp", &[]).await.header("location"), "/account/security");
    assert_eq!(count(&app, "totp_factors").await, 0);
}

#[tokio::test]
async fn optional_replacement_keeps_the_session() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    assert_eq!(ada.browser.post("replace-totp", &[]).await.header("location"), "/account/two-step");
    assert!(ada.browser.is_signed_in().await);
    let phone = Phone::with_key(&app, &key(&ada.browser.page("/account/two-step").await));
    let answer = ada.browser.post("confirm-totp", &[("code", &phone.code())]).await;
    assert_eq!(answer.header("location"), "/account/recovery-codes");
    app.wait(STEP);
    assert_eq!(enter(&first_step(&app).await, &phone.code()).await, "/account");
}

#[tokio::test]
async fn reset_by_an_operator_leads_to_the_set_up() {
    let app = required().await;
    let browser = restricted(&app).await;
    complete(&app, &browser).await;
    let user = texts(&app, "users", &["id"]).await.remove(0);
    app.reset_factors(&user).await.expect("the account has a factor");
    assert!(!browser.is_signed_in().await);
    let again = Browser::new(&app);
    assert_eq!(again.sign_in(ADA, crate::support::PASSWORD).await.header("location"), SET_UP);
    assert_restricted(&again).await;
}
