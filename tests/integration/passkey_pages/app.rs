//! What the script of the pages does with a passkey.

use std::time::Duration;

use serde_json::Value;

use crate::support::{TestApp, authenticator::Authenticator, browser::Browser, client::TestResponse};

pub const ADA: &str = "ada@example.com";

/// Longer than a challenge is valid.
pub const TOO_LATE: Duration = Duration::from_mins(5);

/// A signed-in user with a passkey on a phone.
pub struct Enrolled {
    pub browser: Browser,
    pub phone: Authenticator,
}

/// Signs up with a password, and adds a passkey.
pub async fn enrolled(app: &TestApp) -> Enrolled {
    let browser = Browser::new(app);
    browser.sign_up(ADA).await;
    let mut phone = Authenticator::synced();
    let answer = add(&browser, &mut phone, "Phone").await;
    assert_eq!(answer.header("location"), "/account/security");
    Enrolled { browser, phone }
}

/// The answer to the script that asks for options.
pub async fn answer(browser: &Browser, action: &str, fields: &[(&str, &str)]) -> TestResponse {
    browser.post(&format!("{action}/options"), fields).await
}

/// The options of a ceremony.
pub async fn options(browser: &Browser, action: &str, fields: &[(&str, &str)]) -> Value {
    let answer = answer(browser, action, fields).await;
    answer.assert_ok();
    answer.json()["options"].clone()
}

/// The page that the answer leads to, instead of options.
pub async fn page(browser: &Browser, action: &str, fields: &[(&str, &str)]) -> String {
    let answer = answer(browser, action, fields).await;
    answer.assert_ok();
    answer.json()["page"].as_str().unwrap_or_else(|| panic!("a page: {}", answer.body)).to_owned()
}

/// Adds a passkey.
pub async fn add(browser: &Browser, authenticator: &mut Authenticator, name: &str) -> TestResponse {
    let options = options(browser, "add-passkey", &[("name", name)]).await;
    let response = authenticator.register(&options).json().to_string();
    browser.post("add-passkey", &[("name", name), ("response", &response)]).await
}

/// Signs in with the newest passkey of the authenticator.
pub async fn sign_in(browser: &Browser, authenticator: &mut Authenticator, form: &[(&str, &str)]) -> TestResponse {
    let response = authenticator.sign(&options(browser, "sign-in-passkey", &[]).await).json().to_string();
    browser.post("sign-in-passkey", &[form, &[("response", &*response)]].concat()).await
}

/// The ids of the passkeys on the page.
pub fn listed(page: &str) -> Vec<String> {
    let (_, forms) = page.split_once("action=\"/actions/remove-passkey\"").unwrap_or_default();
    let ids = forms.split("name=\"passkey\" value=\"").skip(1);
    let mut ids: Vec<_> = ids.map(|rest| rest.split('"').next().expect("an id").to_owned()).collect();
    ids.sort();
    ids.dedup();
    ids
}
