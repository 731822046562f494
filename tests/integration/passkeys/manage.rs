//! Listing, renaming and removing passkeys.

use std::time::Duration;

use serde_json::{Value, json};

use super::app::{ADA, EVE, UNLIMITED, enrolled, get, ids, outcome, post, register, remove, sign_in, signs_in};
use crate::{
    mail::codes::ON,
    support::{
        NEW_PASSWORD, PASSWORD, TestApp,
        authenticator::Authenticator,
        browser::Browser,
        records::{count, operate},
    },
};

async fn rename(browser: &Browser, id: &Value, name: &str) -> (String, Value) {
    let answer = post(browser, "update-passkey", json!({ "id": id, "name": name })).await;
    let body = if answer.body.is_empty() { Value::Null } else { answer.json() };
    (outcome(&answer), body)
}

#[tokio::test]
async fn passkey_is_renamed() {
    let app = TestApp::new().await;
    let ada = enrolled(&app, ADA).await;
    let (status, body) = rename(&ada.browser, &ada.passkey["id"], "  Old phone ").await;
    assert_eq!((status.as_str(), &body["passkey"]["name"]), ("200", &json!("Old phone")));
    assert_eq!(body["passkey"]["id"], ada.passkey["id"]);
    assert_eq!(get(&ada.browser, "list-user-passkeys").await.json()[0], body["passkey"]);
    for name in ["", "  ", "a\u{202e}b", "a\nb", &"x".repeat(65)] {
        let (status, _) = rename(&ada.browser, &ada.passkey["id"], name).await;
        assert_eq!(status, "400 VALIDATION_ERROR", "{name:?}");
    }
    app.wait(Duration::from_hours(1));
    assert_eq!(rename(&ada.browser, &ada.passkey["id"], &"x".repeat(64)).await.0, "200", "no recent sign-in");
}

#[tokio::test]
async fn removal_needs_a_recent_sign_in() {
    let app = TestApp::new().await;
    let mut ada = enrolled(&app, ADA).await;
    app.wait(Duration::from_mins(15));
    assert_eq!(outcome(&remove(&ada.browser, &ada.passkey).await), "403 SESSION_NOT_FRESH");
    assert!(signs_in(&app, &mut ada.phone).await);
    sign_in(&ada.browser, &mut ada.phone).await.assert_ok();
    let removed = remove(&ada.browser, &ada.passkey).await;
    removed.assert_ok();
    assert_eq!(removed.json(), json!({ "status": true }));
    assert!(ids(&ada.browser).await.is_empty());
    assert_eq!(outcome(&remove(&ada.browser, &ada.passkey).await), "404 PASSKEY_NOT_FOUND");
}

#[tokio::test]
async fn passkey_of_another_user_is_out_of_reach() {
    let app = TestApp::new().await;
    let mut ada = enrolled(&app, ADA).await;
    let eve = enrolled(&app, EVE).await;
    assert_eq!(ids(&eve.browser).await, [eve.passkey["id"].as_str().expect("an id")]);
    let removal = remove(&eve.browser, &ada.passkey).await;
    assert_eq!((removal.status.as_u16(), removal.body.as_str()), (401, ""));
    let (status, _) = rename(&eve.browser, &ada.passkey["id"], "Mine").await;
    assert_eq!(status, "401 YOU_ARE_NOT_ALLOWED_TO_REGISTER_THIS_PASSKEY");
    assert_eq!(rename(&eve.browser, &json!(""), "Mine").await.0, "400");
    assert_eq!(outcome(&remove(&eve.browser, &json!({ "id": "" })).await), "400");
    for id in ["01a1fdd4-8fab-7e2d-a429-11e08750ea01", "x", "' OR 1=1"] {
        assert_eq!(rename(&eve.browser, &json!(id), "Mine").await.0, "404 PASSKEY_NOT_FOUND", "{id}");
        assert_eq!(outcome(&remove(&eve.browser, &json!({ "id": id })).await), "404 PASSKEY_NOT_FOUND", "{id}");
    }
    assert_ne!(get(&ada.browser, "list-user-passkeys").await.json()[0]["name"], "Mine");
    assert!(signs_in(&app, &mut ada.phone).await);
}

#[tokio::test]
async fn routes_need_a_session() {
    let app = TestApp::new().await;
    let ada = enrolled(&app, ADA).await;
    let anonymous = Browser::new(&app);
    assert_eq!(outcome(&get(&anonymous, "list-user-passkeys").await), "401 UNAUTHORIZED");
    assert_eq!(outcome(&remove(&anonymous, &ada.passkey).await), "401 UNAUTHORIZED");
    assert_eq!(rename(&anonymous, &ada.passkey["id"], "x").await.0, "401 UNAUTHORIZED");
    assert_eq!(count(&app, "passkeys").await, 1);
}

#[tokio::test]
async fn last_way_in_is_kept() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let mut ada = enrolled(&app, ADA).await;
    operate(&app, "DELETE FROM credentials").await;
    assert_eq!(outcome(&remove(&ada.browser, &ada.passkey).await), "400 LAST_WAY_TO_SIGN_IN");
    assert!(signs_in(&app, &mut ada.phone).await);
    let mut key = Authenticator::security_key();
    register(&ada.browser, &mut key).await;
    remove(&ada.browser, &ada.passkey).await.assert_ok();
    assert!(signs_in(&app, &mut key).await);
    assert_eq!(ids(&ada.browser).await.len(), 1);
}

#[tokio::test]
async fn mailbox_is_a_way_in_if_verified() {
    let app = TestApp::with(&[UNLIMITED, ON]).await;
    let ada = enrolled(&app, ADA).await;
    operate(&app, "DELETE FROM credentials").await;
    assert_eq!(outcome(&remove(&ada.browser, &ada.passkey).await), "400 LAST_WAY_TO_SIGN_IN", "not verified");
    operate(&app, "UPDATE users SET email_verified = true").await;
    app.wait(Duration::from_secs(1));
    remove(&ada.browser, &ada.passkey).await.assert_ok();
}

#[tokio::test]
async fn password_change_keeps_passkeys() {
    let app = TestApp::new().await;
    let mut ada = enrolled(&app, ADA).await;
    let change = json!({ "currentPassword": PASSWORD, "newPassword": NEW_PASSWORD });
    ada.browser.post_json("/api/auth/change-password", &change).await.assert_ok();
    assert!(signs_in(&app, &mut ada.phone).await);
}
