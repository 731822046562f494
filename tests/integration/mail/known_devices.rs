//! When a device that the user has used before counts as new, so that a sign-in on it is notified.

use serde_json::json;

use super::inbox::{requested_token, verified};
use crate::support::{
    BASE_URL, NEW_PASSWORD, PASSWORD, TestApp,
    browser::{Browser, DEVICE},
};

const ADA: &str = "ada@example.com";
/// An address in a new network.
const AWAY: &str = "198.51.100.7";

/// Signs in with this device cookie. Whether the user is notified.
async fn is_notified(app: &TestApp, address: &str, device: &str, password: &str) -> bool {
    let browser = Browser::at(app, BASE_URL, address);
    browser.set_cookie(DEVICE, device);
    browser.sign_in(ADA, password).await;
    assert!(browser.is_signed_in().await);
    app.deliver_mail().await;
    app.mailbox().iter().any(|message| message.subject == "New sign-in to your Latchkey account")
}

/// The id of the user's other session.
async fn other_session(browser: &Browser) -> String {
    let session = browser.get("/api/auth/get-session").await.json();
    let user = session["user"]["id"].as_str().expect("an id");
    let list = browser.get(&format!("/api/users/{user}/sessions")).await.json();
    let other = list["sessions"].as_array().expect("a list").iter().find(|session| session["current"] == false);
    other.expect("another session")["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn device_of_the_former_password_is_new() {
    let app = TestApp::new().await;
    let ada = verified(&app, ADA).await;
    let former = ada.cookie(DEVICE).expect("a cookie");
    ada.post("change-password", &[("current_password", PASSWORD), ("new_password", NEW_PASSWORD)]).await;
    let present = ada.cookie(DEVICE).expect("a cookie");
    assert!(!is_notified(&app, "203.0.113.9", &present, NEW_PASSWORD).await);
    assert!(is_notified(&app, AWAY, &former, NEW_PASSWORD).await);
}

#[tokio::test]
async fn device_is_new_after_a_reset() {
    let app = TestApp::new().await;
    let device = verified(&app, ADA).await.cookie(DEVICE).expect("a cookie");
    let body = json!({ "token": requested_token(&app, ADA).await, "newPassword": NEW_PASSWORD });
    app.client().post("/api/auth/reset-password").json(&body).await.assert_ok();
    assert!(is_notified(&app, AWAY, &device, NEW_PASSWORD).await);
}

#[tokio::test]
async fn device_is_new_after_signing_out_everywhere() {
    for path in ["/api/auth/revoke-sessions", "/api/auth/revoke-other-sessions"] {
        let app = TestApp::new().await;
        let ada = verified(&app, ADA).await;
        let device = ada.cookie(DEVICE).expect("a cookie");
        ada.post_json(path, &json!({})).await.assert_ok();
        assert!(is_notified(&app, AWAY, &device, PASSWORD).await, "{path}");
    }
}

#[tokio::test]
async fn device_whose_session_is_revoked_is_new() {
    let app = TestApp::new().await;
    let ada = verified(&app, ADA).await;
    let lost = Browser::new(&app);
    lost.sign_in(ADA, PASSWORD).await;
    let device = lost.cookie(DEVICE).expect("a cookie");
    ada.post("revoke-session", &[("session_id", &other_session(&ada).await)]).await;
    assert!(!lost.is_signed_in().await);
    assert!(is_notified(&app, AWAY, &device, PASSWORD).await);
}

#[tokio::test]
async fn device_stays_known_after_sign_out() {
    let app = TestApp::new().await;
    let ada = verified(&app, ADA).await;
    ada.post("sign-out", &[]).await;
    let device = ada.cookie(DEVICE).expect("a cookie");
    assert!(!is_notified(&app, AWAY, &device, PASSWORD).await);
}
