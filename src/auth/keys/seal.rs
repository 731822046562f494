//! Private keys as the database keeps them: AES-256-GCM under a key that is not in the database.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use zeroize::Zeroizing;

use super::{KeyPair, PairAlgorithm, PublicKey};

/// Seals and opens private keys.
pub struct KeySealer(RandomizedNonceKey);

/// The cryptographic library refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a private key could not be sealed")]
pub struct SealingFailed;

/// A private key was sealed under another key or for another name, or has been changed since.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a private key could not be opened")]
pub struct OpeningFailed;

impl KeySealer {
    /// Seals under this key.
    pub fn new(key: &[u8; 32]) -> Result<Self, SealingFailed> {
        RandomizedNonceKey::new(&AES_256_GCM, key).map(Self).map_err(|_| SealingFailed)
    }

    /// The private part: a random nonce, then the ciphertext with its tag. Bound to the key's name and
    /// algorithm, so that a row of the database cannot be passed off as another.
    pub fn seal(&self, pair: &KeyPair) -> Result<Vec<u8>, SealingFailed> {
        let mut sealed = pair.expose().to_vec();
        let binding = binding(pair.public());
        let nonce = self.0.seal_in_place_append_tag(Aad::from(binding), &mut sealed).map_err(|_| SealingFailed)?;
        sealed.splice(0..0, *nonce.as_ref());
        Ok(sealed)
    }

    /// The pair whose private part was sealed, if it is the one this public key belongs to: whoever can
    /// write to the database cannot make us accept a key of their own.
    pub fn open(&self, algorithm: PairAlgorithm, public: &[u8], sealed: &[u8]) -> Result<KeyPair, OpeningFailed> {
        let public = PublicKey::parse(algorithm, public).ok_or(OpeningFailed)?;
        let (nonce, ciphertext) = sealed.split_at_checked(NONCE_LEN).ok_or(OpeningFailed)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| OpeningFailed)?;
        let mut bytes = Zeroizing::new(ciphertext.to_vec());
        let opened = self.0.open_in_place(nonce, Aad::from(binding(&public)), &mut bytes);
        let private = Zeroizing::new(opened.map_err(|_| OpeningFailed)?.to_vec());
        let pair = KeyPair::from_pkcs8(algorithm, private).map_err(|_| OpeningFailed)?;
        if *pair.public() == public { Ok(pair) } else { Err(OpeningFailed) }
    }
}

impl fmt::Debug for KeySealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeySealer(…)")
    }
}

fn binding(public: &PublicKey) -> String {
    format!("{} {}", public.algorithm().as_str(), public.thumbprint())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALGORITHM: PairAlgorithm = PairAlgorithm::EdDsa;

    fn opens(keeper: &KeySealer, pair: &KeyPair, sealed: &[u8]) -> bool {
        keeper.open(ALGORITHM, pair.public().as_bytes(), sealed).is_ok()
    }

    #[test]
    fn only_the_same_key_opens_what_it_sealed() {
        let (keeper, other) = (KeySealer::new(&[1; 32]).unwrap(), KeySealer::new(&[2; 32]).unwrap());
        let pair = KeyPair::generate(ALGORITHM).unwrap();
        let sealed = keeper.seal(&pair).unwrap();
        let opened = keeper.open(ALGORITHM, pair.public().as_bytes(), &sealed).unwrap();
        assert_eq!(opened.expose(), pair.expose());
        assert!(!opens(&other, &pair, &sealed));
        assert_ne!(keeper.seal(&pair).unwrap(), sealed, "each time under another nonce");
        let hidden = pair.expose().windows(16).all(|secret| !sealed.windows(16).any(|window| window == secret));
        assert!(hidden, "nothing of the private part shows");
    }

    #[test]
    fn a_sealed_key_is_good_for_its_own_name_and_algorithm_only() {
        let keeper = KeySealer::new(&[1; 32]).unwrap();
        let (pair, other) = (KeyPair::generate(ALGORITHM).unwrap(), KeyPair::generate(ALGORITHM).unwrap());
        let sealed = keeper.seal(&pair).unwrap();
        assert!(!opens(&keeper, &other, &sealed));
        assert!(keeper.open(PairAlgorithm::Es256, pair.public().as_bytes(), &sealed).is_err());
    }

    #[test]
    fn any_change_is_noticed() {
        let keeper = KeySealer::new(&[1; 32]).unwrap();
        let pair = KeyPair::generate(ALGORITHM).unwrap();
        let sealed = keeper.seal(&pair).unwrap();
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert!(!opens(&keeper, &pair, &changed), "byte {index}");
            assert!(!opens(&keeper, &pair, &sealed[..index]), "cut to {index}");
        }
    }
}
