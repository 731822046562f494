//! Known devices: a user can sign in where they have signed in before, however many networks guess.

use std::time::Duration;

use serde_json::json;

use super::throttling::status;
use crate::support::{
    NEW_PASSWORD, PASSWORD, TestApp, WRONG_PASSWORD,
    browser::{ADDRESS, Browser, DEVICE},
    client::TestResponse,
    records::count,
};

const ADA: &str = "ada@example.com";

/// Signs in as a program that sends a device cookie.
async fn attempt(app: &TestApp, address: &str, device: &str, password: &str) -> TestResponse {
    let body = json!({ "email": ADA, "password": password });
    let request = app.client_at(address).post("/api/auth/sign-in/email").json(&body);
    request.header("cookie", format!("{DEVICE}={device}")).header("origin", crate::support::BASE_URL).await
}

async fn attempt_status(app: &TestApp, address: &str, device: &str, password: &str) -> u16 {
    attempt(app, address, device, password).await.status.as_u16()
}

/// The cookie of a device on which this user has signed up.
async fn device_of(app: &TestApp, email: &str) -> String {
    let browser = Browser::new(app);
    browser.sign_up(email).await;
    browser.cookie(DEVICE).expect("a device cookie")
}

#[tokio::test]
async fn sign_in_sets_the_device_cookie() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    let mut values = Vec::new();
    let sign_up = browser.sign_up(ADA).await;
    browser.post("sign-out", &[]).await;
    let sign_in = browser.post("sign-in", &[("email", ADA), ("password", PASSWORD)]).await;
    let form = [("current_password", PASSWORD), ("new_password", NEW_PASSWORD)];
    let change = browser.post("change-password", &form).await;
    let body = json!({ "email": ADA, "password": NEW_PASSWORD });
    let api = app.client().post("/api/auth/sign-in/email").json(&body).await;
    for response in [sign_up, sign_in, change, api] {
        let cookie = response.set_cookie(DEVICE).expect("a device cookie");
        for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=34560000"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
        values.push(response.new_cookie(DEVICE).expect("a value"));
    }
    values.sort();
    values.dedup();
    assert_eq!(values.len(), 4, "each sign-in has its own");
    let failed = browser.sign_in(ADA, WRONG_PASSWORD).await;
    assert_eq!(failed.set_cookie(DEVICE), None);
}

#[tokio::test]
async fn device_cookie_on_https_has_its_prefix() {
    let origin = "https://auth.example.com";
    let app = TestApp::with(&[("LATCHKEY_BASE_URL", origin)]).await;
    let response = Browser::at(&app, origin, ADDRESS).sign_up(ADA).await;
    let cookie = response.set_cookie(&format!("__Host-{DEVICE}")).expect("a device cookie");
    assert!(cookie.contains("Secure"), "{cookie}");
}

#[tokio::test]
async fn device_cookie_survives_sign_out() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    let cookie = browser.cookie(DEVICE);
    browser.post("sign-out", &[]).await;
    browser.restart();
    assert!(cookie.is_some() && browser.cookie(DEVICE) == cookie);
    assert!(!browser.is_signed_in().await, "it is no credential");
}

#[tokio::test]
async fn known_device_signs_in_during_an_attack() {
    let app = TestApp::new().await;
    let device = device_of(&app, ADA).await;
    for number in 0..40 {
        // Also in the network of the known device.
        for address in [format!("198.18.{number}.1"), format!("192.0.2.{}", number + 10)] {
            for _ in 0..5 {
                status(&app.client_at(&address), ADA, WRONG_PASSWORD).await;
            }
        }
    }
    assert_eq!(status(&app.client_at(ADDRESS), ADA, PASSWORD).await, 429);
    assert_eq!(attempt_status(&app, ADDRESS, &device, PASSWORD).await, 200);
    assert_eq!(status(&app.client_at(ADDRESS), ADA, PASSWORD).await, 429, "the attackers still wait");
}

#[tokio::test]
async fn known_device_has_a_budget_of_its_own() {
    let app = TestApp::new().await;
    let device = device_of(&app, ADA).await;
    for _ in 0..5 {
        assert_eq!(attempt_status(&app, "192.0.2.9", &device, WRONG_PASSWORD).await, 401);
    }
    assert_eq!(count(&app, "attempts").await, 2, "the device, and all known devices of the account");
    // From then on it counts as unknown.
    for _ in 0..5 {
        assert_eq!(attempt_status(&app, "192.0.2.9", &device, WRONG_PASSWORD).await, 401);
    }
    assert_eq!(count(&app, "attempts").await, 2 + 3);
    assert_eq!(attempt_status(&app, "192.0.2.9", &device, PASSWORD).await, 429);
    app.wait(Duration::from_secs(5));
    assert_eq!(attempt_status(&app, "192.0.2.9", &device, PASSWORD).await, 200);
}

/// Attackers must not lock out an owner who has just changed the password.
#[tokio::test]
async fn device_keeps_its_budget_after_password_change() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    let device = browser.cookie(DEVICE).expect("a device cookie");
    browser.post("change-password", &[("current_password", PASSWORD), ("new_password", NEW_PASSWORD)]).await;
    for _ in 0..5 {
        status(&app.client_at("192.0.2.9"), ADA, WRONG_PASSWORD).await;
    }
    assert_eq!(status(&app.client_at("192.0.2.9"), ADA, NEW_PASSWORD).await, 429);
    assert_eq!(attempt_status(&app, "192.0.2.9", &device, NEW_PASSWORD).await, 200);
}

#[tokio::test]
async fn device_of_another_account_gives_nothing() {
    let app = TestApp::new().await;
    app.person(ADA).await;
    let device = device_of(&app, "eve@example.com").await;
    for _ in 0..5 {
        assert_eq!(attempt_status(&app, "192.0.2.9", &device, WRONG_PASSWORD).await, 401);
    }
    assert_eq!(attempt_status(&app, "192.0.2.9", &device, PASSWORD).await, 429);
}

#[tokio::test]
async fn unreadable_device_cookie_does_no_harm() {
    let app = TestApp::new().await;
    let device = device_of(&app, ADA).await;
    for bad in ["", "x", "%00", "\"\"", &device[1..], &format!("{device}; {DEVICE}={device}")] {
        let response = attempt(&app, "192.0.2.9", bad, PASSWORD).await;
        response.assert_ok();
        assert!(response.set_cookie(DEVICE).is_some());
    }
}

#[tokio::test]
async fn device_of_a_deleted_account_does_no_harm() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    browser.post("delete-account", &[("current_password", PASSWORD)]).await;
    assert!(browser.cookie(DEVICE).is_some());
    browser.sign_in(ADA, PASSWORD).await;
    assert!(!browser.is_signed_in().await);
    browser.sign_up(ADA).await;
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn device_is_unknown_after_400_days() {
    let app = TestApp::new().await;
    let device = device_of(&app, ADA).await;
    app.wait(Duration::from_hours(400 * 24));
    attempt_status(&app, "192.0.2.9", &device, WRONG_PASSWORD).await;
    assert_eq!(count(&app, "attempts").await, 3, "counted for the network and the account");
}
