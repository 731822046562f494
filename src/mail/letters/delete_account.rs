//! The link to delete the account.

use super::signature;
use crate::mail::{
    Letterhead,
    content::{Action, Content},
};

/// The message with `url`.
pub fn content(letterhead: &Letterhead, url: String) -> Content {
    let product = letterhead.product.as_str();
    Content {
        subject: format!("Delete your {product} account"),
        before: vec![format!(
            "We received a request to delete your {product} account. If it was yours, follow this link in the browser in \
             which you are signed in. It works once, for an hour."
        )],
        action: Some(Action { label: "Delete the account".to_owned(), url }),
        after: vec![
            "The deletion cannot be undone. Do not forward this message.".to_owned(),
            format!(
                "If it was not yours, another person is signed in to your account. Reset the password. This signs out \
                 every device: {}/forgot-password",
                letterhead.base_url
            ),
        ],
        signature: signature(letterhead),
    }
}
