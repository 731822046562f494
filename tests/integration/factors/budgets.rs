//! Rate limits on the second step. They never affect sessions.

use std::time::Duration;

use super::app::{ADA, TRUSTED, api_password, enter, first_step, password, protected};
use crate::support::{PASSWORD, TestApp, browser::Browser, records::count, records::details};

#[tokio::test]
async fn wrong_codes_slow_the_account_down() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    let browser = first_step(&app).await;
    for _ in 0..5 {
        assert_eq!(enter(&browser, &ada.phone.wrong()).await, "/sign-in/second-step");
    }
    // A new sign-in gives no further attempts.
    password(&browser).await;
    assert_eq!(enter(&browser, &ada.phone.code()).await, "/sign-in/second-step");
    let response = browser.get("/sign-in/second-step").await;
    assert!(response.status == 429 && response.body.contains("Try again in 5 seconds."), "{}", response.body);
    assert!(ada.browser.is_signed_in().await, "sessions are not affected");
    assert_eq!(details(&app, "authn_login_fail_max").await.len(), 1);
    app.wait(Duration::from_secs(5));
    assert_eq!(enter(&browser, &ada.phone.code()).await, "/account", "the refused attempt counted nowhere");
}

#[tokio::test]
async fn right_code_resets_the_budget() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    for _ in 0..3 {
        let browser = first_step(&app).await;
        for _ in 0..4 {
            enter(&browser, &ada.phone.wrong()).await;
        }
        assert_eq!(enter(&browser, &ada.phone.code()).await, "/account");
        app.wait(Duration::from_secs(30));
    }
}

#[tokio::test]
async fn right_password_resets_no_code_budget() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    let mut admitted = 0;
    for _ in 0..4 {
        let browser = first_step(&app).await;
        for _ in 0..5 {
            enter(&browser, &ada.phone.wrong()).await;
            admitted += usize::from(browser.get("/sign-in/second-step").await.status == 200);
        }
    }
    assert_eq!(admitted, 4, "the fifth one ends the first sign-in; the others wait");
    assert_eq!(details(&app, "authn_second_step_fail").await.len(), 5);
}

#[tokio::test]
async fn account_has_100_attempts_from_all_networks() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    let wrong = ada.phone.wrong();
    let mut counted = 0;
    for site in 0..25 {
        // Each network has five attempts on the account.
        let browser = Browser::at(&app, crate::support::BASE_URL, &format!("198.51.{site}.1"));
        password(&browser).await;
        for _ in 0..5 {
            enter(&browser, &wrong).await;
            counted += usize::from(browser.get("/sign-in/second-step").await.status != 429);
        }
    }
    assert!((100..=104).contains(&counted), "{counted}");
    assert!(ada.browser.is_signed_in().await);
}

#[tokio::test]
async fn attacker_does_not_lock_out_the_owner() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    let attacker = Browser::at(&app, crate::support::BASE_URL, "198.51.100.1");
    password(&attacker).await;
    for _ in 0..5 {
        enter(&attacker, &ada.phone.wrong()).await;
    }
    let owner = first_step(&app).await;
    assert_eq!(enter(&owner, &ada.phone.code()).await, "/account");
}

#[tokio::test]
async fn exhausted_sign_in_notifies_the_user() {
    let app = TestApp::new().await;
    crate::mail::codes::verified_person(&app, ADA).await;
    let browser = Browser::new(&app);
    browser.sign_in(ADA, PASSWORD).await;
    let ada = super::app::turn_on(&app, browser).await;
    let attacker = first_step(&app).await;
    for number in 1..=5 {
        enter(&attacker, &ada.phone.wrong()).await;
        app.deliver_mail().await;
        let notices = app.mailbox().iter().filter(|message| message.subject.starts_with("Wrong codes")).count();
        assert_eq!(notices, usize::from(number == 5), "{number}");
    }
    assert!(attacker.cookie(TRUSTED).is_none());
}

#[tokio::test]
async fn outage_counts_no_attempt() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    let browser = first_step(&app).await;
    app.close_database().await;
    assert_eq!(enter(&browser, &ada.phone.code()).await, "/sign-in/second-step");
    assert_eq!(browser.get("/sign-in/second-step").await.status, 503);
    assert_eq!(api_password(&app.client()).await.status, 503);
    let restarted = app.restarted().await;
    let browser = browser.connected_to(&restarted);
    assert_eq!(enter(&browser, &ada.phone.code()).await, "/account");
    assert_eq!(count(&restarted, "attempts").await, 0);
}
