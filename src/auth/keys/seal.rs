//! Private keys as stored in the database: sealed under a key that is not in the database.

use super::{KeyPair, PairAlgorithm, PublicKey};
use crate::crypto::seal::{OpenError, SealError, Sealer};

/// Seals and opens private keys.
#[derive(Debug)]
pub struct KeySealer(Sealer);

impl KeySealer {
    /// Seals under this key.
    pub fn new(key: &[u8; 32]) -> Result<Self, SealError> {
        Sealer::new(key).map(Self)
    }

    /// Seals the private key. Bound to the key's id and algorithm, so that a row of the database cannot
    /// replace another.
    pub fn seal(&self, pair: &KeyPair) -> Result<Vec<u8>, SealError> {
        self.0.seal(pair.expose(), context(pair.public()).as_bytes())
    }

    /// Opens a private key. Fails unless it belongs to the public key: an attacker who can write to the
    /// database cannot add a key.
    pub fn open(&self, algorithm: PairAlgorithm, public: &[u8], sealed: &[u8]) -> Result<KeyPair, OpenError> {
        let public = PublicKey::parse(algorithm, public).ok_or(OpenError)?;
        let private = self.0.open(sealed, context(&public).as_bytes())?;
        let pair = KeyPair::from_pkcs8(algorithm, private).map_err(|_| OpenError)?;
        if *pair.public() == public { Ok(pair) } else { Err(OpenError) }
    }
}

fn context(public: &PublicKey) -> String {
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
    fn only_the_sealing_key_opens_a_key() {
        let (keeper, other) = (KeySealer::new(&[1; 32]).unwrap(), KeySealer::new(&[2; 32]).unwrap());
        let pair = KeyPair::generate(ALGORITHM).unwrap();
        let sealed = keeper.seal(&pair).unwrap();
        let opened = keeper.open(ALGORITHM, pair.public().as_bytes(), &sealed).unwrap();
        assert_eq!(opened.expose(), pair.expose());
        assert!(!opens(&other, &pair, &sealed));
        assert_ne!(keeper.seal(&pair).unwrap(), sealed, "each seal has a new nonce");
        let hidden = pair.expose().windows(16).all(|secret| !sealed.windows(16).any(|window| window == secret));
        assert!(hidden, "the private key is not visible");
    }

    #[test]
    fn sealed_key_is_bound_to_id_and_algorithm() {
        let keeper = KeySealer::new(&[1; 32]).unwrap();
        let (pair, other) = (KeyPair::generate(ALGORITHM).unwrap(), KeyPair::generate(ALGORITHM).unwrap());
        let sealed = keeper.seal(&pair).unwrap();
        assert!(!opens(&keeper, &other, &sealed));
        assert!(keeper.open(PairAlgorithm::Es256, pair.public().as_bytes(), &sealed).is_err());
    }

    #[test]
    fn changed_sealed_key_is_refused() {
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
