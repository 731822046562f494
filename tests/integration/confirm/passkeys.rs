//! A passkey as the proof.

use serde_json::{Value, json};

use super::app::{ADA, FRESH, PAGE, SECURITY, app, give_password, refused};
use crate::{
    mail::codes::verified_person,
    passkeys::app::{register, sign_in},
    support::{
        PASSWORD, TestApp,
        authenticator::Authenticator,
        browser::Browser,
        client::TestResponse,
        records::{count, details, operate},
        tokens::sign_in_of_browser,
    },
};

const NEW: [(&str, &str); 1] = [("email", "grace@example.org")];

/// The messages to the new address.
const REQUESTED: &str = "outbox WHERE kind = 'change_email'";

/// A user with a password and a passkey, who signed in with the password a while ago.
async fn with_passkey(app: &TestApp, email: &str) -> (Browser, Authenticator) {
    verified_person(app, email).await;
    let browser = Browser::new(app);
    browser.sign_in(email, PASSWORD).await;
    let mut phone = Authenticator::synced();
    register(&browser, &mut phone).await;
    app.wait(FRESH);
    (browser, phone)
}

async fn options(browser: &Browser) -> Value {
    let answer = browser.post("confirm-with-passkey/options", &[]).await;
    answer.assert_ok();
    answer.json()["options"].clone()
}

async fn confirm(browser: &Browser, label: &str, response: &str) -> TestResponse {
    browser.post("confirm-with-passkey", &[("label", label), ("response", response)]).await
}

/// Confirms with the passkey, and returns where the form that waited leads.
async fn give_passkey(browser: &Browser, phone: &mut Authenticator, label: &str) -> String {
    let response = phone.sign(&options(browser).await).json().to_string();
    confirm(browser, label, &response).await.header("location").to_owned()
}

#[tokio::test]
async fn passkey_continues_a_change_of_the_address() {
    let app = app().await;
    let (browser, mut phone) = with_passkey(&app, ADA).await;
    let label = refused(&browser, "request-email-change", &NEW).await;
    let page = browser.page(PAGE).await;
    assert!(page.contains("/actions/confirm-with-passkey") && page.contains(r#"name="current_password""#), "{page}");
    assert_eq!(options(&browser).await["allowCredentials"].as_array().map(Vec::len), Some(1), "the user's own");
    assert_eq!(give_passkey(&browser, &mut phone, &label).await, SECURITY);
    assert_eq!(count(&app, REQUESTED).await, 1);
    let now = app.now().seconds();
    assert_eq!(sign_in_of_browser(&browser), (now, json!(["pop", "user", "mfa"]), "phr".to_owned()));
    assert_eq!(details(&app, "authn_reauthenticated").await, [Some("passkey".to_owned())]);
}

#[tokio::test]
async fn session_with_passkey_is_confirmed_with_one() {
    let app = app().await;
    let (_, mut phone) = with_passkey(&app, ADA).await;
    let browser = Browser::new(&app);
    sign_in(&browser, &mut phone).await.assert_ok();
    app.wait(FRESH);
    let label = refused(&browser, "request-email-change", &NEW).await;
    let page = browser.page(PAGE).await;
    assert!(page.contains("Confirm with a passkey") && !page.contains(r#"name="current_password""#), "{page}");
    assert_eq!(give_password(&browser, &label).await, PAGE, "one factor");
    assert_eq!(count(&app, REQUESTED).await, 0);
    assert_eq!(give_passkey(&browser, &mut phone, &label).await, SECURITY);
    assert_eq!(count(&app, REQUESTED).await, 1);
}

#[tokio::test]
async fn user_with_passkey_only_deletes_the_account() {
    let app = TestApp::new().await;
    let (browser, mut phone) = with_passkey(&app, ADA).await;
    operate(&app, "DELETE FROM credentials").await;
    let page = browser.page("/account/delete").await;
    assert!(page.contains(r#"action="/actions/delete-account""#) && !page.contains("Send me a link"), "{page}");
    let label = refused(&browser, "delete-account", &[]).await;
    assert_eq!(give_passkey(&browser, &mut phone, &label).await, "/");
    assert_eq!(count(&app, "users").await, 0);
}

#[tokio::test]
async fn passkey_of_another_user_is_refused() {
    let app = app().await;
    let (browser, _) = with_passkey(&app, ADA).await;
    let (_, mut eve) = with_passkey(&app, "eve@example.org").await;
    let label = refused(&browser, "request-email-change", &NEW).await;
    let before = sign_in_of_browser(&browser);
    let sign_in = browser.post("sign-in-passkey/options", &[]).await.json()["options"].clone();
    for mut options in [options(&browser).await, sign_in] {
        // The options name the passkeys of the user. A client can ignore that.
        options.as_object_mut().expect("options").remove("allowCredentials");
        let response = eve.sign(&options).json().to_string();
        assert_eq!(confirm(&browser, &label, &response).await.header("location"), PAGE);
    }
    assert!(browser.page(PAGE).await.contains(r#"role="alert""#));
    assert_eq!((count(&app, REQUESTED).await, sign_in_of_browser(&browser)), (0, before));
    assert_eq!(details(&app, "authn_reauthenticated").await.len(), 0);
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn response_confirms_once_and_in_its_browser() {
    let app = app().await;
    let (browser, mut phone) = with_passkey(&app, ADA).await;
    let label = refused(&browser, "request-email-change", &NEW).await;
    for response in ["", "{}", "null", "no JSON"] {
        assert_eq!(confirm(&browser, &label, response).await.header("location"), PAGE, "{response}");
    }
    let other = Browser::new(&app);
    other.sign_in(ADA, PASSWORD).await;
    let stolen = phone.sign(&options(&other).await).json().to_string();
    assert_eq!(confirm(&browser, &label, &stolen).await.header("location"), PAGE, "another browser's challenge");
    let response = phone.sign(&options(&browser).await).json().to_string();
    let waiting = browser.cookie(super::app::WAITING).expect("a form that waits");
    assert_eq!(confirm(&browser, &label, &response).await.header("location"), SECURITY);
    browser.set_cookie(super::app::WAITING, &waiting);
    assert_eq!(confirm(&browser, &label, &response).await.header("location"), PAGE, "used");
    assert_eq!(count(&app, REQUESTED).await, 1);
    let anonymous = Browser::new(&app);
    let answer = anonymous.post("confirm-with-passkey/options", &[]).await.json();
    assert_eq!(answer["page"], "/sign-in?next=%2Faccount%2Fconfirm");
}
