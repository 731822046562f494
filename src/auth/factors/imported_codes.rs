//! Recovery codes of another system.
//!
//! An import has up to ten codes per user, and argon2id takes 15 ms for each: hours for a large installation. They are
//! stored as HMACs under a key outside the database, which also seals the keys of authenticator apps: a copy of the
//! database alone reveals neither. New codes replace them, as argon2id hashes.

use crate::{
    crypto::{hex::hex, hmac::HmacKey},
    domain::{RecoveryCode, UserId},
};

/// The start of a stored hash. No PHC string starts so.
const SCHEME: &str = "hmac-sha256$";

/// Hashes imported recovery codes.
#[derive(Clone, Debug)]
pub struct ImportedCodes(HmacKey);

impl ImportedCodes {
    /// Hashes with this key.
    pub fn new(key: &[u8; 32]) -> Self {
        Self(HmacKey::new(key))
    }

    /// The hash to store, which is bound to the user.
    pub fn hash(&self, owner: UserId, code: &RecoveryCode) -> String {
        // Neither part contains a space.
        let tag = self.0.tag(format!("{owner} {}", code.expose()).as_bytes());
        format!("{SCHEME}{}", hex(&tag))
    }

    /// Whether a stored hash is one of an imported code.
    pub(super) fn made(stored: &str) -> bool {
        stored.starts_with(SCHEME)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;

    #[test]
    fn hash_depends_on_key_user_and_code() {
        let [ada, bob] = [1, 2].map(|number| UserId::new(Timestamp::from_millis(0), [number; 10]));
        let [one, two] = ["5sghb-Eejf2", "J2dRx-W4ynQ"].map(|code| RecoveryCode::parse(code).unwrap());
        let codes = ImportedCodes::new(&[1; 32]);
        let hash = codes.hash(ada, &one);
        assert_eq!(codes.hash(ada, &RecoveryCode::parse("5SGHB EEJF2").unwrap()), hash);
        for other in [codes.hash(bob, &one), codes.hash(ada, &two), ImportedCodes::new(&[2; 32]).hash(ada, &one)] {
            assert_ne!(other, hash);
        }
        assert!(ImportedCodes::made(&hash) && !ImportedCodes::made("$argon2id$v=19$m=19456,t=2,p=1$x$y"));
    }
}
