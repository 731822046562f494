//! A person with an account.

use super::{Name, Timestamp, UserId};

/// The most characters a picture's address may have.
const MAX_IMAGE: usize = 2048;

/// Whether a text can be a picture's address: of bearable length, on one line.
pub fn is_image(text: &str) -> bool {
    text.chars().count() <= MAX_IMAGE && !text.chars().any(char::is_control)
}

/// An account as its owner may see it. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Names the account in tokens and routes.
    pub id: UserId,
    /// The e-mail address as its owner typed it.
    pub email: String,
    /// Whether the owner has shown that the mailbox is theirs.
    pub email_verified: bool,
    /// What the owner wants to be called; may be empty.
    pub name: Name,
    /// A picture's address, as given over the API.
    pub image: Option<String>,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When the profile last changed.
    pub updated_at: Timestamp,
    /// When the owner last signed in with a credential.
    pub last_sign_in_at: Option<Timestamp>,
}

/// What to change of a profile; `None` leaves a field as it is.
#[derive(Clone, Debug, Default)]
pub struct ProfileChange {
    /// The new name.
    pub name: Option<Name>,
    /// The new picture; `Some(None)` removes it.
    pub image: Option<Option<String>>,
}

impl User {
    /// What to call the person: the name, or the e-mail address where there is none.
    pub fn display_name(&self) -> &str {
        if self.name.is_empty() { &self.email } else { self.name.as_str() }
    }
}
