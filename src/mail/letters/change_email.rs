//! The link to a new address.

use super::signature;
use crate::mail::{
    Letterhead,
    content::{Action, Content},
};

/// The message with `url`, to the new address.
pub fn content(letterhead: &Letterhead, url: String) -> Content {
    let product = letterhead.product.as_str();
    Content {
        subject: format!("Confirm your new e-mail address for {product}"),
        before: vec![format!(
            "We received a request to use this e-mail address for an existing {product} account. If it was yours, confirm \
             the address with this link. It works once, for an hour, in a browser that is signed in to the account."
        )],
        action: Some(Action { label: "Confirm the address".to_owned(), url }),
        after: vec!["If it was not yours, ignore this message: nothing changes.".to_owned()],
        signature: signature(letterhead),
    }
}
