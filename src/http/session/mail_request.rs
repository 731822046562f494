//! The browser that asked for a message with a code.

use serde::{Deserialize, Serialize};
use tower_cookies::Key;

use super::cookies::CookieJar;
use crate::{crypto::random::NoRandomness, domain::Timestamp, mail::codes::BrowserSecret};

/// A longer address of the next page is dropped: browsers store no cookie of more than 4,096 bytes.
const MAX_NEXT: usize = 1_500;

/// A request for a message, in a sealed cookie.
#[derive(Clone, Serialize, Deserialize)]
pub struct MailRequested {
    browser: String,
    /// The address that the message is for.
    pub email: String,
    /// Whether the session outlives the browser.
    pub remember: bool,
    /// Where the user continues. Empty: at the home page.
    pub next: String,
    /// When, in milliseconds. Zero in a cookie of an earlier version.
    #[serde(default)]
    at: i64,
}

impl MailRequested {
    /// A request from the browser with this secret.
    pub fn new(browser: &BrowserSecret, email: &str, remember: bool, next: &str, now: Timestamp) -> Self {
        let next = if next.len() <= MAX_NEXT { next } else { "" };
        let (email, next) = (email.trim().to_owned(), next.to_owned());
        Self { browser: browser.expose(), email, remember, next, at: now.millis() }
    }

    /// When the browser asked for the message.
    pub const fn at(&self) -> Timestamp {
        Timestamp::from_millis(self.at)
    }

    /// The secret of the browser.
    pub fn browser(&self) -> Option<BrowserSecret> {
        BrowserSecret::parse(&self.browser)
    }
}

impl CookieJar {
    /// The secret of this browser: that of its last request for a message, so that the code of an earlier message stays
    /// usable, or a new one.
    pub fn browser_secret(&self, key: &Key) -> Result<BrowserSecret, NoRandomness> {
        let kept = self.mail_request(key).and_then(|request| request.browser());
        kept.map_or_else(BrowserSecret::generate, Ok)
    }
}
