//! The fields of the forms.

use serde::{Deserialize, Serialize};

/// The form fields that can have an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The e-mail address.
    Email,
    /// The display name.
    Name,
    /// The password at sign-in, or a new password.
    Password,
    /// The current password, as confirmation.
    CurrentPassword,
    /// The code in a message.
    Code,
    /// The name of a passkey.
    PasskeyName,
}

impl Field {
    /// Whether a form shows a rejected value of this field again.
    pub const fn is_shown_again(self) -> bool {
        match self {
            Self::Email | Self::Name | Self::PasskeyName => true,
            Self::Password | Self::CurrentPassword | Self::Code => false,
        }
    }
}
