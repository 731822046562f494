//! What a user does with a code or a link that signs in.

use latchkey::mail::message::Message;

use super::inbox::only_new;
use crate::support::{
    PASSWORD, TestApp,
    browser::Browser,
    client::TestResponse,
    person::Person,
    records::{count, operate},
};

pub const ADA: &str = "ada@example.com";

/// The setting that offers sign-in by mail.
pub const ON: (&str, &str) = ("LATCHKEY_EMAIL_SIGN_IN", "on");

/// The cookie of the browser that asked for a code.
pub const ASKED: &str = "latchkey_code";

pub async fn app() -> TestApp {
    TestApp::with(&[ON]).await
}

/// A user with a verified address and a password. All messages are sent.
pub async fn verified_person(app: &TestApp, email: &str) -> Person {
    let person = app.person(email).await;
    app.deliver_mail().await;
    operate(app, &format!("UPDATE users SET email_verified = true WHERE email = '{email}'")).await;
    person
}

/// Asks for a message on the page, with "Keep me signed in".
pub async fn ask(browser: &Browser, email: &str) -> TestResponse {
    browser.post("request-sign-in", &[("email", email), ("remember", "true")]).await
}

/// Asks for a message on the page, and returns it.
pub async fn asked(app: &TestApp, browser: &Browser, email: &str) -> Message {
    assert_eq!(ask(browser, email).await.header("location"), "/sign-in/code");
    message(app, email).await.expect("a message")
}

/// Sends what is due, and returns the newest message that signs in.
pub async fn message(app: &TestApp, to: &str) -> Option<Message> {
    only_new(app, |message| message.to == to && message.subject.starts_with("Sign in to ")).await
}

/// The code in a message. Both forms of the message have it.
pub fn code(message: &Message) -> String {
    let is_code = |line: &&str| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit());
    let code = message.text.lines().find(is_code).unwrap_or_else(|| panic!("no code in {}", message.text));
    assert!(message.html.contains(&format!("<p class=\"code\">{code}</p>")), "{}", message.html);
    code.to_owned()
}

/// Another code.
pub fn wrong(code: &str) -> String {
    let number: u32 = code.parse().expect("a number");
    format!("{:06}", (number + 1) % 1_000_000)
}

/// Enters a code on the page.
pub async fn enter(browser: &Browser, code: &str) -> TestResponse {
    browser.post("sign-in-with-code", &[("code", code)]).await
}

/// Enters a code that is refused, and returns the page that says why.
pub async fn refusal(browser: &Browser, code: &str) -> TestResponse {
    assert_eq!(enter(browser, code).await.header("location"), "/sign-in/code");
    browser.get("/sign-in/code").await
}

pub async fn is_verified(app: &TestApp) -> bool {
    count(app, "users WHERE email_verified").await == 1
}

/// Whether the password of the tests signs in.
pub async fn password_works(app: &TestApp, email: &str) -> bool {
    Person::sign_in_with(app, email, PASSWORD).await.status == 200
}
