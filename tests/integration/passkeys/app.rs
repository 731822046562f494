//! What a user does with a passkey, as the stock client does it.

use serde_json::{Value, json};

use crate::support::{TestApp, authenticator::Authenticator, browser::Browser, client::TestResponse};

pub const ADA: &str = "ada@example.com";

pub const EVE: &str = "eve@example.com";

/// The cookie of a registration.
pub const REGISTRATION: &str = "latchkey_passkey_registration";

/// The cookie of a sign-in.
pub const SIGN_IN: &str = "latchkey_passkey_sign_in";

/// No rate limits.
pub const UNLIMITED: (&str, &str) = ("LATCHKEY_RATE_LIMIT", "off");

/// A signed-in user with a passkey on a phone.
pub struct Enrolled {
    pub browser: Browser,
    pub phone: Authenticator,
    /// The passkey in the answer to its registration.
    pub passkey: Value,
}

/// Signs up, and adds a passkey.
pub async fn enrolled(app: &TestApp, email: &str) -> Enrolled {
    let browser = Browser::new(app);
    browser.sign_up(email).await;
    let mut phone = Authenticator::synced();
    let passkey = register(&browser, &mut phone).await;
    Enrolled { browser, phone, passkey }
}

pub async fn get(browser: &Browser, path: &str) -> TestResponse {
    browser.get(&format!("/api/auth/passkey/{path}")).await
}

pub async fn post(browser: &Browser, path: &str, body: Value) -> TestResponse {
    browser.post_json(&format!("/api/auth/passkey/{path}"), &body).await
}

/// Begins a registration.
pub async fn registration_options(browser: &Browser) -> Value {
    let answer = get(browser, "generate-register-options").await;
    answer.assert_ok();
    answer.json()
}

/// Completes a registration.
pub async fn verify_registration(browser: &Browser, response: Value) -> TestResponse {
    post(browser, "verify-registration", json!({ "response": response })).await
}

/// Adds a passkey, and returns it.
pub async fn register(browser: &Browser, authenticator: &mut Authenticator) -> Value {
    let response = authenticator.register(&registration_options(browser).await).json();
    let answer = verify_registration(browser, response).await;
    answer.assert_ok();
    answer.json()
}

/// Begins a sign-in.
pub async fn sign_in_options(browser: &Browser) -> Value {
    let answer = get(browser, "generate-authenticate-options").await;
    answer.assert_ok();
    answer.json()
}

/// Completes a sign-in.
pub async fn verify_sign_in(browser: &Browser, response: Value) -> TestResponse {
    post(browser, "verify-authentication", json!({ "response": response })).await
}

/// Signs in with the newest passkey of the authenticator.
pub async fn sign_in(browser: &Browser, authenticator: &mut Authenticator) -> TestResponse {
    let response = authenticator.sign(&sign_in_options(browser).await).json();
    verify_sign_in(browser, response).await
}

/// Whether the passkey signs in, in a new browser.
pub async fn signs_in(app: &TestApp, authenticator: &mut Authenticator) -> bool {
    sign_in(&Browser::new(app), authenticator).await.status == 200
}

/// The ids of the user's passkeys, oldest first.
pub async fn ids(browser: &Browser) -> Vec<String> {
    let answer = get(browser, "list-user-passkeys").await;
    answer.assert_ok();
    let id = |passkey: &Value| passkey["id"].as_str().expect("an id").to_owned();
    answer.json().as_array().expect("a list").iter().map(id).collect()
}

/// Removes a passkey.
pub async fn remove(browser: &Browser, passkey: &Value) -> TestResponse {
    post(browser, "delete-passkey", json!({ "id": passkey["id"] })).await
}

/// Status and code of an answer, such as `400 CHALLENGE_NOT_FOUND`. Without a code, the status.
pub fn outcome(answer: &TestResponse) -> String {
    let status = answer.status.as_u16();
    if answer.body.is_empty() {
        return status.to_string();
    }
    answer.assert_no_internals();
    let body = answer.json();
    body["code"].as_str().map_or_else(|| status.to_string(), |code| format!("{status} {code}"))
}

/// The id of the signed-in user.
pub async fn user_id(browser: &Browser) -> String {
    let session = browser.get("/api/auth/get-session").await.json();
    session["user"]["id"].as_str().expect("an id").to_owned()
}
