//! The notice that the password was changed.

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
        subject: format!("Your {product} password was changed"),
        before: vec![
            format!("The password of your {product} account was changed. Every other device is signed out."),
            circumstances(at, client),
        ],
        action: Some(Action {
            label: "Reset the password".to_owned(),
            url: format!("{}/forgot-password", letterhead.base_url),
        }),
        after: vec![
            "If it was you, there is nothing to do. If it was not you, another person knew your password: reset it with \
             the link above. This signs out every device."
                .to_owned(),
        ],
        signature: signature(letterhead),
    }
}
