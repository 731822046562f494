//! A passkey satisfies the setting.

use serde_json::json;

use super::{REQUIRED, SET_UP, assert_full, assert_refused, assert_restricted, begin, complete, required, restricted};
use crate::{
    factors::app::ADA,
    mail::inbox::{change, label, link, open, with_link},
    passkey_pages,
    passkeys::app::{get, outcome, register, registration_options, remove, signs_in, verify_registration},
    support::{
        NEW_PASSWORD, PASSWORD, TestApp,
        authenticator::Authenticator,
        browser::Browser,
        records::{count, details, texts},
    },
};

#[tokio::test]
async fn passkey_completes_the_set_up() {
    let app = required().await;
    let browser = restricted(&app).await;
    assert_refused(&get(&browser, "list-user-passkeys").await);
    let mut phone = Authenticator::synced();
    register(&browser, &mut phone).await;
    assert_full(&browser).await;
    assert_eq!(texts(&app, "sessions", &["amr"]).await, ["pwd passkey"]);
    assert!(signs_in(&app, &mut phone).await);
}

#[tokio::test]
async fn passkey_is_the_second_step_of_a_password() {
    let app = required().await;
    register(&restricted(&app).await, &mut Authenticator::synced()).await;
    let browser = Browser::new(&app);
    assert_eq!(browser.sign_in(ADA, PASSWORD).await.header("location"), "/sign-in/second-step");
    assert!(!browser.is_signed_in().await);

    let optional = app.restarted_with(&[("LATCHKEY_SECOND_FACTOR", "optional")]).await.expect("the service starts");
    let browser = Browser::new(&optional);
    assert_eq!(browser.sign_in(ADA, PASSWORD).await.header("location"), "/account", "the user's choice");
}

/// A thief of the password adds no factor beside that of the user.
#[tokio::test]
async fn restricted_session_adds_no_further_factor() {
    let app = required().await;
    let owner = restricted(&app).await;
    let thief = Browser::new(&app);
    thief.sign_in(ADA, PASSWORD).await;
    let early = registration_options(&thief).await;
    let app_of_thief = begin(&app, &thief).await;
    register(&owner, &mut Authenticator::synced()).await;

    let response = Authenticator::synced().register(&early).json();
    assert_ne!(verify_registration(&thief, response).await.status, 200, "it began before the owner's");
    thief.post("confirm-totp", &[("code", &app_of_thief.code())]).await;
    assert_restricted(&thief).await;
    assert_eq!(outcome(&get(&thief, "generate-register-options").await), "403 SESSION_NOT_FRESH");
    thief.post("set-up-totp", &[("current_password", PASSWORD)]).await;
    thief.post("confirm-totp", &[("code", &app_of_thief.code())]).await;
    assert_restricted(&thief).await;
    let enable = thief.post_json("/api/auth/two-factor/enable", &json!({ "password": PASSWORD })).await;
    assert_eq!(enable.status, 400);
    assert_eq!(thief.get(SET_UP).await.header("location"), "/sign-in?acr=aal2");
    assert_eq!(count(&app, "totp_factors WHERE confirmed_at IS NOT NULL").await, 0);
    assert_eq!(count(&app, "passkeys").await, 1);
}

#[tokio::test]
async fn last_passkey_is_not_removed() {
    let app = required().await;
    let browser = restricted(&app).await;
    let passkey = register(&browser, &mut Authenticator::synced()).await;
    assert_eq!(outcome(&remove(&browser, &passkey).await), "403 SECOND_FACTOR_REQUIRED");
    let second = register(&browser, &mut Authenticator::synced()).await;
    remove(&browser, &passkey).await.assert_ok();
    assert_eq!(outcome(&remove(&browser, &second).await), "403 SECOND_FACTOR_REQUIRED");
    assert_full(&browser).await;
}

#[tokio::test]
async fn app_beside_a_passkey_can_be_removed() {
    let app = required().await;
    let browser = restricted(&app).await;
    complete(&app, &browser).await;
    let passkey = register(&browser, &mut Authenticator::synced()).await;
    assert!(browser.page("/account/security").await.contains("Turn off two-step sign-in"));
    assert_eq!(browser.post("replace-totp", &[]).await.header("location"), "/account/two-step");
    assert_full(&browser).await;
    assert_eq!(outcome(&remove(&browser, &passkey).await), "403 SECOND_FACTOR_REQUIRED", "the app waits for a code");
}

#[tokio::test]
async fn undo_removes_the_passkey_of_a_thief() {
    let app = TestApp::new().await;
    crate::mail::codes::verified_person(&app, ADA).await;
    let thief = Browser::new(&app);
    thief.sign_in(ADA, PASSWORD).await;
    let mut older = Authenticator::synced();
    register(&thief, &mut older).await;
    app.wait(std::time::Duration::from_secs(1));
    change(&app, &thief, "eve@example.com").await;
    let mut later = Authenticator::synced();
    register(&thief, &mut later).await;
    let undo = link(&with_link(&app, ADA, "/undo-email-change").await.expect("a message"));
    let owner = Browser::new(&app);
    let page = open(&owner, &undo).await;
    owner.post("undo-email-change", &[("link", &label(&page)), ("password", NEW_PASSWORD)]).await;
    assert!(signs_in(&app, &mut older).await && !signs_in(&app, &mut later).await);
    assert_eq!(details(&app, "authn_factor_removed").await.len(), 1);
}

#[tokio::test]
async fn earlier_passkey_session_continues() {
    let before = TestApp::new().await;
    let browser = Browser::new(&before);
    browser.sign_up(ADA).await;
    let mut phone = Authenticator::synced();
    register(&browser, &mut phone).await;
    let app = before.restarted_with(&[REQUIRED]).await.expect("the service starts");
    assert_restricted(&browser.connected_to(&app)).await;
    let strong = Browser::new(&app);
    crate::passkeys::app::sign_in(&strong, &mut phone).await.assert_ok();
    assert_full(&strong).await;
}

#[tokio::test]
async fn set_up_page_adds_a_passkey() {
    let app = required().await;
    let browser = restricted(&app).await;
    let next = "/account/sessions";
    let address = format!("{SET_UP}?next=%2Faccount%2Fsessions");
    let page = browser.page(&address).await;
    assert!(page.contains("Use an authenticator app") && page.contains("passkeys."), "{page}");
    assert_eq!(page.matches(r#"name="next" value="/account/sessions""#).count(), 2, "{page}");
    let options = passkey_pages::app::options(&browser, "add-passkey", &[("next", next)]).await;
    let wrong = browser.post("add-passkey", &[("response", "{}"), ("next", next)]).await;
    assert_eq!(wrong.header("location"), address);
    assert_restricted(&browser).await;

    let mut phone = Authenticator::synced();
    let response = phone.register(&options).json().to_string();
    let answer = browser.post("add-passkey", &[("response", &response), ("next", next)]).await;
    assert_eq!(answer.header("location"), address, "the challenge is used");
    let options = passkey_pages::app::options(&browser, "add-passkey", &[("next", next)]).await;
    let response = phone.register(&options).json().to_string();
    let answer = browser.post("add-passkey", &[("response", &response), ("next", next)]).await;
    assert_eq!(answer.header("location"), next);
    assert!(browser.page(next).await.contains("Your passkey is added"));
    assert_full(&browser).await;
}

#[tokio::test]
async fn old_session_is_offered_no_passkey() {
    let app = required().await;
    let browser = restricted(&app).await;
    app.wait(std::time::Duration::from_mins(16));
    assert!(!browser.page(SET_UP).await.contains("Use a passkey"));
    assert_eq!(passkey_pages::app::page(&browser, "add-passkey", &[]).await, SET_UP);
    assert_restricted(&browser).await;
}
