//! Authenticated encryption: AES-256-GCM with a random nonce (NIST SP 800-38D).

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use zeroize::Zeroizing;

/// Seals and opens secrets that are stored in the database.
pub struct Sealer(RandomizedNonceKey);

/// The cryptographic library failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a secret could not be sealed")]
pub struct SealError;

/// The sealed bytes were changed, or were sealed under another key or context.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sealed secret could not be opened")]
pub struct OpenError;

impl Sealer {
    /// A sealer with this key.
    pub fn new(key: &[u8; 32]) -> Result<Self, SealError> {
        RandomizedNonceKey::new(&AES_256_GCM, key).map(Self).map_err(|_| SealError)
    }

    /// Nonce, ciphertext and tag. `context` is authenticated and not stored: opening needs the same one.
    pub fn seal(&self, secret: &[u8], context: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut sealed = secret.to_vec();
        let nonce = self.0.seal_in_place_append_tag(Aad::from(context), &mut sealed).map_err(|_| SealError)?;
        sealed.splice(0..0, *nonce.as_ref());
        Ok(sealed)
    }

    /// The secret that was sealed with the same key and `context`.
    pub fn open(&self, sealed: &[u8], context: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let (nonce, ciphertext) = sealed.split_at_checked(NONCE_LEN).ok_or(OpenError)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| OpenError)?;
        let mut bytes = Zeroizing::new(ciphertext.to_vec());
        let opened = self.0.open_in_place(nonce, Aad::from(context), &mut bytes).map_err(|_| OpenError)?;
        Ok(Zeroizing::new(opened.to_vec()))
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opening_needs_the_same_key_context_and_bytes() {
        let keeper = Sealer::new(&[1; 32]).unwrap();
        let sealed = keeper.seal(b"secret", b"context").unwrap();
        assert_eq!(**keeper.open(&sealed, b"context").unwrap(), *b"secret");
        assert_eq!(keeper.open(&sealed, b"another"), Err(OpenError));
        assert_eq!(Sealer::new(&[2; 32]).unwrap().open(&sealed, b"context"), Err(OpenError));
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(keeper.open(&changed, b"context"), Err(OpenError), "byte {at}");
        }
        assert_eq!(keeper.open(&sealed[..NONCE_LEN - 1], b"context"), Err(OpenError));
    }
}
