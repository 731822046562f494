//! `LATCHKEY_SECOND_FACTOR=required`: a session without a second factor can only set one up.

mod api;
mod existing;
mod pages;
mod passkeys;
mod recovery;
mod ways;

use serde_json::json;

use super::app::{ADA, Phone, codes, key};
use crate::support::{
    TestApp,
    browser::{ACCESS, Browser},
    client::TestResponse,
};

pub const REQUIRED: (&str, &str) = ("LATCHKEY_SECOND_FACTOR", "required");

/// The page of the set-up.
pub const SET_UP: &str = "/sign-in/set-up";

async fn required() -> TestApp {
    TestApp::with(&[REQUIRED]).await
}

/// A new user, whose session is restricted.
async fn restricted(app: &TestApp) -> Browser {
    let browser = Browser::new(app);
    assert_eq!(browser.sign_up(ADA).await.header("location"), SET_UP);
    browser
}

/// Begins the set-up on its page, and adds the key to the app.
async fn begin(app: &TestApp, browser: &Browser) -> Phone {
    assert_eq!(browser.post("set-up-totp", &[]).await.header("location"), SET_UP);
    Phone::with_key(app, &key(&browser.page(SET_UP).await))
}

/// Completes the set-up on its page. Returns the app and the recovery codes.
async fn complete(app: &TestApp, browser: &Browser) -> (Phone, Vec<String>) {
    let phone = begin(app, browser).await;
    let answer = browser.post("confirm-totp", &[("code", &phone.code())]).await;
    assert_eq!(answer.header("location"), "/account/recovery-codes");
    let codes = codes(&browser.page("/account/recovery-codes").await);
    assert_eq!(codes.len(), 10);
    (phone, codes)
}

/// Fails unless the browser has a session that gives no access, and no access token.
async fn assert_restricted(browser: &Browser) {
    let account = browser.get("/account").await;
    assert_eq!(account.header("location"), "/sign-in/set-up?next=%2Faccount", "{}", account.body);
    assert_refused(&browser.get("/api/auth/get-session").await);
    assert_refused(&browser.get("/api/auth/token").await);
    assert_eq!(browser.get("/api/auth/verify").await.status, 403);
    assert_eq!(browser.cookie(ACCESS), None);
}

/// Fails unless the contract's route says what is missing.
fn assert_refused(answer: &TestResponse) {
    let expected = json!({ "code": "SECOND_FACTOR_REQUIRED", "message": "Set up two-step sign-in first" });
    assert_eq!((answer.status.as_u16(), answer.json()), (403, expected));
    assert!(!answer.has("set-auth-jwt"));
}

/// Fails unless the browser has full access, with two factors.
async fn assert_full(browser: &Browser) {
    assert!(browser.is_signed_in().await);
    assert_eq!(browser.get("/api/auth/get-session").await.status, 200);
    let answer = browser.get("/api/auth/verify?acr=aal2").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}
