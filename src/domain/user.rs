//! Users.

use super::{Name, Timestamp, UserId};

/// A user's account. Contains no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The user's id.
    pub id: UserId,
    /// The e-mail address in its normal form.
    pub email: String,
    /// Whether the user has confirmed the e-mail address.
    pub email_verified: bool,
    /// The display name, possibly empty.
    pub name: Name,
    /// An image URL, set over the API.
    pub image: Option<String>,
    /// The time of the sign-up.
    pub created_at: Timestamp,
    /// The time of the last profile change.
    pub updated_at: Timestamp,
    /// The time of the last sign-in. `None`: never.
    pub last_sign_in_at: Option<Timestamp>,
    /// Whether sign-ins have two steps.
    pub two_factor: bool,
}

/// A change of a profile. `None` keeps a field.
#[derive(Clone, Debug, Default)]
pub struct ProfileChange {
    /// The new name.
    pub name: Option<Name>,
    /// The new image.
    pub image: Option<ImageChange>,
}

/// A change of the image.
#[derive(Clone, Debug)]
pub enum ImageChange {
    /// The new address.
    Replace(String),
    /// The user has no image.
    Remove,
}

impl User {
    /// The name, or the e-mail address of a user without a name.
    pub fn display_name(&self) -> &str {
        if self.name.is_empty() { &self.email } else { self.name.as_str() }
    }
}
