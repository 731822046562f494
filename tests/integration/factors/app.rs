//! An authenticator app, and what its user does.

use std::time::Duration;

use serde_json::json;
use totp_rs::{Builder, Secret, Totp};

use crate::support::{
    PASSWORD, TestApp,
    browser::Browser,
    client::{TestClient, TestResponse},
};

pub const ADA: &str = "ada@example.com";

/// The cookie of a sign-in that waits for the second factor.
pub const WAITING: &str = "latchkey_second_step";

/// The cookie of a trusted device.
pub const TRUSTED: &str = "latchkey_trusted";

pub const STEP: Duration = Duration::from_secs(30);

/// The app on the user's phone.
pub struct Phone {
    totp: Totp,
    app_now: Box<dyn Fn() -> u64 + Send + Sync>,
}

impl Phone {
    /// An app with the key that a set-up page shows.
    pub fn with_key(app: &TestApp, key: &str) -> Self {
        let secret = Secret::try_from_base32(key.replace(' ', "")).expect("a key");
        assert_eq!(secret.len(), 20, "160 bits");
        Self::with_secret(app, secret)
    }

    /// An app that was set up for another system.
    pub fn of_another_system(app: &TestApp, key: &str) -> Self {
        Self::with_secret(app, Secret::try_from_base32(key).expect("a key"))
    }

    fn with_secret(app: &TestApp, secret: Secret) -> Self {
        let totp = Builder::new().with_secret(secret).build().expect("an app");
        let clock = app.clock.clock();
        let app_now = Box::new(move || u64::try_from(clock.now().seconds()).expect("a time"));
        Self { totp, app_now }
    }

    /// The code that the app shows now.
    pub fn code(&self) -> String {
        self.code_at(0)
    }

    /// The code of a later or an earlier step.
    pub fn code_at(&self, steps: i64) -> String {
        let seconds = i64::try_from((self.app_now)()).expect("a time") + 30 * steps;
        self.totp.generate(u64::try_from(seconds).expect("a time")).to_string()
    }

    /// A code that is not accepted now.
    pub fn wrong(&self) -> String {
        let near: Vec<_> = (-2..=2).map(|steps| self.code_at(steps)).collect();
        (0..1_000_000).map(|number| format!("{number:06}")).find(|code| !near.contains(code)).expect("a code")
    }
}

/// A user with an authenticator app: signed in, in a browser.
pub struct Protected {
    pub browser: Browser,
    pub phone: Phone,
    pub codes: Vec<String>,
}

/// Signs up, and turns two-step sign-in on. Then the next step begins.
pub async fn protected(app: &TestApp) -> Protected {
    let browser = Browser::new(app);
    browser.sign_up(ADA).await;
    turn_on(app, browser).await
}

/// Turns two-step sign-in on in a recent session. Then the next step begins, so that the app shows a new code.
pub async fn turn_on(app: &TestApp, browser: Browser) -> Protected {
    let phone = set_up(app, &browser).await;
    let answer = browser.post("confirm-totp", &[("code", &phone.code())]).await;
    assert_eq!(answer.header("location"), "/account/recovery-codes");
    let codes = codes(&browser.page("/account/recovery-codes").await);
    assert_eq!(codes.len(), 10);
    app.wait(STEP);
    Protected { browser, phone, codes }
}

/// Begins the set-up, and adds the key to the app.
pub async fn set_up(app: &TestApp, browser: &Browser) -> Phone {
    let answer = browser.post("set-up-totp", &[]).await;
    assert_eq!(answer.header("location"), "/account/two-step");
    Phone::with_key(app, &key(&browser.page("/account/two-step").await))
}

/// The key on the page of the set-up.
pub fn key(page: &str) -> String {
    between(page, r#"<p class="key"><code>"#, "</code>").unwrap_or_else(|| panic!("no key in {page}"))
}

/// The recovery codes on the page. Empty if it has none.
pub fn codes(page: &str) -> Vec<String> {
    between(page, r#"class="codes">"#, "</pre>")
        .map(|list| list.lines().map(str::to_owned).collect())
        .unwrap_or_default()
}

fn between(text: &str, start: &str, end: &str) -> Option<String> {
    Some(text.split_once(start)?.1.split_once(end)?.0.to_owned())
}

/// A new browser with the right password, at the second step.
pub async fn first_step(app: &TestApp) -> Browser {
    let browser = Browser::new(app);
    password(&browser).await;
    browser
}

/// Gives the right password, which leads to the second step.
pub async fn password(browser: &Browser) {
    let answer = browser.sign_in(ADA, PASSWORD).await;
    assert_eq!(answer.header("location"), "/sign-in/second-step");
}

/// Enters a code on the page, and returns where it leads.
pub async fn enter(browser: &Browser, code: &str) -> String {
    browser.post("second-step", &[("code", code)]).await.header("location").to_owned()
}

/// Enters a recovery code on the page, and returns where it leads.
pub async fn recover(browser: &Browser, code: &str) -> String {
    let form = [("code", code), ("recovery", "true")];
    browser.post("second-step", &form).await.header("location").to_owned()
}

/// The right password over the API.
pub async fn api_password(client: &TestClient) -> TestResponse {
    client.post("/api/auth/sign-in/email").json(&json!({ "email": ADA, "password": PASSWORD })).await
}

/// Fails unless the browser is neither signed in nor has any credential.
pub async fn assert_signed_out(browser: &Browser) {
    assert!(!browser.is_signed_in().await);
    assert_eq!(browser.get("/api/auth/get-session").await.body, "null");
    assert_eq!(browser.get("/api/auth/token").await.status, 401);
    assert_eq!(browser.get("/api/auth/verify").await.status, 401);
    for name in ["latchkey_session", "latchkey_access"] {
        assert_eq!(browser.cookie(name), None);
    }
}
