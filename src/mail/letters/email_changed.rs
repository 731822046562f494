//! The notice to the former address, with a link that undoes the change.

use super::signature;
use crate::mail::{
    Letterhead,
    content::{Action, Content},
};

/// The message with `url`, to the former address.
pub fn content(letterhead: &Letterhead, url: String) -> Content {
    let product = letterhead.product.as_str();
    Content {
        subject: format!("The e-mail address of your {product} account was changed"),
        before: vec![format!(
            "Your {product} account has another e-mail address now: this one can no longer be used to sign in. If you \
             changed it, there is nothing to do."
        )],
        action: Some(Action { label: "It wasn’t me: undo the change".to_owned(), url }),
        after: vec![
            "The link works once, for 72 hours. It gives this address back to your account, signs out every device, and \
             asks for a new password."
                .to_owned(),
            "Do not forward this message: the link works for every reader.".to_owned(),
        ],
        signature: signature(letterhead),
    }
}
