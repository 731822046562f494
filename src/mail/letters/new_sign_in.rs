//! The notice of a sign-in on a new device in a new network.

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
    let base = &letterhead.base_url;
    Content {
        subject: format!("New sign-in to your {product} account"),
        before: vec![
            format!("Your {product} account was used to sign in on a new device and in a new network."),
            circumstances(at, client),
        ],
        action: Some(Action { label: "Reset the password".to_owned(), url: format!("{base}/forgot-password") }),
        after: vec![
            "If it was you, there is nothing to do. If it was not you, another person can sign in to your account: reset \
             the password with the link above. This signs out every device."
                .to_owned(),
            format!("All your devices: {base}/account/sessions"),
        ],
        signature: signature(letterhead),
    }
}
