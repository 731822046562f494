//! A form that waits in the browser until the user has confirmed their identity.
//!
//! The cookie is sealed, and bound to the user and the session. The form is posted again as it was: it passes the same
//! parsing and rules as at first.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    crypto::random::{NoRandomness, random_bytes},
    domain::{SessionId, Timestamp, UserId, form::FormKind},
    mail::codes::BrowserSecret,
};

/// How long a form waits.
pub const CONFIRMATION_LIFETIME: Duration = Duration::from_mins(15);

/// The most bytes before sealing: browsers store no cookie of more than 4,096 bytes. A longer form loses its values.
const MAX_TEXT: usize = 2_800;

/// A form as it was posted.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct PostedForm {
    /// The last part of the path of the server function.
    pub action: String,
    /// The fields, percent-encoded. They may contain a password.
    pub body: String,
}

/// A form that waits, in a sealed cookie. Not `Debug`: it may contain a password.
#[derive(Clone, Serialize, Deserialize)]
pub struct WaitingForm {
    user: String,
    session: String,
    /// When it began to wait, in milliseconds.
    at: i64,
    /// Random: tells tabs apart, and reveals nothing.
    pub label: String,
    /// The form.
    pub form: FormKind,
    /// What is posted afterwards. `None`: nothing, or more than fits in a cookie.
    pub posted: Option<PostedForm>,
    /// Where the user continues if nothing is posted. Empty: at the page of the form.
    pub next: String,
    /// The secret of the browser, if it has asked for a message with a code.
    browser: String,
}

impl PostedForm {
    /// Whether the form has a field of this name.
    pub fn has(&self, field: &str) -> bool {
        url::form_urlencoded::parse(self.body.as_bytes()).any(|(name, _)| name == field)
    }
}

impl WaitingForm {
    /// A form of the signed-in user.
    pub fn new(
        (user, session): (UserId, SessionId),
        form: FormKind,
        posted: Option<PostedForm>,
        now: Timestamp,
    ) -> Result<Self, NoRandomness> {
        let label = random_bytes::<8>()?.map(|byte| format!("{byte:02x}")).concat();
        Ok(Self {
            user: user.to_string(),
            session: session.to_string(),
            at: now.millis(),
            label,
            form,
            posted,
            next: String::new(),
            browser: String::new(),
        })
    }

    /// Continues at `next`, an address that fits in a cookie.
    #[must_use]
    pub fn then(mut self, next: &str) -> Self {
        next.clone_into(&mut self.next);
        self
    }

    /// Notes that the browser with this secret has asked for a message.
    pub fn keep_browser(&mut self, browser: &BrowserSecret) {
        self.browser = browser.expose();
    }

    /// The secret of the browser that has asked for a message.
    pub fn browser(&self) -> Option<BrowserSecret> {
        BrowserSecret::parse(&self.browser)
    }

    /// Whether this is a form of this session that has not waited too long. The cookie's own lifetime is only a request to
    /// the browser.
    pub fn is_of(&self, user: UserId, session: SessionId, now: Timestamp) -> bool {
        let waited = now.since(Timestamp::from_millis(self.at));
        self.user == user.to_string() && self.session == session.to_string() && waited < CONFIRMATION_LIFETIME
    }

    /// The text to seal.
    pub fn to_text(&self) -> String {
        let text = serde_json::to_string(self).unwrap_or_default();
        if text.len() <= MAX_TEXT {
            return text;
        }
        let short = Self { posted: None, next: String::new(), ..self.clone() };
        serde_json::to_string(&short).unwrap_or_default()
    }

    /// The form of a text.
    pub fn of_text(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(body: &str) -> WaitingForm {
        WaitingForm {
            user: "ada".to_owned(),
            session: "one".to_owned(),
            at: 0,
            label: "0011223344556677".to_owned(),
            form: FormKind::EmailChange,
            posted: Some(PostedForm { action: "request-email-change".to_owned(), body: body.to_owned() }),
            next: String::new(),
            browser: String::new(),
        }
    }

    #[test]
    fn form_that_fits_is_kept_exactly() {
        let body = "email=ada%40example.org&current_password=%F0%9F%94%91+%22";
        let kept = WaitingForm::of_text(&waiting(body).to_text()).unwrap();
        assert_eq!(kept.posted.map(|posted| posted.body).as_deref(), Some(body));
    }

    #[test]
    fn form_too_long_for_a_cookie_loses_its_values() {
        let text = waiting(&"x".repeat(16_000)).to_text();
        assert!(text.len() < MAX_TEXT);
        let kept = WaitingForm::of_text(&text).unwrap();
        assert!(kept.posted.is_none() && kept.form == FormKind::EmailChange);
    }

    #[test]
    fn field_is_found_by_its_whole_name() {
        let posted = |body: &str| PostedForm { action: String::new(), body: body.to_owned() };
        assert!(posted("a=1&current_password=").has("current_password"));
        assert!(posted("current%5Fpassword").has("current_password"));
        assert!(!posted("x_current_password=1&a=current_password").has("current_password"));
    }
}
