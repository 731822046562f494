//! The texts of the messages, one file per message.

pub mod account_exists;
pub mod code;
pub mod password_reset;
pub mod reset_password;
pub mod sign_in;
pub mod test;
pub mod verify_email;

use super::Letterhead;

/// The last line of every message.
fn signature(letterhead: &Letterhead) -> String {
    format!("{} · {}", letterhead.product.as_str(), letterhead.base_url)
}
