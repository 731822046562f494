//! The notice that the password was reset.

use super::{circumstances, signature};
use crate::{
    domain::Timestamp,
    mail::{
        Letterhead,
        content::{Action, Content},
        letter::Client,
    },
};

/// The message.
pub fn content(letterhead: &Letterhead, at: Timestamp, client: &Client) -> Content {
    let product = letterhead.product.as_str();
    Content {
        subject: format!("Your {product} password was reset"),
        before: vec![
            format!(
                "A new password was set for your {product} account with a link that we sent to this address. Every \
                 device is signed out."
            ),
            circumstances(at, client),
        ],
        action: Some(Action {
            label: "Reset it again".to_owned(),
            url: format!("{}/forgot-password", letterhead.base_url),
        }),
        after: vec![
            "If it was you, there is nothing to do. If it was not you, another person can read your e-mail: secure your \
             mailbox first, then reset the password again."
                .to_owned(),
        ],
        signature: signature(letterhead),
    }
}
