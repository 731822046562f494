//! Challenges: each works once, for 5 minutes, in its browser and for its kind of ceremony.

use std::time::Duration;

use serde_json::json;

use super::app::{
    ADA, EVE, REGISTRATION, SIGN_IN, UNLIMITED, enrolled, ids, outcome, register, registration_options,
    sign_in_options, signs_in, verify_registration, verify_sign_in,
};
use crate::support::{TestApp, authenticator::Authenticator, browser::Browser, records::count};

const NOT_FOUND: &str = "400 CHALLENGE_NOT_FOUND";

const NOT_ALLOWED: &str = "401 YOU_ARE_NOT_ALLOWED_TO_REGISTER_THIS_PASSKEY";

#[tokio::test]
async fn sign_in_is_not_replayed() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let mut ada = enrolled(&app, ADA).await;
    let browser = Browser::new(&app);
    let response = ada.phone.sign(&sign_in_options(&browser).await).json();
    let thief = browser.stolen();
    verify_sign_in(&browser, response.clone()).await.assert_ok();
    assert_eq!(outcome(&verify_sign_in(&browser, response.clone()).await), NOT_FOUND);
    assert_eq!(outcome(&verify_sign_in(&thief, response.clone()).await), NOT_FOUND, "with the old cookie");
    sign_in_options(&thief).await;
    assert_eq!(outcome(&verify_sign_in(&thief, response).await), "400 AUTHENTICATION_FAILED", "a new challenge");
}

#[tokio::test]
async fn registration_is_not_replayed() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    let response = Authenticator::synced().register(&registration_options(&browser).await).json();
    let tab = browser.stolen();
    verify_registration(&browser, response.clone()).await.assert_ok();
    assert_eq!(outcome(&verify_registration(&tab, response).await), NOT_FOUND);
    assert_eq!(ids(&browser).await.len(), 1);
}

#[tokio::test]
async fn refused_response_ends_the_challenge() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let mut ada = enrolled(&app, ADA).await;
    let browser = Browser::new(&app);
    let response = ada.phone.sign(&sign_in_options(&browser).await).json();
    let kept = browser.stolen();
    let mut wrong = response.clone();
    wrong["response"]["signature"] = json!("AAAA");
    assert_eq!(outcome(&verify_sign_in(&browser, wrong).await), "400 AUTHENTICATION_FAILED");
    assert_eq!(outcome(&verify_sign_in(&kept, response).await), NOT_FOUND);
    let options = registration_options(&ada.browser).await;
    let kept = ada.browser.stolen();
    let mut response = Authenticator::synced().register(&options);
    response.kind = "other".to_owned();
    assert_eq!(outcome(&verify_registration(&ada.browser, response.json()).await), "400 FAILED_TO_VERIFY_REGISTRATION");
    response.kind = "public-key".to_owned();
    assert_eq!(outcome(&verify_registration(&kept, response.json()).await), NOT_FOUND);
}

#[tokio::test]
async fn challenge_expires_after_5_minutes() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let mut ada = enrolled(&app, ADA).await;
    let browser = Browser::new(&app);
    let response = ada.phone.sign(&sign_in_options(&browser).await).json();
    let kept = browser.cookie(SIGN_IN).expect("a cookie");
    app.wait(Duration::from_mins(5));
    assert_eq!(browser.cookie(SIGN_IN), None);
    assert_eq!(outcome(&verify_sign_in(&browser, response.clone()).await), NOT_FOUND);
    browser.set_cookie(SIGN_IN, &kept);
    assert_eq!(outcome(&verify_sign_in(&browser, response).await), NOT_FOUND, "kept by a thief");
    let response = Authenticator::synced().register(&registration_options(&ada.browser).await).json();
    let kept = ada.browser.cookie(REGISTRATION).expect("a cookie");
    app.wait(Duration::from_mins(5));
    ada.browser.set_cookie(REGISTRATION, &kept);
    assert_eq!(outcome(&verify_registration(&ada.browser, response).await), NOT_FOUND);
    let browser = Browser::new(&app);
    let response = ada.phone.sign(&sign_in_options(&browser).await).json();
    app.wait(Duration::from_secs(299));
    verify_sign_in(&browser, response).await.assert_ok();
}

#[tokio::test]
async fn challenge_works_in_its_browser_only() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let mut ada = enrolled(&app, ADA).await;
    let victim = Browser::new(&app);
    let response = ada.phone.sign(&sign_in_options(&victim).await).json();
    let thief = Browser::new(&app);
    assert_eq!(outcome(&verify_sign_in(&thief, response.clone()).await), NOT_FOUND, "no cookie");
    sign_in_options(&thief).await;
    assert_eq!(outcome(&verify_sign_in(&thief, response.clone()).await), "400 AUTHENTICATION_FAILED", "another cookie");
    for broken in ["", "x", "AAAA", "%00"] {
        thief.set_cookie(SIGN_IN, broken);
        assert_eq!(outcome(&verify_sign_in(&thief, response.clone()).await), NOT_FOUND, "{broken:?}");
    }
    verify_sign_in(&victim, response).await.assert_ok();
}

#[tokio::test]
async fn challenge_works_for_its_kind_only() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let mut ada = enrolled(&app, ADA).await;
    // A challenge of a registration, signed to sign in.
    let mut options = registration_options(&ada.browser).await;
    options["rpId"] = json!("localhost");
    let other = Browser::new(&app);
    other.set_cookie(SIGN_IN, &ada.browser.cookie(REGISTRATION).expect("a cookie"));
    assert_eq!(outcome(&verify_sign_in(&other, ada.phone.sign(&options).json()).await), NOT_FOUND);
    // A challenge of a sign-in, signed to register.
    let mut options = sign_in_options(&ada.browser).await;
    options["rp"] = json!({ "id": "localhost" });
    options["user"] = json!({ "id": "AAAA" });
    ada.browser.set_cookie(REGISTRATION, &ada.browser.cookie(SIGN_IN).expect("a cookie"));
    let response = Authenticator::synced().register(&options).json();
    assert_eq!(outcome(&verify_registration(&ada.browser, response).await), NOT_FOUND);
}

#[tokio::test]
async fn responses_of_one_kind_are_no_others() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let mut ada = enrolled(&app, ADA).await;
    let browser = Browser::new(&app);
    let mut options = sign_in_options(&browser).await;
    options["rp"] = json!({ "id": "localhost" });
    options["user"] = json!({ "id": "AAAA" });
    let registration = ada.phone.response_with(&ada.phone.passkeys[0], &options).json();
    assert_eq!(outcome(&verify_sign_in(&browser, registration).await), "400 AUTHENTICATION_FAILED");
    assert!(!browser.is_signed_in().await);
    let mut options = registration_options(&ada.browser).await;
    options["rpId"] = json!("localhost");
    let assertion = ada.phone.sign(&options).json();
    assert_eq!(outcome(&verify_registration(&ada.browser, assertion).await), "400 FAILED_TO_VERIFY_REGISTRATION");
    assert_eq!(ids(&ada.browser).await.len(), 1);
}

#[tokio::test]
async fn registration_works_in_its_session_only() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let mut ada = enrolled(&app, ADA).await;
    let eve = Browser::new(&app);
    eve.sign_up(EVE).await;
    // Ada's cookie and response in the session of Eve: the passkey would be Ada's in Eve's account.
    let response = Authenticator::synced().register(&registration_options(&ada.browser).await).json();
    eve.set_cookie(REGISTRATION, &ada.browser.cookie(REGISTRATION).expect("a cookie"));
    assert_eq!(outcome(&verify_registration(&eve, response).await), NOT_ALLOWED);
    assert!(ids(&eve).await.is_empty());
    // The same user in another session.
    let other = Browser::new(&app);
    super::app::sign_in(&other, &mut ada.phone).await.assert_ok();
    let response = Authenticator::synced().register(&registration_options(&ada.browser).await).json();
    other.set_cookie(REGISTRATION, &ada.browser.cookie(REGISTRATION).expect("a cookie"));
    assert_eq!(outcome(&verify_registration(&other, response).await), NOT_ALLOWED);
    assert_eq!(ids(&ada.browser).await.len(), 1);
}

#[tokio::test]
async fn revoked_session_adds_no_passkey() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let mut ada = enrolled(&app, ADA).await;
    let other = Browser::new(&app);
    super::app::sign_in(&other, &mut ada.phone).await.assert_ok();
    let response = Authenticator::synced().register(&registration_options(&other).await).json();
    let ended = ada.browser.post_json("/api/auth/revoke-other-sessions", &json!({})).await;
    ended.assert_ok();
    assert_eq!(outcome(&verify_registration(&other, response).await), "401 UNAUTHORIZED");
    assert_eq!(count(&app, "passkeys").await, 1);
}

#[tokio::test]
async fn second_registration_replaces_the_first() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    let first = Authenticator::synced().register(&registration_options(&browser).await).json();
    let mut phone = Authenticator::synced();
    register(&browser, &mut phone).await;
    assert_eq!(outcome(&verify_registration(&browser, first).await), NOT_FOUND);
    assert!(signs_in(&app, &mut phone).await);
}

#[tokio::test]
async fn challenge_works_on_another_replica() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let mut ada = enrolled(&app, ADA).await;
    let replica = app.replica().await;
    let browser = Browser::new(&app);
    let response = ada.phone.sign(&sign_in_options(&browser).await).json();
    verify_sign_in(&browser.connected_to(&replica), response).await.assert_ok();
}
