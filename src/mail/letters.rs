//! The texts of the messages, one file per message.

pub mod account_deleted;
pub mod account_exists;
pub mod change_email;
pub mod code;
pub mod delete_account;
pub mod email_changed;
pub mod email_taken;
pub mod factors_changed;
pub mod new_sign_in;
pub mod password_changed;
pub mod password_reset;
pub mod reset_password;
pub mod session_ended;
pub mod sign_in;
pub mod test;
pub mod verify_email;

use super::{Letterhead, letter::Client};
use crate::domain::Timestamp;

/// The last line of every message.
fn signature(letterhead: &Letterhead) -> String {
    format!("{} · {}", letterhead.product.as_str(), letterhead.base_url)
}

/// When and from where a request came.
fn circumstances(at: Timestamp, client: &Client) -> String {
    let network = client.network.as_deref().unwrap_or("unknown");
    format!("Time: {}. Device: {}. Network: {network}.", at.to_text(), client.device)
}
