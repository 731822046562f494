//! The code that confirms the identity of a user, or, for applications with a field for it, verifies an address or sets a
//! new password.

use super::signature;
use crate::mail::{Letterhead, codes::Code, content::Content};

/// What a code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeUse {
    /// Verifying the e-mail address.
    VerifyEmail,
    /// Setting a new password.
    ResetPassword,
    /// Confirming the identity of a signed-in user.
    Confirm,
}

/// The message with `code`.
pub fn content(letterhead: &Letterhead, usage: CodeUse, code: &Code) -> Content {
    let product = letterhead.product.as_str();
    let (subject, about) = match usage {
        CodeUse::VerifyEmail => (
            format!("Verify your e-mail address for {product}"),
            "Enter this code where you asked for it to verify your e-mail address:",
        ),
        CodeUse::ResetPassword => {
            (format!("Reset your {product} password"), "Enter this code where you asked for it to set a new password:")
        }
        CodeUse::Confirm => (
            format!("Confirm that it’s you at {product}"),
            "Enter this code where you asked for it to confirm that it’s you:",
        ),
    };
    Content {
        subject,
        before: vec![
            about.to_owned(),
            code.expose().to_owned(),
            "It works once, for 10 minutes, in the browser where you asked for it.".to_owned(),
        ],
        action: None,
        after: vec![
            "If you did not ask for this, ignore this message. Give the code to no other person, not even to support."
                .to_owned(),
        ],
        signature: signature(letterhead),
    }
}
