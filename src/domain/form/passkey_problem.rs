//! Why a form about passkeys was rejected.

use serde::{Deserialize, Serialize};

use super::Field;
use crate::domain::passkey::InvalidPasskeyName;

/// Why a form about passkeys was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PasskeyProblem {
    /// The name is invalid.
    Name(InvalidPasskeyName),
    /// The form has no response of a passkey: the page's script did not run.
    Missing,
    /// The ceremony took too long, was completed, or began in another browser.
    Ended,
    /// The response of the passkey is not valid.
    Invalid,
    /// No account has this passkey.
    Unknown,
    /// The passkey is right, and the address of its account is not verified.
    NotVerified,
    /// The passkey is registered already.
    Duplicate,
    /// The account has as many passkeys as it can have.
    TooMany,
    /// The passkey was removed before.
    Gone,
    /// Without this passkey the user could not sign in.
    LastWayIn,
}

impl PasskeyProblem {
    /// The field with the error. `None`: the error concerns the whole form.
    pub const fn field(self) -> Option<Field> {
        match self {
            Self::Name(_) => Some(Field::PasskeyName),
            _ => None,
        }
    }
}
