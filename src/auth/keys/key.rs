//! Keys that sign and verify access tokens.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{DecodingKey, EncodingKey, Header};
use serde::Serialize;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{Algorithm, KeyPair, PairAlgorithm, PublicKey};
use crate::crypto::secret::SharedSecret;

/// The header `typ` of access tokens (RFC 9068 §2.1).
pub const ACCESS_TOKEN_TYPE: &str = "at+jwt";

/// Signing failed inside the cryptographic library.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the token could not be signed")]
pub struct SigningFailed;

/// A key with its id and algorithm.
pub(crate) struct Key {
    id: String,
    algorithm: Algorithm,
    signing: EncodingKey,
    verifying: DecodingKey,
    public: Option<PublicKey>,
}

impl Key {
    pub(crate) fn shared(secret: &SharedSecret) -> Self {
        Self {
            id: thumbprint(secret),
            algorithm: Algorithm::Hs256,
            signing: EncodingKey::from_secret(secret.expose()),
            verifying: DecodingKey::from_secret(secret.expose()),
            public: None,
        }
    }

    pub(crate) fn pair(pair: &KeyPair) -> Self {
        let public = pair.public();
        let (signing, verifying) = match public.algorithm() {
            PairAlgorithm::EdDsa => {
                (EncodingKey::from_ed_der(pair.expose()), DecodingKey::from_ed_der(public.as_bytes()))
            }
            PairAlgorithm::Es256 => {
                (EncodingKey::from_ec_der(pair.expose()), DecodingKey::from_ec_der(public.as_bytes()))
            }
        };
        let algorithm = Algorithm::Pair(public.algorithm());
        Self { id: public.thumbprint(), algorithm, signing, verifying, public: Some(public.clone()) }
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(crate) const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The public key. `None` for a shared secret.
    pub(crate) const fn public(&self) -> Option<&PublicKey> {
        self.public.as_ref()
    }

    /// Signs `claims`. Returns the whole token.
    pub(crate) fn sign<C: Serialize>(&self, claims: &C) -> Result<String, SigningFailed> {
        let header = Header {
            typ: Some(ACCESS_TOKEN_TYPE.to_owned()),
            kid: Some(self.id.clone()),
            ..Header::new(self.algorithm.implementation())
        };
        jsonwebtoken::encode(&header, claims, &self.signing).map_err(|_| SigningFailed)
    }

    /// Whether `signature` (base64url) is this key's signature of `signed`. Takes the same time for every wrong
    /// signature.
    pub(crate) fn verifies(&self, signed: &[u8], signature: &str) -> bool {
        let algorithm = self.algorithm.implementation();
        jsonwebtoken::crypto::verify(signature, signed, &self.verifying, algorithm).unwrap_or(false)
    }
}

/// The `kid` of a shared secret: its RFC 7638 thumbprint. Secrets have at least 128 bits of entropy, so the
/// thumbprint in every token helps a guesser no more than the token's signature does.
fn thumbprint(secret: &SharedSecret) -> String {
    let encoded = Zeroizing::new(URL_SAFE_NO_PAD.encode(secret.expose()));
    let jwk = Zeroizing::new(format!(r#"{{"k":"{}","kty":"oct"}}"#, *encoded));
    URL_SAFE_NO_PAD.encode(Sha256::digest(jwk.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_secret_is_named_by_its_thumbprint() {
        // Computed with: printf '{"k":"%s","kty":"oct"}' … | openssl dgst -sha256 -binary | basenc --base64url
        let key = Key::shared(&SharedSecret::parse(b"Rk2vX8q0mZ5tYw7nB1cD4eF6gH9jK3lM").unwrap());
        assert_eq!(key.id, "7XDy7_wpXktLLLUSaLzxEQG_4Ivrl5SOnyv5rQLZhPQ");
        assert!(key.public().is_none());
    }

    #[test]
    fn key_verifies_only_its_own_signatures() {
        let pair = |algorithm| Key::pair(&KeyPair::generate(algorithm).unwrap());
        let shared = || Key::shared(&SharedSecret::generate().unwrap());
        for (key, other, length) in [
            (pair(PairAlgorithm::EdDsa), pair(PairAlgorithm::EdDsa), 64),
            (pair(PairAlgorithm::Es256), pair(PairAlgorithm::Es256), 64),
            (shared(), shared(), 32),
        ] {
            let token = key.sign(&"claims").unwrap();
            let (signed, signature) = token.rsplit_once('.').unwrap();
            assert_eq!(URL_SAFE_NO_PAD.decode(signature).unwrap().len(), length);
            assert!(key.verifies(signed.as_bytes(), signature));
            assert!(!other.verifies(signed.as_bytes(), signature));
            assert!(!key.verifies(&signed.as_bytes()[1..], signature));
        }
    }
}
