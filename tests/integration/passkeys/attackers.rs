//! What attackers try with keys and cookies of their own.

use std::sync::Arc;

use serde_json::json;

use super::app::{
    ADA, EVE, UNLIMITED, enrolled, outcome, sign_in, sign_in_options, user_id, verify_registration, verify_sign_in,
};
use crate::support::{
    BASE_URL, JSON, TestApp,
    authenticator::{Authenticator, encode},
    browser::Browser,
    records::{count, details},
};

#[tokio::test]
async fn key_of_another_user_does_not_sign_in() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let ada = enrolled(&app, ADA).await;
    let mut eve = enrolled(&app, EVE).await;
    let ada_key = &ada.phone.passkeys[0];
    let sessions = count(&app, "sessions").await;
    // The credential of Ada with the signature of Eve, with either user handle.
    for own_handle in [true, false] {
        let browser = Browser::new(&app);
        let mut response = eve.phone.sign(&sign_in_options(&browser).await);
        response.raw_id.clone_from(&ada_key.id);
        response.id = encode(&ada_key.id);
        if !own_handle {
            response.user_handle = Some(ada_key.user_handle.clone());
        }
        assert_eq!(outcome(&verify_sign_in(&browser, response.json()).await), "400 AUTHENTICATION_FAILED");
    }
    // The credential of Eve with the user handle of Ada: a valid signature must not sign Ada in.
    let browser = Browser::new(&app);
    let mut response = eve.phone.sign(&sign_in_options(&browser).await);
    response.user_handle = Some(ada_key.user_handle.clone());
    assert_eq!(outcome(&verify_sign_in(&browser, response.json()).await), "400 AUTHENTICATION_FAILED");
    assert_eq!(count(&app, "sessions").await, sessions);
}

#[tokio::test]
async fn stolen_response_needs_the_key() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let mut ada = enrolled(&app, ADA).await;
    let other = Browser::new(&app);
    let mut response = ada.phone.sign(&sign_in_options(&other).await);
    response.key = Arc::clone(&enrolled(&app, EVE).await.phone.passkeys[0].key);
    assert_eq!(outcome(&verify_sign_in(&other, response.json()).await), "400 AUTHENTICATION_FAILED");
    assert!(!other.is_signed_in().await);
}

#[tokio::test]
async fn response_of_phishing_page_is_refused() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let mut ada = enrolled(&app, ADA).await;
    ada.phone.origin = "https://localhost.evil.example".to_owned();
    let browser = Browser::new(&app);
    assert_eq!(outcome(&sign_in(&browser, &mut ada.phone).await), "400 AUTHENTICATION_FAILED");
    ada.phone.origin = BASE_URL.to_owned();
    sign_in(&browser, &mut ada.phone).await.assert_ok();
}

#[tokio::test]
async fn request_of_another_site_is_refused() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let mut ada = enrolled(&app, ADA).await;
    let victim = Browser::new(&app);
    let response = ada.phone.sign(&sign_in_options(&victim).await).json();
    let site = victim.on(&app, "https://evil.example");
    assert_eq!(outcome(&verify_sign_in(&site, response.clone()).await), "403 INVALID_ORIGIN");
    let site = ada.browser.on(&app, "https://evil.example");
    for path in ["verify-registration", "delete-passkey", "update-passkey"] {
        let body = json!({ "response": response, "id": ada.passkey["id"], "name": "x" });
        assert_eq!(outcome(&super::app::post(&site, path, body).await), "403 INVALID_ORIGIN", "{path}");
    }
    // Without a cookie, a browser on another site must not sign in either.
    let headers = [JSON, ("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
    let body = json!({ "response": response }).to_string();
    let answer = app.send("POST /api/auth/passkey/verify-authentication", &headers, body).await;
    assert_eq!(outcome(&answer), "403 INVALID_ORIGIN");
    verify_sign_in(&victim, response).await.assert_ok();
}

#[tokio::test]
async fn trusted_origin_within_the_domain_signs_in() {
    let (within, outside) = ("http://app.localhost:3000", "https://app.example.org");
    let origins = format!("{within},{outside}");
    let app = TestApp::with(&[UNLIMITED, ("LATCHKEY_TRUSTED_ORIGINS", &origins)]).await;
    let mut ada = enrolled(&app, ADA).await;
    for (origin, expected) in [
        (within, "200"),
        (outside, "400 AUTHENTICATION_FAILED"),
        ("http://evil.localhost:3000", "400 AUTHENTICATION_FAILED"),
        ("http://app.localhost:3001", "400 AUTHENTICATION_FAILED"),
    ] {
        ada.phone.origin = origin.to_owned();
        let browser = Browser::at(&app, within, "192.0.2.7");
        assert_eq!(outcome(&sign_in(&browser, &mut ada.phone).await), expected, "{origin}");
    }
}

#[tokio::test]
async fn related_origin_signs_in_if_configured() {
    let site = "https://app.example.org";
    let settings = [
        ("LATCHKEY_BASE_URL", "https://auth.example.com"),
        ("LATCHKEY_TRUSTED_ORIGINS", site),
        ("LATCHKEY_PASSKEY_ORIGINS", site),
    ];
    let app = TestApp::with(&settings).await;
    let browser = Browser::at(&app, "https://auth.example.com", "192.0.2.7");
    browser.sign_up(ADA).await;
    let mut phone = Authenticator::synced();
    phone.origin = "https://auth.example.com".to_owned();
    let options = super::app::registration_options(&browser).await;
    assert_eq!(options["rp"]["id"], "auth.example.com");
    verify_registration(&browser, phone.register(&options).json()).await.assert_ok();
    let app_browser = Browser::at(&app, site, "192.0.2.8");
    for (origin, expected) in [("https://evil.example.org", "400 AUTHENTICATION_FAILED"), (site, "200")] {
        phone.origin = origin.to_owned();
        assert_eq!(outcome(&sign_in(&app_browser, &mut phone).await), expected, "{origin}");
    }
}

#[tokio::test]
async fn passkey_of_a_parent_domain_is_accepted() {
    let settings = [("LATCHKEY_BASE_URL", "https://auth.example.com"), ("LATCHKEY_PASSKEY_RP_ID", "example.com")];
    let app = TestApp::with(&settings).await;
    let browser = Browser::at(&app, "https://auth.example.com", "192.0.2.7");
    browser.sign_up(ADA).await;
    let mut phone = Authenticator::synced();
    phone.origin = "https://auth.example.com".to_owned();
    let options = super::app::registration_options(&browser).await;
    assert_eq!(options["rp"]["id"], "example.com");
    verify_registration(&browser, phone.register(&options).json()).await.assert_ok();
    phone.origin = "https://shop.example.com".to_owned();
    let sibling = Browser::at(&app, "https://auth.example.com", "192.0.2.8");
    assert_eq!(outcome(&sign_in(&sibling, &mut phone).await), "400 AUTHENTICATION_FAILED", "a sibling host");
    phone.origin = "https://auth.example.com".to_owned();
    sign_in(&sibling, &mut phone).await.assert_ok();
}

#[tokio::test]
async fn failures_are_in_the_security_log() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let mut ada = enrolled(&app, ADA).await;
    let user = user_id(&ada.browser).await;
    let browser = Browser::new(&app);
    let mut response = ada.phone.sign(&sign_in_options(&browser).await);
    response.edit_signature = |_| vec![0; 70];
    assert_eq!(outcome(&verify_sign_in(&browser, response.json()).await), "400 AUTHENTICATION_FAILED");
    let failures = details(&app, "authn_login_fail").await;
    assert_eq!(failures.len(), 1, "{failures:?}");
    let log = crate::support::records::security_log(&app).await;
    let failure = log.iter().find(|event| event.kind == "authn_login_fail").expect("an event");
    assert_eq!(failure.user_id.as_deref(), Some(user.as_str()));
}

#[tokio::test]
async fn failures_are_rate_limited() {
    let app = TestApp::new().await;
    let mut ada = enrolled(&app, ADA).await;
    let mut limited = None;
    for _ in 0..200 {
        let browser = Browser::new(&app);
        let options = super::app::get(&browser, "generate-authenticate-options").await;
        let answer = if options.status == 200 {
            let mut response = ada.phone.sign(&options.json());
            response.edit_signature = |_| vec![0; 70];
            verify_sign_in(&browser, response.json()).await
        } else {
            options
        };
        if answer.status == 429 {
            limited = Some(answer);
            break;
        }
    }
    let limited = limited.expect("a limit");
    assert!(limited.has("retry-after") && limited.has("x-retry-after"));
    assert!(ada.browser.is_signed_in().await, "sessions are not affected");
}
