//! The link to verify the address of an account.

use super::signature;
use crate::mail::{
    Letterhead,
    content::{Action, Content},
};

/// The message with `url`.
pub fn content(letterhead: &Letterhead, url: String) -> Content {
    let product = letterhead.product.as_str();
    Content {
        subject: format!("Verify your e-mail address for {product}"),
        before: vec![format!(
            "A {product} account was created with this e-mail address. If it is yours, verify the address with this link. \
             It works once, for an hour."
        )],
        action: Some(Action { label: "Verify the address".to_owned(), url }),
        after: vec![
            "If it is not yours, ignore this message. Do not forward it: the link works for every reader.".to_owned(),
        ],
        signature: signature(letterhead),
    }
}
