//! Devices that need no second factor for a while.

use std::time::Duration;

use serde_json::json;

use super::app::{ADA, Protected, STEP, TRUSTED, api_password, enter, first_step, protected};
use crate::support::{
    NEW_PASSWORD, PASSWORD, TestApp,
    browser::Browser,
    records::{count, details},
    tokens::sign_in_of_browser,
};

const DAY: Duration = Duration::from_hours(24);

/// Signs in with a code, and trusts the device. Then the next step begins.
async fn trusting(app: &TestApp, ada: &Protected) -> Browser {
    let browser = first_step(app).await;
    browser.post("second-step", &[("code", &ada.phone.code()), ("trust", "true")]).await;
    assert!(browser.is_signed_in().await && browser.cookie(TRUSTED).is_some());
    app.wait(STEP);
    browser
}

async fn needs_code(browser: &Browser) -> bool {
    browser.post("sign-out", &[]).await;
    browser.sign_in(ADA, PASSWORD).await.header("location") == "/sign-in/second-step"
}

#[tokio::test]
async fn trusted_device_needs_no_code_for_30_days() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    let browser = trusting(&app, &ada).await;
    assert!(!needs_code(&browser).await && browser.is_signed_in().await);
    assert!(needs_code(&Browser::new(&app)).await, "another device");
    assert_eq!(count(&app, "sessions WHERE amr = 'pwd totp'").await, 1, "the device was trusted");
    assert_eq!(count(&app, "sessions WHERE amr = 'pwd'").await, 1, "the sign-up");
    assert_eq!(count(&app, "sessions WHERE amr = 'pwd trusted_device'").await, 1, "one factor");
    assert_eq!(sign_in_of_browser(&browser).1, json!(["pwd", "trusted_device"]));
    let token = browser.cookie(TRUSTED).expect("a cookie");
    app.wait((DAY * 30).checked_sub(STEP * 2).expect("a time"));
    assert!(!needs_code(&browser).await);
    app.wait(STEP);
    browser.set_cookie(TRUSTED, &token);
    assert!(needs_code(&browser).await, "the service decides");
}

#[tokio::test]
async fn trust_is_only_given_on_request() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    let browser = first_step(&app).await;
    enter(&browser, &ada.phone.code()).await;
    assert!(browser.cookie(TRUSTED).is_none() && needs_code(&browser).await);
    let form = [("code", ada.codes[0].as_str()), ("recovery", "true"), ("trust", "true")];
    let other = first_step(&app).await;
    other.post("second-step", &form).await;
    assert!(other.is_signed_in().await && other.cookie(TRUSTED).is_none(), "not after a recovery code");
}

#[tokio::test]
async fn cookie_of_a_trusted_device_is_protected() {
    let app = TestApp::with(&[("LATCHKEY_BASE_URL", "https://auth.example.com"), ("LATCHKEY_MAIL", "off")]).await;
    let browser = Browser::at(&app, "https://auth.example.com", "192.0.2.2");
    browser.sign_up(ADA).await;
    let ada = super::app::turn_on(&app, browser).await;
    let other = Browser::at(&app, "https://auth.example.com", "192.0.2.3");
    other.sign_in(ADA, PASSWORD).await;
    let answer = other.post("second-step", &[("code", &ada.phone.code()), ("trust", "true")]).await;
    let cookie = answer.set_cookie("__Host-latchkey_trusted").expect("a cookie");
    for part in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age=2592000"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    assert_eq!(count(&app, "trusted_devices WHERE length(digest) = 32").await, 1, "a digest");
}

#[tokio::test]
async fn trust_is_bound_to_its_account() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    let browser = trusting(&app, &ada).await;
    let grace = Browser::new(&app);
    grace.sign_up("grace@example.com").await;
    super::app::turn_on(&app, grace).await;
    browser.post("sign-out", &[]).await;
    let answer = browser.sign_in("grace@example.com", PASSWORD).await;
    assert_eq!(answer.header("location"), "/sign-in/second-step");
    for token in ["", "invented", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        browser.set_cookie(TRUSTED, token);
        assert!(needs_code(&browser).await, "{token}");
    }
}

#[tokio::test]
async fn trust_works_over_the_api() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    let browser = trusting(&app, &ada).await;
    let body = serde_json::json!({ "email": ADA, "password": PASSWORD });
    let answer = browser.post_json("/api/auth/sign-in/email", &body).await;
    assert!(answer.json()["token"].is_string(), "{}", answer.body);
    assert_eq!(api_password(&app.client()).await.json()["twoFactorRedirect"], true);
}

#[tokio::test]
async fn trusted_devices_are_listed_and_revoked() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    assert!(!ada.browser.page("/account/security").await.contains("Trusted devices"));
    let browser = trusting(&app, &ada).await;
    let page = ada.browser.page("/account/security").await;
    for part in ["Trusted devices", "Firefox on Linux", "192.0.2.0/24", "just now"] {
        assert!(page.contains(part), "{part} in {page}");
    }
    let (_, rest) = page.split_once(r#"name="device" value=""#).expect("a form");
    let id = rest.split('"').next().expect("an id").to_owned();
    let grace = Browser::new(&app);
    grace.sign_up("grace@example.com").await;
    grace.post("untrust-device", &[("device", &id)]).await;
    assert!(!needs_code(&browser).await, "another user's button changes nothing");
    let answer = ada.browser.post("untrust-device", &[("device", &id)]).await;
    assert_eq!(answer.header("location"), "/account/security");
    assert!(needs_code(&browser).await);
    for other in [id.as_str(), "", "not an id"] {
        ada.browser.post("untrust-device", &[("device", other)]).await;
        assert!(ada.browser.page("/account/security").await.contains("The device needs a code the next time."));
    }
    assert_eq!(details(&app, "authn_device_trusted").await.len(), 1);
    assert_eq!(details(&app, "authn_device_untrusted").await.len(), 1);
}

#[tokio::test]
async fn password_change_ends_the_trust() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    let browser = trusting(&app, &ada).await;
    let change = [("current_password", PASSWORD), ("new_password", NEW_PASSWORD)];
    ada.browser.post("change-password", &change).await;
    let answer = browser.sign_in(ADA, NEW_PASSWORD).await;
    assert_eq!(answer.header("location"), "/sign-in/second-step");
    assert!(!ada.browser.page("/account/security").await.contains("Trusted devices"));
}

#[tokio::test]
async fn factor_changes_end_the_trust() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    let browser = trusting(&app, &ada).await;
    ada.browser.post("renew-recovery-codes", &[]).await;
    assert!(needs_code(&browser).await, "new codes");
    enter(&browser, &ada.phone.code()).await;
    ada.browser.post("remove-totp", &[]).await;
    assert_eq!(count(&app, "trusted_devices").await, 0);
}

#[tokio::test]
async fn sign_out_everywhere_ends_the_trust() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    let browser = trusting(&app, &ada).await;
    ada.browser.post("revoke-other-sessions", &[]).await;
    assert!(needs_code(&browser).await);
    assert_eq!(count(&app, "trusted_devices").await, 0);
}

#[tokio::test]
async fn sign_out_here_keeps_the_trust() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    let browser = trusting(&app, &ada).await;
    let trusted = browser.cookie(TRUSTED);
    browser.post("sign-out", &[]).await;
    assert_eq!(browser.cookie(TRUSTED), trusted);
    assert!(!needs_code(&browser).await);
}

#[tokio::test]
async fn off_offers_no_trust_and_ends_it() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    let browser = trusting(&app, &ada).await;
    for off in ["off", "0"] {
        let restarted = app.restarted_with(&[("LATCHKEY_TRUST_DEVICE", off)]).await.expect("the service starts");
        let browser = browser.stolen().connected_to(&restarted);
        assert!(needs_code(&browser).await);
        assert!(!browser.page("/sign-in/second-step").await.contains("Trust this device"));
        browser.remove_cookie(TRUSTED);
        browser.post("second-step", &[("code", &ada.phone.code()), ("trust", "true")]).await;
        assert!(browser.is_signed_in().await && browser.cookie(TRUSTED).is_none());
        app.wait(STEP);
    }
}

#[tokio::test]
async fn purge_deletes_expired_trust() {
    let app = TestApp::with(&[("LATCHKEY_TRUST_DEVICE", "1h")]).await;
    let ada = protected(&app).await;
    let browser = trusting(&app, &ada).await;
    app.purge().await;
    assert_eq!(count(&app, "trusted_devices").await, 1);
    app.wait(DAY);
    app.purge().await;
    assert_eq!(count(&app, "trusted_devices").await, 0);
    assert!(needs_code(&browser).await);
}

/// A page behind a proxy that needs two factors.
const STRONG: &str = "/api/auth/verify?acr=aal2";

#[tokio::test]
async fn second_factor_meets_a_requirement() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    assert_eq!(ada.browser.get(STRONG).await.status, 401, "the session began with one factor");
    let page = ada.browser.get("/sign-in?acr=aal2&next=%2Faccount%2Fsessions").await;
    assert!(page.status == 200 && page.body.contains("/actions/sign-in"), "{}", page.body);
    let form = [("email", ADA), ("password", PASSWORD), ("next", "/account/sessions")];
    assert_eq!(ada.browser.post("sign-in", &form).await.header("location"), "/sign-in/second-step");
    assert_eq!(enter(&ada.browser, &ada.phone.code()).await, "/account/sessions");
    let answer = ada.browser.get(STRONG).await;
    assert_eq!((answer.status.as_u16(), answer.header("x-auth-acr")), (200, "aal2"));
    assert_eq!(count(&app, "sessions WHERE ended_at IS NULL").await, 1, "the former session has ended");
    let signed_in = (app.now().seconds(), json!(["pwd", "otp", "mfa"]), "aal2".to_owned());
    assert_eq!(sign_in_of_browser(&ada.browser), signed_in);
    app.wait(Duration::from_mins(14));
    assert_eq!(ada.browser.get(STRONG).await.status, 200);
    assert_eq!(sign_in_of_browser(&ada.browser), signed_in, "a renewal changes nothing");
}

#[tokio::test]
async fn trusted_device_does_not_meet_a_requirement() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    let browser = trusting(&app, &ada).await;
    assert!(!needs_code(&browser).await);
    assert_eq!(browser.get(STRONG).await.status, 401);
    assert_eq!(browser.get("/sign-in?acr=aal2").await.status, 200);
    assert!(needs_code(&browser).await, "the page asks for the code");
}
