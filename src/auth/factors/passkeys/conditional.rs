//! Passkeys that a password manager makes by itself, soon after a sign-in with a password ("conditional create", WebAuthn
//! Level 3 §5.1.3).
//!
//! The user does nothing, so the response may say that no user was present or verified (§7.1, steps 15 and 16). A sign-in
//! with the passkey always needs both.

use serde::{Deserialize, Serialize};
use serde_cbor_2::Value;

/// The flags for a user who was present and verified (§6.1).
const USER: u8 = 0b101;

/// The offset of the flags in the authenticator data, after the hash of the domain (§6.1).
const FLAGS: usize = 32;

/// How a passkey is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mediation {
    /// The user has asked for it, and confirms it.
    #[default]
    Modal,
    /// The password manager decides.
    Conditional,
}

/// The attestation object with the flags of a user, which the library demands. `None`: it has an attestation statement,
/// which may sign the flags, or cannot be read.
pub(super) fn with_user(attestation_object: &[u8]) -> Option<Vec<u8>> {
    let Value::Map(mut object) = serde_cbor_2::from_slice(attestation_object).ok()? else { return None };
    if object.get(&key("fmt")) != Some(&Value::Text("none".to_owned())) {
        return None;
    }
    let Value::Bytes(data) = object.get_mut(&key("authData"))? else { return None };
    *data.get_mut(FLAGS)? |= USER;
    serde_cbor_2::to_vec(&Value::Map(object)).ok()
}

fn key(name: &str) -> Value {
    Value::Text(name.to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn object(format: &str, flags: u8) -> Vec<u8> {
        let data = [&[7; FLAGS][..], &[flags, 0, 0, 0, 1]].concat();
        let members = [
            (key("fmt"), Value::Text(format.to_owned())),
            (key("attStmt"), Value::Map(BTreeMap::new())),
            (key("authData"), Value::Bytes(data)),
        ];
        serde_cbor_2::to_vec(&Value::Map(BTreeMap::from(members))).unwrap()
    }

    #[test]
    fn flags_of_user_are_set() {
        for flags in [0b0101_1000, 0b0101_1001, 0b0101_1101] {
            assert_eq!(with_user(&object("none", flags)), Some(object("none", 0b0101_1101)));
        }
    }

    #[test]
    fn signed_flags_are_not_changed() {
        let whole = object("none", 0);
        for other in [&object("packed", 0)[..], &whole[..20], b"", b"\xa0", b"\xf6"] {
            assert_eq!(with_user(other), None);
        }
    }
}
