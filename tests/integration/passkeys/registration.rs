//! Adding passkeys.

use std::{collections::BTreeSet, time::Duration};

use serde_json::{Value, json};

use super::app::{
    ADA, REGISTRATION, UNLIMITED, enrolled, get, ids, outcome, post, register, registration_options, sign_in, signs_in,
    user_id, verify_registration,
};
use crate::support::{
    TestApp,
    authenticator::{Authenticator, Key, bytes},
    browser::Browser,
    records::count,
};

#[tokio::test]
async fn options_require_a_resident_key_and_uv() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    let answer = get(&browser, "generate-register-options").await;
    let cookie = answer.set_cookie(REGISTRATION).expect("a cookie");
    assert!(cookie.ends_with("; HttpOnly; SameSite=Lax; Path=/; Max-Age=300"), "{cookie}");
    assert_eq!(answer.header("cache-control"), "no-store");
    let options = answer.json();
    assert_eq!(options["rp"], json!({ "id": "localhost", "name": "Latchkey" }));
    assert_eq!(options["user"]["name"], ADA);
    assert_eq!(options["user"]["displayName"], "Ada");
    assert_eq!(options["timeout"], 300_000);
    assert_eq!(options["attestation"], "none");
    let selection = &options["authenticatorSelection"];
    assert_eq!([&selection["residentKey"], &selection["userVerification"]], ["required", "required"]);
    assert_eq!(selection["requireResidentKey"], true);
    let offered = options["pubKeyCredParams"].as_array().expect("a list").iter();
    let algorithms: BTreeSet<_> = offered.map(|offered| offered["alg"].as_i64()).collect();
    assert_eq!(algorithms, BTreeSet::from([Some(-7), Some(-35), Some(-257)]));
    assert!(bytes(&options["challenge"]).len() >= 16);
    assert!(options["publicKey"].is_null(), "bare");
}

#[tokio::test]
async fn user_handle_stays_and_challenge_changes() {
    let app = TestApp::new().await;
    let ada = enrolled(&app, ADA).await;
    let (first, second) = (registration_options(&ada.browser).await, registration_options(&ada.browser).await);
    assert_eq!(first["user"]["id"], second["user"]["id"]);
    assert_eq!(bytes(&first["user"]["id"]), ada.phone.passkeys[0].user_handle);
    assert_ne!(first["challenge"], second["challenge"]);
    let handle = bytes(&first["user"]["id"]);
    assert!(!handle.is_empty() && handle.len() <= 64, "{handle:?}");
    let id = user_id(&ada.browser).await;
    assert_ne!(handle, id.as_bytes(), "the handle is no personal data");
    let excluded = &first["excludeCredentials"][0];
    assert_eq!([&excluded["id"], &excluded["type"]], [&ada.passkey["credentialID"], &json!("public-key")]);
}

#[tokio::test]
async fn name_and_attachment_reach_the_options() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    let path = "generate-register-options?name=Work&authenticatorAttachment=cross-platform&context=x";
    let options = get(&browser, path).await.json();
    assert_eq!(options["user"]["name"], ADA, "the authenticator shows the address");
    assert_eq!(options["authenticatorSelection"]["authenticatorAttachment"], "cross-platform");
    let answer = verify_registration(&browser, Authenticator::synced().register(&options).json()).await;
    assert_eq!(answer.json()["name"], "Work");
    for query in ["authenticatorAttachment=phone", "name=a&name=b", "authenticatorAttachment="] {
        let answer = get(&browser, &format!("generate-register-options?{query}")).await;
        assert_eq!(outcome(&answer), "400 VALIDATION_ERROR", "{query}");
    }
}

#[tokio::test]
async fn passkey_has_the_contract_shape() {
    let app = TestApp::new().await;
    let ada = enrolled(&app, ADA).await;
    let passkey = &ada.passkey;
    let key = &ada.phone.passkeys[0];
    assert_eq!(bytes(&passkey["credentialID"]), key.id);
    assert_eq!(passkey["userId"], user_id(&ada.browser).await.as_str());
    assert_eq!(passkey["counter"], 0);
    assert_eq!([&passkey["deviceType"], &passkey["backedUp"]], [&json!("multiDevice"), &json!(true)]);
    assert_eq!(passkey["transports"], "internal,hybrid");
    assert_eq!(passkey["createdAt"], "2027-01-15T08:00:00.000Z");
    assert_eq!(passkey["aaguid"], "00000000-0000-0000-0000-000000000000");
    let public = passkey["publicKey"].as_str().expect("a key");
    assert!(public.len() % 4 == 0 && !public.contains(['-', '_']), "{public}");
    assert!(passkey["name"].as_str().is_some_and(|name| !name.is_empty()), "{passkey}");
    let members: BTreeSet<_> = passkey.as_object().expect("an object").keys().map(String::as_str).collect();
    let expected = "aaguid backedUp counter createdAt credentialID deviceType id name publicKey transports userId";
    assert_eq!(members, expected.split(' ').collect());
    let listed = get(&ada.browser, "list-user-passkeys").await.json();
    assert_eq!(&listed[0], passkey);
}

#[tokio::test]
async fn security_key_stays_on_one_device() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    let mut key = Authenticator::security_key();
    let passkey = register(&browser, &mut key).await;
    assert_eq!([&passkey["deviceType"], &passkey["backedUp"]], [&json!("singleDevice"), &json!(false)]);
    assert!(signs_in(&app, &mut key).await);
    assert_eq!(get(&browser, "list-user-passkeys").await.json()[0]["counter"], 1);
}

#[tokio::test]
async fn every_offered_algorithm_signs_in() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    for new_key in [Key::es256, Key::es384, Key::rs256] {
        let mut phone = Authenticator::synced().with_key(new_key);
        register(&browser, &mut phone).await;
        assert!(signs_in(&app, &mut phone).await, "{}", phone.passkeys[0].key.algorithm());
    }
}

#[tokio::test]
async fn self_attestation_is_accepted() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    let mut phone = Authenticator::synced();
    let mut response = phone.register(&registration_options(&browser).await);
    response.attest();
    verify_registration(&browser, response.json()).await.assert_ok();
    assert!(signs_in(&app, &mut phone).await);
}

#[tokio::test]
async fn name_is_trimmed_or_default() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    let long = "x".repeat(200);
    for (name, expected) in [
        (json!("  YubiKey 5 "), "YubiKey 5"),
        (json!(" "), "Firefox on Linux"),
        (json!("My\u{202e} key"), "My key"),
        (json!(long), &long[..64]),
    ] {
        let response = Authenticator::synced().register(&registration_options(&browser).await).json();
        let answer = post(&browser, "verify-registration", json!({ "response": response, "name": name })).await;
        answer.assert_ok();
        assert_eq!(answer.json()["name"], expected);
    }
    let response = Authenticator::synced().register(&registration_options(&browser).await).json();
    for name in [json!(7), Value::Null] {
        let answer = post(&browser, "verify-registration", json!({ "response": response, "name": name })).await;
        assert_eq!(outcome(&answer), "400 VALIDATION_ERROR", "{name}");
    }
    verify_registration(&browser, response).await.assert_ok();
}

#[tokio::test]
async fn create_session_returns_the_current_session() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    let sessions = count(&app, "sessions").await;
    let response = Authenticator::synced().register(&registration_options(&browser).await).json();
    let answer = post(&browser, "verify-registration", json!({ "response": response, "createSession": true })).await;
    answer.assert_ok();
    let body = answer.json();
    let current = browser.get("/api/auth/get-session").await.json();
    assert_eq!(body["session"]["id"], current["session"]["id"]);
    assert_eq!(body["user"]["email"], ADA);
    assert!(body["credentialID"].is_string() && !answer.has("set-auth-token"));
    assert_eq!(count(&app, "sessions").await, sessions);
    let without = register(&browser, &mut Authenticator::synced()).await;
    assert!(without["session"].is_null() && without["user"].is_null());
}

#[tokio::test]
async fn registration_needs_a_recent_session() {
    let app = TestApp::new().await;
    let anonymous = Browser::new(&app);
    let options = get(&anonymous, "generate-register-options").await;
    assert_eq!(outcome(&options), "401 UNAUTHORIZED");
    assert!(options.set_cookie(REGISTRATION).is_none());
    let mut ada = enrolled(&app, ADA).await;
    let response = Authenticator::synced().register(&registration_options(&ada.browser).await).json();
    assert_eq!(outcome(&verify_registration(&anonymous, response).await), "401 UNAUTHORIZED");
    app.wait(Duration::from_mins(14));
    let response = Authenticator::synced().register(&registration_options(&ada.browser).await).json();
    app.wait(Duration::from_mins(2));
    assert_eq!(outcome(&verify_registration(&ada.browser, response).await), "403 SESSION_NOT_FRESH");
    assert_eq!(outcome(&get(&ada.browser, "generate-register-options").await), "403 SESSION_NOT_FRESH");
    assert_eq!(ids(&ada.browser).await.len(), 1, "the list needs no recent sign-in");
    sign_in(&ada.browser, &mut ada.phone).await.assert_ok();
    register(&ada.browser, &mut Authenticator::synced()).await;
}

#[tokio::test]
async fn known_credential_is_not_registered_again() {
    let app = TestApp::new().await;
    let ada = enrolled(&app, ADA).await;
    let eve = Browser::new(&app);
    eve.sign_up("eve@example.com").await;
    for browser in [&ada.browser, &eve] {
        let options = registration_options(browser).await;
        let known = ada.phone.response_with(&ada.phone.passkeys[0], &options).json();
        let answer = verify_registration(browser, known).await;
        assert_eq!(outcome(&answer), "400 PREVIOUSLY_REGISTERED");
    }
    assert_eq!(count(&app, "passkeys").await, 1);
}

#[tokio::test]
async fn account_has_at_most_20_passkeys() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let ada = enrolled(&app, ADA).await;
    for _ in 0..18 {
        register(&ada.browser, &mut Authenticator::synced()).await;
    }
    let waiting = registration_options(&ada.browser).await;
    let other = ada.browser.stolen();
    register(&other, &mut Authenticator::synced()).await;
    assert_eq!(outcome(&get(&other, "generate-register-options").await), "400 TOO_MANY_PASSKEYS");
    let late = Authenticator::synced().register(&waiting).json();
    let refused = verify_registration(&ada.browser, late).await;
    assert_eq!(outcome(&refused), "400 CHALLENGE_NOT_FOUND", "another passkey ends the ceremony");
    assert_eq!(count(&app, "passkeys").await, 20);
}

#[tokio::test]
async fn unknown_members_of_responses_are_ignored() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    let mut phone = Authenticator::synced();
    let mut response = phone.register(&registration_options(&browser).await);
    response.client_data["future"] = json!({ "a": [1] });
    response.transports = json!(["internal", "smart-card"]);
    let mut body = response.json();
    body["clientExtensionResults"] = json!({ "credProps": { "rk": true }, "future": true });
    body["response"]["publicKeyAlgorithm"] = json!(-7);
    verify_registration(&browser, body).await.assert_ok();
    assert!(signs_in(&app, &mut phone).await);
    let rows: Vec<Value> = get(&browser, "list-user-passkeys").await.json().as_array().expect("a list").clone();
    assert_eq!(rows.len(), 1);
}
