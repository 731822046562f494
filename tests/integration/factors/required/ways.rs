//! Every way in, without a second factor and on a trusted device.

use serde_json::json;

use super::{REQUIRED, SET_UP, assert_full, assert_restricted, complete, required, restricted};
use crate::{
    factors::app::{ADA, STEP, TRUSTED, enter},
    mail::{
        codes::{self as mailed, ON, verified_person},
        inbox::{label, link, open},
    },
    support::{
        PASSWORD, TestApp,
        browser::{ACCESS, Browser},
        records::texts,
        tokens::sign_in_of_browser,
    },
};

async fn with_mail() -> TestApp {
    TestApp::with(&[REQUIRED, ON]).await
}

#[tokio::test]
async fn mailed_code_is_restricted() {
    let app = with_mail().await;
    let browser = Browser::new(&app);
    browser.post("request-sign-in", &[("email", ADA), ("next", "/account/sessions")]).await;
    let code = mailed::code(&mailed::message(&app, ADA).await.expect("a message"));
    let answer = mailed::enter(&browser, &code).await;
    assert_eq!(answer.header("location"), "/sign-in/set-up?next=%2Faccount%2Fsessions");
    assert_restricted(&browser).await;
    // Without a password, the recent sign-in confirms the set-up.
    complete(&app, &browser).await;
    assert_full(&browser).await;
    assert_eq!(texts(&app, "sessions", &["amr"]).await, ["email_code totp"]);
}

#[tokio::test]
async fn mailed_link_is_restricted() {
    let app = with_mail().await;
    let browser = Browser::new(&app);
    mailed::ask(&browser, ADA).await;
    let page = open(&browser, &link(&mailed::message(&app, ADA).await.expect("a message"))).await;
    let answer = browser.post("sign-in-with-link", &[("link", &label(&page))]).await;
    assert_eq!(answer.header("location"), SET_UP);
    assert_restricted(&browser).await;
}

#[tokio::test]
async fn magic_link_leads_to_the_set_up() {
    let app = with_mail().await;
    let browser = Browser::new(&app);
    let body = json!({ "email": ADA, "callbackURL": "/account/sessions" });
    browser.post_json("/api/auth/sign-in/magic-link", &body).await;
    let link = link(&mailed::message(&app, ADA).await.expect("a message"));
    let answer = browser.get(&link).await;
    let expected = "http://localhost:3000/sign-in/set-up?next=%2Faccount%2Fsessions";
    assert_eq!(answer.header("location"), expected);
    assert_restricted(&browser).await;
}

#[tokio::test]
async fn mailed_code_over_the_api_is_restricted() {
    let app = with_mail().await;
    verified_person_of(&app).await;
    let browser = Browser::new(&app);
    let request = json!({ "email": ADA, "type": "sign-in" });
    browser.post_json("/api/auth/email-otp/send-verification-otp", &request).await;
    app.deliver_mail().await;
    let sent = app.mailbox().into_iter().find(|message| message.subject.starts_with("Sign in to ")).expect("a message");
    let body = json!({ "email": ADA, "otp": mailed::code(&sent) });
    browser.post_json("/api/auth/sign-in/email-otp", &body).await.assert_ok();
    assert_restricted(&browser).await;
}

/// A user with a verified address, who signed up before the setting.
async fn verified_person_of(app: &TestApp) {
    let before = app.restarted_with(&[("LATCHKEY_SECOND_FACTOR", "optional")]).await.expect("the service starts");
    verified_person(&before, ADA).await;
}

#[tokio::test]
async fn second_step_is_not_restricted() {
    let app = required().await;
    let (phone, _) = complete(&app, &restricted(&app).await).await;
    app.wait(STEP);
    let browser = Browser::new(&app);
    assert_eq!(browser.sign_in(ADA, PASSWORD).await.header("location"), "/sign-in/second-step");
    assert_eq!(enter(&browser, &phone.code()).await, "/account");
    assert_full(&browser).await;
}

#[tokio::test]
async fn trusted_device_is_not_restricted() {
    let app = required().await;
    let (phone, _) = complete(&app, &restricted(&app).await).await;
    app.wait(STEP);
    let browser = Browser::new(&app);
    browser.sign_in(ADA, PASSWORD).await;
    browser.post("second-step", &[("code", &phone.code()), ("trust", "true")]).await;
    browser.post("sign-out", &[]).await;
    assert_eq!(browser.sign_in(ADA, PASSWORD).await.header("location"), "/account");
    assert!(browser.is_signed_in().await && browser.get("/api/auth/get-session").await.status == 200);
    let (_, amr, acr) = sign_in_of_browser(&browser);
    assert_eq!((amr, acr.as_str()), (json!(["pwd", "trusted_device"]), "aal1"));
    let token = browser.cookie(ACCESS).expect("a token");
    assert_eq!(app.client().get("/api/auth/verify").bearer(&token).await.status, 200);
    assert_eq!(browser.get("/api/auth/verify?acr=aal2").await.status, 401, "it has one factor");
    browser.remove_cookie(TRUSTED);
    browser.post("sign-out", &[]).await;
    assert_eq!(browser.sign_in(ADA, PASSWORD).await.header("location"), "/sign-in/second-step");
}

#[tokio::test]
async fn device_cookie_does_not_help_without_factor() {
    let app = required().await;
    let browser = restricted(&app).await;
    browser.set_cookie(TRUSTED, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    browser.sign_in(ADA, PASSWORD).await;
    assert_restricted(&browser).await;
}
