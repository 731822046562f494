//! The notice that a session ended because its token was used twice.

use super::{circumstances, signature};
use crate::{
    domain::Timestamp,
    mail::{
        Letterhead,
        content::{Action, Content},
        letter::Client,
    },
};

/// The message about the session on `device`, whose token `client` presented.
pub fn content(
    letterhead: &Letterhead,
    at: Timestamp,
    client: &Client,
    device: &str,
    signed_in_at: Timestamp,
) -> Content {
    let product = letterhead.product.as_str();
    let base = &letterhead.base_url;
    Content {
        subject: format!("A device was signed out of your {product} account"),
        before: vec![
            format!(
                "An old copy of a session of your {product} account was used. The session may have been stolen, so we \
                 have ended it. It was on this device: {device}, signed in {}.",
                signed_in_at.to_text()
            ),
            format!("The copy was used here. {}", circumstances(at, client)),
        ],
        action: Some(Action { label: "Reset the password".to_owned(), url: format!("{base}/forgot-password") }),
        after: vec![
            "If you have restored a backup of the device or copied its browser data, there is nothing to do: sign in \
             again. If not, check the device for malware, and reset the password with the link above. This signs out \
             every device."
                .to_owned(),
            format!("All your devices: {base}/account/sessions"),
        ],
        signature: signature(letterhead),
    }
}
