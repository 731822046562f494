//! A passkey as the second step.

use super::app::{add, answer, options, page};
use crate::{
    factors::app::{ADA, first_step, protected},
    support::{TestApp, authenticator::Authenticator, browser::Browser},
};

const STEP: &str = "second-step-passkey";

#[tokio::test]
async fn passkey_completes_the_sign_in() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    let before = first_step(&app).await;
    assert!(!before.page("/sign-in/second-step").await.contains(STEP), "the account has none");
    let mut phone = Authenticator::synced();
    add(&ada.browser, &mut phone, "Phone").await;

    let browser = first_step(&app).await;
    let html = browser.page("/sign-in/second-step").await;
    assert!(html.contains(&format!("formaction=\"/actions/{STEP}\"")) && html.contains("id=\"code\""), "{html}");
    let options = options(&browser, STEP, &[]).await;
    assert_eq!(options["allowCredentials"].as_array().map(Vec::len), Some(1), "{options}");
    let response = phone.sign(&options).json().to_string();
    let answer = browser.post(STEP, &[("response", &response)]).await;
    assert_eq!(answer.header("location"), "/account");
    assert!(browser.page("/account").await.contains(ADA));
}

#[tokio::test]
async fn passkey_step_keeps_next_and_trusts() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    let mut phone = Authenticator::synced();
    add(&ada.browser, &mut phone, "Phone").await;
    let browser = Browser::new(&app);
    let form = [("email", ADA), ("password", crate::support::PASSWORD), ("next", "/account/activity")];
    browser.post("sign-in", &form).await;
    let response = phone.sign(&options(&browser, STEP, &[]).await).json().to_string();
    let answer = browser.post(STEP, &[("response", &response), ("trust", "true")]).await;
    assert_eq!(answer.header("location"), "/account/activity");
    assert!(browser.cookie("latchkey_trusted").is_some());
}

#[tokio::test]
async fn refused_response_keeps_the_step() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    let mut phone = Authenticator::synced();
    add(&ada.browser, &mut phone, "Phone").await;
    let browser = first_step(&app).await;
    for (response, error) in [("", "Passkeys need JavaScript"), ("{}", "That took too long")] {
        let answer = browser.post(STEP, &[("response", response)]).await;
        assert_eq!(answer.header("location"), "/sign-in/second-step");
        assert!(browser.page("/sign-in/second-step").await.contains(error), "{error}");
    }
    options(&browser, STEP, &[]).await;
    browser.post(STEP, &[("response", "{}")]).await;
    assert!(browser.page("/sign-in/second-step").await.contains("This passkey couldn’t be checked."));
    let response = phone.sign(&options(&browser, STEP, &[]).await).json().to_string();
    browser.post(STEP, &[("response", &response)]).await;
    assert!(browser.is_signed_in().await, "the sign-in still waited");
}

#[tokio::test]
async fn no_waiting_sign_in_begins_again() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    assert_eq!(page(&browser, STEP, &[]).await, "/sign-in");
    assert!(browser.page("/sign-in").await.contains("The second step took too long."));
    assert_eq!(browser.post(STEP, &[("response", "{}")]).await.header("location"), "/sign-in");
    assert_eq!(answer(&browser, STEP, &[("mediation", "conditional")]).await.status, 204);
}
