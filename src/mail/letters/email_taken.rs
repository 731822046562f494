//! The answers to a change to an address that cannot be taken.

use super::signature;
use crate::mail::{
    Letterhead,
    content::{Action, Content},
};

/// The message to the owner of an account with the address.
pub fn content(letterhead: &Letterhead) -> Content {
    let product = letterhead.product.as_str();
    let base = &letterhead.base_url;
    Content {
        subject: format!("This address already has a {product} account"),
        before: vec![format!(
            "We received a request to use this e-mail address for another {product} account. It has an account already, \
             and stays with it: sign in, or reset the password if you have forgotten it."
        )],
        action: Some(Action { label: "Sign in".to_owned(), url: format!("{base}/sign-in") }),
        after: vec![
            format!("Reset the password: {base}/forgot-password"),
            "If the request was not yours, ignore this message: your account stays as it is.".to_owned(),
        ],
        signature: signature(letterhead),
    }
}

/// The message to an address that an account has left, while the change can be undone.
pub fn reserved(letterhead: &Letterhead) -> Content {
    let product = letterhead.product.as_str();
    Content {
        subject: format!("This address can’t be used for {product} yet"),
        before: vec![format!(
            "We received a request to use this e-mail address for a {product} account. Another account had the address \
             until a short time ago, and its owner can still undo that change. Try again in three days."
        )],
        action: None,
        after: vec!["If the request was not yours, ignore this message: nothing changes.".to_owned()],
        signature: signature(letterhead),
    }
}
