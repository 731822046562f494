//! Passkeys: adding, listing, renaming and removing them.
//!
//! A passkey verifies its user (PIN, finger, face), so that it is two factors alone. It can also be the second step of
//! another sign-in. Whether sign-ins have two steps does not depend on it.

mod add;
mod assertion;
mod ceremony;
mod conditional;
mod form;
mod key;
mod manage;
mod registration;
mod relying_party;

pub use add::{AddPasskeyError, NewPasskeyOptions};
pub use assertion::{Assertion, AssertionError, RequestState, UserIs};
pub use ceremony::{CEREMONY_LIFETIME, Ceremony, CeremonySecret};
pub use conditional::Mediation;
pub use key::{InvalidPublicKey, PublicKey};
pub use manage::{ChangePasskeyError, RemovePasskeyError};
pub use registration::{CreationState, InvalidResponse, NewKey, PasskeyUser};
pub use relying_party::{InvalidRelyingParty, RelyingParty, RelyingPartySettings};

pub(in crate::auth) use add::{default_name, new_passkey, random_handle};
pub(in crate::auth) use ceremony::{begin, take};

use super::Factors;
use crate::auth::error::InternalError;

/// The maximum length of a browser's response in bytes.
pub const MAX_RESPONSE: usize = 16 * 1024;

impl Factors {
    /// Whether users can have passkeys. Browsers allow them on domains only, and on https or `localhost`.
    pub const fn passkeys_are_offered(&self) -> bool {
        self.settings.relying_party.is_some()
    }

    /// The relying party. Routes and pages that are not offered do not get here.
    pub fn relying_party(&self) -> Result<&RelyingParty, InternalError> {
        let not_offered = || InternalError::Failed("passkeys are not offered".to_owned());
        self.settings.relying_party.as_ref().ok_or_else(not_offered)
    }
}
