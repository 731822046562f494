//! What a recipient does with messages.

use axum::http::StatusCode;
use latchkey::mail::message::Message;

use crate::support::{BASE_URL, TestApp, browser::Browser, client::TestResponse, person::Person};

/// Creates an account and sends the message that verifies its address.
pub async fn person(app: &TestApp, email: &str) -> Person {
    let person = app.person(email).await;
    assert_eq!(app.deliver_mail().await, 1);
    person
}

/// Signs up in a new browser, and verifies the address there.
pub async fn verified(app: &TestApp, email: &str) -> Browser {
    let browser = Browser::new(app);
    verified_in(app, &browser, email).await;
    browser
}

/// Sends what is due, and returns the newest message to an address, without those that verify it.
pub async fn newest(app: &TestApp, to: &str) -> Option<Message> {
    only_new(app, |message| message.to == to && !is_verification(message)).await
}

/// Sends what is due, and returns the newest message that verifies an address.
pub async fn verification(app: &TestApp, to: &str) -> Option<Message> {
    only_new(app, |message| message.to == to && is_verification(message)).await
}

/// Sends what is due, and returns the newest message with a link to this page.
pub async fn with_link(app: &TestApp, to: &str, page: &str) -> Option<Message> {
    let url = format!("{BASE_URL}{page}?token=");
    only_new(app, |message| message.to == to && message.text.contains(&url)).await
}

/// Sends what is due, and returns the newest message that matches. Messages that are sent together arrive in any order, so
/// that a test must send each one before it causes the next.
pub async fn only_new(app: &TestApp, is_match: impl Fn(&Message) -> bool) -> Option<Message> {
    let earlier = app.mailbox().len();
    app.deliver_mail().await;
    let messages = app.mailbox();
    let arrived = messages.len().saturating_sub(earlier);
    let matches = messages[..arrived].iter().filter(|message| is_match(message)).count();
    assert!(matches <= 1, "{matches} messages were sent together; which one is the newest is chance");
    messages.into_iter().find(is_match)
}

fn is_verification(message: &Message) -> bool {
    message.subject.starts_with("Verify ")
}

/// The path and query of the link in a message. Both forms of the message have it.
pub fn link(message: &Message) -> String {
    let url = message.text.lines().find(|line| line.starts_with(BASE_URL)).expect("a link in the text");
    assert!(message.html.contains(&url.replace('&', "&amp;")), "{}", message.html);
    url[BASE_URL.len()..].to_owned()
}

/// The secret of a link to a page of this service.
pub fn token(message: &Message) -> String {
    let link = link(message);
    let (page, token) = link.split_once("?token=").unwrap_or_else(|| panic!("{link}"));
    let pages =
        ["/reset-password", "/verify-email", "/delete-account", "/change-email", "/undo-email-change", "/sign-in/link"];
    assert!(pages.contains(&page), "{link}");
    token.to_owned()
}

/// Signs up in a browser, and verifies the address there.
pub async fn verified_in(app: &TestApp, browser: &Browser, email: &str) {
    browser.sign_up(email).await;
    let link = link(&verification(app, email).await.expect("a message"));
    let page = open(browser, &link).await;
    browser.post("verify-email", &[("link", &label(&page))]).await;
}

/// Asks for a change of the address, in a recent session.
pub async fn ask_for(browser: &Browser, email: &str) -> TestResponse {
    browser.post("request-email-change", &[("email", email)]).await
}

/// Asks for a change of the address, and returns the link in the message.
pub async fn asked(app: &TestApp, browser: &Browser, email: &str) -> String {
    ask_for(browser, email).await;
    link(&with_link(app, email, "/change-email").await.expect("a message"))
}

/// Follows a link to a new address, and returns where the button leads.
pub async fn confirm(browser: &Browser, link: &str) -> String {
    let page = open(browser, link).await;
    browser.post("change-email", &[("link", &label(&page))]).await.header("location").to_owned()
}

/// Changes the address.
pub async fn change(app: &TestApp, browser: &Browser, email: &str) {
    let link = asked(app, browser, email).await;
    assert_eq!(confirm(browser, &link).await, "/account/security");
}

/// Asks for a link on the page.
pub async fn request_link(browser: &Browser, email: &str) -> TestResponse {
    browser.post("request-password-reset", &[("email", email)]).await
}

/// Asks for a link, and returns the secret in the message.
pub async fn requested_token(app: &TestApp, email: &str) -> String {
    request_link(&Browser::new(app), email).await;
    token(&with_link(app, email, "/reset-password").await.expect("a message"))
}

/// Opens a link, and returns the page after the redirect.
pub async fn open(browser: &Browser, link: &str) -> String {
    let page = link.split('?').next().expect("a path");
    let response = browser.follow_link(link, "cross-site").await;
    assert_eq!((response.status, response.header("location")), (StatusCode::SEE_OTHER, page));
    assert_eq!(response.header("referrer-policy"), "no-referrer");
    let response = browser.get(page).await;
    assert_eq!(response.header("referrer-policy"), "no-referrer");
    assert!(!response.body.contains("token"), "{}", response.body);
    response.body
}

/// The hidden field of a form with a link. Empty if the page has no such form.
pub fn label(page: &str) -> String {
    let (_, rest) = page.split_once(r#"name="link" value=""#).unwrap_or_default();
    rest.split('"').next().unwrap_or_default().to_owned()
}
