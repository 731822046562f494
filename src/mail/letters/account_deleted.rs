//! The notice that the account was deleted.

use super::{circumstances, signature};
use crate::{
    domain::Timestamp,
    mail::{Letterhead, content::Content, letter::Client},
};

/// The message.
pub fn content(letterhead: &Letterhead, at: Timestamp, client: &Client) -> Content {
    let product = letterhead.product.as_str();
    Content {
        subject: format!("Your {product} account was deleted"),
        before: vec![
            format!("The {product} account with this e-mail address was deleted. It cannot be restored."),
            circumstances(at, client),
        ],
        action: None,
        after: vec![
            "If it was you, there is nothing to do.".to_owned(),
            format!(
                "If it was not you, another person had access to your account: change the password wherever you use it \
                 too. You can create a new account: {}",
                letterhead.base_url
            ),
        ],
        signature: signature(letterhead),
    }
}
