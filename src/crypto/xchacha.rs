//! XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03), to open what another system has sealed. This service seals with
//! [`Sealer`](super::seal::Sealer).

use std::fmt;

use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce, aead::Aead};
use zeroize::Zeroizing;

use super::seal::OpenError;

/// Bytes of a nonce, which precedes the ciphertext.
const NONCE_BYTES: usize = 24;

/// Opens what was sealed with a key.
pub struct XChaChaOpener(XChaCha20Poly1305);

impl XChaChaOpener {
    /// An opener with this key.
    pub fn new(key: &[u8; 32]) -> Self {
        Self(XChaCha20Poly1305::new(&(*key).into()))
    }

    /// The secret in a nonce with its ciphertext and tag. There is no further authenticated data.
    pub fn open(&self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let (nonce, ciphertext) = sealed.split_at_checked(NONCE_BYTES).ok_or(OpenError)?;
        let nonce = XNonce::try_from(nonce).map_err(|_| OpenError)?;
        self.0.decrypt(&nonce, ciphertext).map(Zeroizing::new).map_err(|_| OpenError)
    }
}

impl fmt::Debug for XChaChaOpener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("XChaChaOpener(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::hex::from_hex;

    /// Sealed by @noble/ciphers 2 with the key 0x01…01.
    const SEALED: &str =
        "ba61d046a4944517f734bfeea613cf213e7798a6a4ecd6f6e204fd54d923eb5fa411f7544fe27884227601f33e17999b";

    #[test]
    fn ciphertext_of_another_library_is_opened() {
        let sealed = from_hex(SEALED).unwrap();
        assert_eq!(XChaChaOpener::new(&[1; 32]).open(&sealed).unwrap().as_slice(), b"latchkey");
    }

    #[test]
    fn changed_ciphertext_or_other_key_is_refused() {
        let sealed = from_hex(SEALED).unwrap();
        assert!(XChaChaOpener::new(&[2; 32]).open(&sealed).is_err());
        for at in [0, NONCE_BYTES, sealed.len() - 1] {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(XChaChaOpener::new(&[1; 32]).open(&changed).is_err(), "{at}");
        }
        for length in [0, NONCE_BYTES - 1, NONCE_BYTES, NONCE_BYTES + 15, sealed.len() - 1] {
            assert!(XChaChaOpener::new(&[1; 32]).open(&sealed[..length]).is_err(), "{length}");
        }
    }
}
