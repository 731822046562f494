//! The data of a sign-in by mail: in the outbox, and sealed with its one-time secret.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::outbox::{Outbox, QueueError};
use crate::domain::MailId;

/// A sign-in by mail, as it was requested.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailSignIn {
    /// The address in its normal form.
    pub email: String,
    /// The name of a new account. May be empty.
    pub name: String,
    /// Whether the session outlives the browser.
    pub remember: bool,
    /// Where the user continues.
    pub return_to: Option<String>,
    /// Where the user of a new account continues.
    pub new_user_return_to: Option<String>,
    /// Where the application shows that a link does not work.
    pub error_return_to: Option<String>,
}

/// What the message contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInParts {
    /// A code, and a link to a page of this service.
    CodeAndLink,
    /// A code, for an application with a field for it.
    Code,
    /// A link to the sign-in API.
    Link,
}

impl Outbox {
    /// Seals the data of a sign-in. It contains an address, which may have no account.
    pub fn seal_sign_in(&self, mail: MailId, sign_in: &MailSignIn) -> Result<String, QueueError> {
        let plain = Zeroizing::new(serde_json::to_vec(sign_in)?);
        Ok(URL_SAFE_NO_PAD.encode(self.sealer.seal(&plain, context(mail).as_bytes())?))
    }

    /// The data of a sign-in. `None`: the row was changed, or sealed under another master secret.
    pub fn open_sign_in(&self, mail: MailId, sealed: &str) -> Option<MailSignIn> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let plain = self.sealer.open(&sealed, context(mail).as_bytes()).ok()?;
        serde_json::from_slice(&plain).ok()
    }
}

/// Sealed data is bound to its message.
fn context(mail: MailId) -> String {
    format!("sign-in {mail}")
}
