//! The answer to a sign-up with an address that has an account.

use super::signature;
use crate::mail::{
    Letterhead,
    content::{Action, Content},
};

/// The message.
pub fn content(letterhead: &Letterhead) -> Content {
    let product = letterhead.product.as_str();
    let base = &letterhead.base_url;
    Content {
        subject: format!("You already have a {product} account"),
        before: vec![format!(
            "We received a request to create a {product} account with this e-mail address. It has an account already: \
             sign in, or reset the password if you have forgotten it."
        )],
        action: Some(Action { label: "Sign in".to_owned(), url: format!("{base}/sign-in") }),
        after: vec![
            format!("Reset the password: {base}/forgot-password"),
            "If the request was not yours, ignore this message: your account stays as it is.".to_owned(),
        ],
        signature: signature(letterhead),
    }
}
