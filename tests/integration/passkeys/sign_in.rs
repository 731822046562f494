//! Signing in with a passkey alone.

use std::time::Duration;

use serde_json::json;

use super::app::{
    ADA, EVE, SIGN_IN, UNLIMITED, enrolled, get, ids, outcome, register, registration_options, remove, sign_in,
    sign_in_options, signs_in, user_id, verify_registration, verify_sign_in,
};
use crate::{
    factors::app::{self as factors, WAITING},
    support::{
        PASSWORD, TestApp,
        authenticator::{Authenticator, bytes},
        browser::{ACCESS, Browser, SESSION},
        records::details,
        tokens::sign_in_of_browser,
    },
};

#[tokio::test]
async fn options_name_no_account() {
    let app = TestApp::new().await;
    let ada = enrolled(&app, ADA).await;
    let answer = get(&Browser::new(&app), "generate-authenticate-options").await;
    let cookie = answer.set_cookie(SIGN_IN).expect("a cookie");
    assert!(cookie.ends_with("; HttpOnly; SameSite=Lax; Path=/; Max-Age=300"), "{cookie}");
    let options = answer.json();
    assert_eq!([&options["rpId"], &options["userVerification"]], ["localhost", "required"]);
    assert_eq!(options["timeout"], 300_000);
    assert!(options["allowCredentials"].as_array().is_none_or(Vec::is_empty), "{options}");
    let in_session = sign_in_options(&ada.browser).await;
    assert_eq!(in_session["allowCredentials"][0]["id"], ada.passkey["credentialID"]);
    assert_eq!(in_session["allowCredentials"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn passkey_opens_a_session() {
    let app = TestApp::new().await;
    let mut ada = enrolled(&app, ADA).await;
    app.wait(Duration::from_mins(1));
    let browser = Browser::new(&app);
    let answer = sign_in(&browser, &mut ada.phone).await;
    answer.assert_ok();
    let body = answer.json();
    assert_eq!(body["user"]["email"], ADA);
    assert_eq!(body["session"]["userId"], body["user"]["id"]);
    assert_eq!(browser.cookie(SESSION).as_deref(), Some(answer.header("set-auth-token")));
    assert!(!answer.body.contains(answer.header("set-auth-token")), "only in the header");
    assert!(answer.set_cookie(SESSION).expect("a cookie").contains("Max-Age"), "{:?}", answer.set_cookies());
    assert!(browser.is_signed_in().await && ada.browser.is_signed_in().await);
    assert_eq!(browser.cookie(SIGN_IN), None);
    let token = answer.header("set-auth-token").to_owned();
    assert!(app.has_session(&token).await, "a program's token");
}

#[tokio::test]
async fn token_says_phishing_resistant() {
    let app = TestApp::new().await;
    let mut ada = enrolled(&app, ADA).await;
    assert_eq!(sign_in_of_browser(&ada.browser).1, json!(["pwd"]), "a registration is no sign-in");
    app.wait(Duration::from_mins(1));
    let browser = Browser::new(&app);
    sign_in(&browser, &mut ada.phone).await.assert_ok();
    let expected = (app.now().seconds(), json!(["pop", "user", "mfa"]), "phr".to_owned());
    assert_eq!(sign_in_of_browser(&browser), expected);
    app.wait(Duration::from_hours(20));
    assert!(browser.is_signed_in().await);
    assert_eq!(sign_in_of_browser(&browser), expected, "renewed");
    let sign_ins = details(&app, "authn_login_success").await;
    assert_eq!(sign_ins.last().and_then(Option::as_deref), Some("passkey"), "{sign_ins:?}");
}

#[tokio::test]
async fn passkey_needs_no_second_step() {
    let app = TestApp::new().await;
    let ada = factors::protected(&app).await;
    let mut phone = Authenticator::synced();
    register(&ada.browser, &mut phone).await;
    let browser = Browser::new(&app);
    let answer = sign_in(&browser, &mut phone).await;
    answer.assert_ok();
    assert!(browser.is_signed_in().await && browser.cookie(WAITING).is_none());
    assert_eq!(answer.json()["user"]["twoFactorEnabled"], true);
}

#[tokio::test]
async fn any_of_two_authenticators_signs_in() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let mut ada = enrolled(&app, ADA).await;
    let mut key = Authenticator::security_key();
    let second = register(&ada.browser, &mut key).await;
    assert!(signs_in(&app, &mut ada.phone).await && signs_in(&app, &mut key).await);
    remove(&ada.browser, &second).await.assert_ok();
    let answer = sign_in(&Browser::new(&app), &mut key).await;
    assert_eq!(outcome(&answer), "401 PASSKEY_NOT_FOUND", "removed");
    assert!(signs_in(&app, &mut ada.phone).await);
    assert_eq!(ids(&ada.browser).await.len(), 1);
}

#[tokio::test]
async fn removed_passkey_is_registered_again() {
    let app = TestApp::new().await;
    let mut ada = enrolled(&app, ADA).await;
    remove(&ada.browser, &ada.passkey).await.assert_ok();
    let options = registration_options(&ada.browser).await;
    let again = ada.phone.response_with(&ada.phone.passkeys[0], &options).json();
    verify_registration(&ada.browser, again).await.assert_ok();
    assert!(signs_in(&app, &mut ada.phone).await);
}

#[tokio::test]
async fn passkey_replaces_the_session_of_a_browser() {
    let app = TestApp::new().await;
    let mut ada = enrolled(&app, ADA).await;
    let browser = Browser::new(&app);
    let options = sign_in_options(&browser).await;
    browser.sign_up(EVE).await;
    let eve = user_id(&browser).await;
    verify_sign_in(&browser, ada.phone.sign(&options).json()).await.assert_ok();
    assert_ne!(user_id(&browser).await, eve);
    // In a session, the passkeys of other users are not allowed.
    let other = Browser::new(&app);
    other.sign_up("bob@example.com").await;
    register(&other, &mut Authenticator::synced()).await;
    let mut options = sign_in_options(&other).await;
    options["allowCredentials"] = json!([]);
    let answer = verify_sign_in(&other, ada.phone.sign(&options).json()).await;
    assert!(
        ["400 AUTHENTICATION_FAILED", "401 PASSKEY_NOT_FOUND"].contains(&outcome(&answer).as_str()),
        "{answer:?}",
        answer = answer.body
    );
    assert_eq!(other.get("/api/auth/get-session").await.json()["user"]["email"], "bob@example.com");
}

#[tokio::test]
async fn disabled_account_is_refused() {
    let app = TestApp::new().await;
    let mut ada = enrolled(&app, ADA).await;
    let user = user_id(&ada.browser).await;
    let begun = Browser::new(&app);
    let response = ada.phone.sign(&sign_in_options(&begun).await).json();
    app.disable(&user).await;
    assert_eq!(outcome(&verify_sign_in(&begun, response).await), "403 BANNED_USER");
    let browser = Browser::new(&app);
    assert_eq!(outcome(&sign_in(&browser, &mut ada.phone).await), "403 BANNED_USER");
    assert!(browser.cookie(SESSION).is_none() && browser.cookie(ACCESS).is_none());
    app.enable(&user).await;
    assert!(signs_in(&app, &mut ada.phone).await, "passkeys are kept");
}

#[tokio::test]
async fn deleted_account_has_no_passkey() {
    let app = TestApp::new().await;
    let mut ada = enrolled(&app, ADA).await;
    let answer = ada.browser.post_json("/api/auth/delete-user", &json!({ "password": PASSWORD })).await;
    answer.assert_ok();
    for table in ["passkeys", "passkey_handles"] {
        assert_eq!(crate::support::records::count(&app, table).await, 0, "{table}");
    }
    assert_eq!(outcome(&sign_in(&Browser::new(&app), &mut ada.phone).await), "401 PASSKEY_NOT_FOUND");
}

#[tokio::test]
async fn unverified_address_is_refused_in_verify_mode() {
    let app = TestApp::new().await;
    let mut ada = enrolled(&app, ADA).await;
    let strict = app.restarted_with(&[("LATCHKEY_SIGN_UP", "verify")]).await.expect("the service starts");
    let browser = Browser::new(&strict);
    assert_eq!(outcome(&sign_in(&browser, &mut ada.phone).await), "403 EMAIL_NOT_VERIFIED");
    assert!(browser.cookie(SESSION).is_none());
}

#[tokio::test]
async fn counter_must_grow() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    let mut key = Authenticator::security_key();
    register(&browser, &mut key).await;
    key.passkeys[0].counter = 41;
    assert!(signs_in(&app, &mut key).await, "42");
    for (name, counter) in [("equal", 42), ("one back", 41), ("zero", 0)] {
        let other = Browser::new(&app);
        let mut response = key.sign(&sign_in_options(&other).await);
        response.auth.counter = counter;
        assert_eq!(outcome(&verify_sign_in(&other, response.json()).await), "400 AUTHENTICATION_FAILED", "{name}");
        assert!(other.cookie(SESSION).is_none(), "{name}");
    }
    assert_eq!(get(&browser, "list-user-passkeys").await.json()[0]["counter"], 42);
    assert!(signs_in(&app, &mut key).await, "a later count");
}

#[tokio::test]
async fn challenges_are_random() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let browser = Browser::new(&app);
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..20 {
        assert!(seen.insert(bytes(&sign_in_options(&browser).await["challenge"])));
    }
}
