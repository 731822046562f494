//! Requests at the same time: one challenge has one success, and one way to sign in remains.

use futures::future::join_all;
use serde_json::json;

use super::app::{
    ADA, UNLIMITED, enrolled, ids, outcome, register, registration_options, remove, sign_in_options,
    verify_registration, verify_sign_in,
};
use crate::support::{
    TestApp,
    authenticator::{Authenticator, encode},
    browser::Browser,
    client::TestResponse,
    records::{count, operate},
};

/// The number of successes. All other answers have one of these outcomes.
fn successes(answers: &[TestResponse], others: &[&str]) -> usize {
    let outcomes: Vec<_> = answers.iter().map(outcome).collect();
    let known = |outcome: &String| outcome == "200" || others.contains(&outcome.as_str());
    assert!(outcomes.iter().all(known), "{outcomes:?}");
    outcomes.iter().filter(|outcome| *outcome == "200").count()
}

#[tokio::test]
async fn parallel_sign_ins_have_one_success() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let mut ada = enrolled(&app, ADA).await;
    let sessions = count(&app, "sessions").await;
    let browser = Browser::new(&app);
    let response = ada.phone.sign(&sign_in_options(&browser).await).json();
    let tabs: Vec<_> = (0..8).map(|_| browser.stolen()).collect();
    let answers = join_all(tabs.iter().map(|tab| verify_sign_in(tab, response.clone()))).await;
    assert_eq!(successes(&answers, &["400 CHALLENGE_NOT_FOUND"]), 1);
    assert_eq!(count(&app, "sessions").await, sessions + 1);
}

#[tokio::test]
async fn parallel_registrations_have_one_success() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    let options = registration_options(&browser).await;
    let tabs: Vec<_> = (0..8).map(|_| browser.stolen()).collect();
    let responses = tabs.iter().map(|tab| (tab, Authenticator::synced().register(&options).json()));
    let answers = join_all(responses.map(|(tab, response)| verify_registration(tab, response))).await;
    assert_eq!(successes(&answers, &["400 CHALLENGE_NOT_FOUND"]), 1);
    assert_eq!(ids(&browser).await.len(), 1);
}

#[tokio::test]
async fn parallel_uses_of_one_count_have_one_success() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    let mut key = Authenticator::security_key();
    register(&browser, &mut key).await;
    // A cloned security key: both sign with the same count.
    let mut uses = Vec::new();
    for _ in 0..6 {
        let other = Browser::new(&app);
        let mut response = key.sign(&sign_in_options(&other).await);
        response.auth.counter = 7;
        uses.push((other, response.json()));
    }
    let answers = join_all(uses.iter().map(|(other, response)| verify_sign_in(other, response.clone()))).await;
    assert_eq!(successes(&answers, &["400 AUTHENTICATION_FAILED"]), 1);
}

#[tokio::test]
async fn one_credential_is_registered_once() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let mut responses = Vec::new();
    let phone = Authenticator::synced().register(&json!({
        "challenge": "AAAA", "rp": { "id": "localhost" }, "user": { "id": "AAAA" },
    }));
    for number in 0..4 {
        let browser = Browser::new(&app);
        browser.sign_up(&format!("user-{number}@example.com")).await;
        let mut response = Authenticator::synced().register(&registration_options(&browser).await);
        response.id = encode(&phone.raw_id);
        response.raw_id.clone_from(&phone.raw_id);
        response.auth.attested().id.clone_from(&phone.raw_id);
        responses.push((browser, response.json()));
    }
    let answers = join_all(responses.iter().map(|(browser, body)| verify_registration(browser, body.clone()))).await;
    assert_eq!(successes(&answers, &["400 PREVIOUSLY_REGISTERED"]), 1);
    assert_eq!(count(&app, "passkeys").await, 1);
}

#[tokio::test]
async fn parallel_removals_keep_one_way_in() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let ada = enrolled(&app, ADA).await;
    let second = register(&ada.browser, &mut Authenticator::synced()).await;
    operate(&app, "DELETE FROM credentials").await;
    let tab = ada.browser.stolen();
    let answers = join_all([remove(&ada.browser, &ada.passkey), remove(&tab, &second)]).await;
    assert_eq!(successes(&answers, &["400 LAST_WAY_TO_SIGN_IN"]), 1);
    assert_eq!(count(&app, "passkeys").await, 1);
}
