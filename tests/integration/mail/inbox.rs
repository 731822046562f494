//! What a recipient does with messages.

use latchkey::mail::message::Message;

use crate::support::{BASE_URL, TestApp, browser::Browser, client::TestResponse};

/// Sends what is due, and returns the newest message to an address.
pub async fn newest(app: &TestApp, to: &str) -> Option<Message> {
    app.deliver_mail().await;
    app.mailbox().into_iter().find(|message| message.to == to)
}

/// The path and query of the link in a message. Both forms of the message have it.
pub fn link(message: &Message) -> String {
    let url = message.text.lines().find(|line| line.starts_with(BASE_URL)).expect("a link in the text");
    assert!(message.html.contains(&url.replace('&', "&amp;")), "{}", message.html);
    url[BASE_URL.len()..].to_owned()
}

/// The secret of a link to the page of this service.
pub fn token(message: &Message) -> String {
    let link = link(message);
    link.strip_prefix("/reset-password?token=").unwrap_or_else(|| panic!("{link}")).to_owned()
}

/// Asks for a link on the page.
pub async fn request_link(browser: &Browser, email: &str) -> TestResponse {
    browser.post("request-password-reset", &[("email", email)]).await
}

/// Asks for a link, and returns the secret in the message.
pub async fn requested_token(app: &TestApp, email: &str) -> String {
    request_link(&Browser::new(app), email).await;
    token(&newest(app, email).await.expect("a message"))
}
