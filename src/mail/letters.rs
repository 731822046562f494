//! The texts of the messages, one file per message.

pub mod account_exists;
pub mod change_email;
pub mod email_changed;
pub mod email_taken;
pub mod password_reset;
pub mod reset_password;
pub mod test;
pub mod verify_email;

use super::Letterhead;

/// The last line of every message.
fn signature(letterhead: &Letterhead) -> String {
    format!("{} · {}", letterhead.product.as_str(), letterhead.base_url)
}
