//! The code and the link that sign in.

use super::signature;
use crate::mail::{
    Letterhead,
    codes::Code,
    content::{Action, Content},
};

/// What the message contains.
pub struct SignInContent<'a> {
    /// The code, if the application has a field for it.
    pub code: Option<&'a Code>,
    /// The address of the link.
    pub url: Option<String>,
    /// Whether the address has no account yet.
    pub creates: bool,
}

/// The message.
pub fn content(letterhead: &Letterhead, parts: SignInContent<'_>) -> Content {
    let product = letterhead.product.as_str();
    let SignInContent { code, url, creates } = parts;
    let mut before = Vec::new();
    if let Some(code) = code {
        before.push("Enter this code in the browser where you asked for it:".to_owned());
        before.push(code.expose().to_owned());
    }
    before.push(match (code.is_some(), url.is_some()) {
        (true, true) => "Or use the link. Both work for 10 minutes; the first use ends both.".to_owned(),
        (true, false) => "It works once, for 10 minutes.".to_owned(),
        (false, _) => format!("Sign in to {product} with this link. It works once, for 10 minutes."),
    });
    if creates {
        before.push(format!("This address has no {product} account yet: signing in creates one."));
    }
    Content {
        subject: format!("Sign in to {product}"),
        before,
        action: url.map(|url| Action { label: "Sign in".to_owned(), url }),
        after: vec![
            "If you did not ask for this, ignore this message. Give the code or the link to no other person, not even to \
             support: they sign in to your account."
                .to_owned(),
        ],
        signature: signature(letterhead),
    }
}
