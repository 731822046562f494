//! The message of `latchkey mail test`.

use super::signature;
use crate::mail::{Letterhead, content::Content};

/// The message.
pub fn content(letterhead: &Letterhead) -> Content {
    let product = letterhead.product.as_str();
    Content {
        subject: format!("Test message from {product}"),
        before: vec![format!(
            "The mail settings of {product} work: the command `latchkey mail test` sent this message."
        )],
        action: None,
        after: Vec::new(),
        signature: signature(letterhead),
    }
}
