//! The link to set a new password.

use super::signature;
use crate::mail::{
    Letterhead,
    content::{Action, Content},
};

/// The message with `url`.
pub fn content(letterhead: &Letterhead, url: String) -> Content {
    let product = letterhead.product.as_str();
    Content {
        subject: format!("Reset your {product} password"),
        before: vec![format!(
            "We received a request to reset the password of your {product} account. If it was yours, set a new password \
             with this link. It works once, for 30 minutes."
        )],
        action: Some(Action { label: "Set a new password".to_owned(), url }),
        after: vec![
            "If it was not yours, ignore this message: your password stays as it is. Do not forward this message: the link \
             works for every reader."
                .to_owned(),
        ],
        signature: signature(letterhead),
    }
}
