//! Key pairs: generated, or restored from the private key.

use std::fmt;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use zeroize::Zeroizing;

use super::{PairAlgorithm, PublicKey};

/// A private key with its public key. The private key is wiped from memory when dropped.
pub struct KeyPair {
    private: Zeroizing<Vec<u8>>,
    public: PublicKey,
}

/// Why there is no key pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyPairError {
    /// The cryptographic library failed.
    #[error("a key could not be generated")]
    Generation,
    /// The bytes are not a private key of this algorithm.
    #[error("not a private key")]
    Malformed,
}

impl KeyPair {
    /// A new random key pair.
    pub fn generate(algorithm: PairAlgorithm) -> Result<Self, KeyPairError> {
        let document = match algorithm {
            PairAlgorithm::EdDsa => Ed25519KeyPair::generate().and_then(|pair| pair.to_pkcs8()),
            PairAlgorithm::Es256 => {
                EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).and_then(|pair| pair.to_pkcs8v1())
            }
        };
        let document = document.map_err(|_| KeyPairError::Generation)?;
        Self::from_pkcs8(algorithm, Zeroizing::new(document.as_ref().to_vec()))
    }

    /// The key pair of a private key in PKCS #8 (RFC 5958). Derives the public key from the
    /// private key.
    pub fn from_pkcs8(algorithm: PairAlgorithm, private: Zeroizing<Vec<u8>>) -> Result<Self, KeyPairError> {
        let public = match algorithm {
            PairAlgorithm::EdDsa => {
                let pair = Ed25519KeyPair::from_pkcs8(&private).map_err(|_| KeyPairError::Malformed)?;
                PublicKey::parse(algorithm, pair.public_key().as_ref())
            }
            PairAlgorithm::Es256 => {
                let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &private)
                    .map_err(|_| KeyPairError::Malformed)?;
                PublicKey::parse(algorithm, pair.public_key().as_ref())
            }
        };
        Ok(Self { private, public: public.ok_or(KeyPairError::Malformed)? })
    }

    /// The public key.
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The private key in PKCS #8, for sealing and signing.
    pub fn expose(&self) -> &[u8] {
        &self.private
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyPair({:?}, …)", self.public)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pair_is_restored_from_its_private_key() {
        for algorithm in [PairAlgorithm::EdDsa, PairAlgorithm::Es256] {
            let pair = KeyPair::generate(algorithm).unwrap();
            let again = KeyPair::from_pkcs8(algorithm, Zeroizing::new(pair.expose().to_vec())).unwrap();
            assert_eq!(again.public(), pair.public());
            assert_ne!(KeyPair::generate(algorithm).unwrap().public(), pair.public());
        }
    }

    #[test]
    fn a_private_key_of_another_algorithm_is_refused() {
        let pair = KeyPair::generate(PairAlgorithm::EdDsa).unwrap();
        let as_other = KeyPair::from_pkcs8(PairAlgorithm::Es256, Zeroizing::new(pair.expose().to_vec()));
        assert_eq!(as_other.unwrap_err(), KeyPairError::Malformed);
        assert!(KeyPair::from_pkcs8(PairAlgorithm::EdDsa, Zeroizing::new(Vec::new())).is_err());
    }

    #[test]
    fn debug_output_hides_the_private_part() {
        let pair = KeyPair::generate(PairAlgorithm::EdDsa).unwrap();
        assert_eq!(format!("{pair:?}"), format!("KeyPair(PublicKey({}), …)", pair.public().thumbprint()));
    }
}
