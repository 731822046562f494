//! The ring of keys that sign and verify access tokens.

use std::{fmt, sync::Arc};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{DecodingKey, EncodingKey, Header};
use serde::Serialize;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{ACCESS_TOKEN_TYPE, SharedSecret};

/// Signing failed inside the cryptographic library.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the token could not be signed")]
pub struct SigningFailed;

/// How a key signs. A key has exactly one algorithm, and its tokens' `alg` must name it (RFC 8725 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// HMAC with SHA-256 and a shared secret (RFC 7518 §3.2).
    Hs256,
}

impl Algorithm {
    /// The name in `alg`; its letters' case matters.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
        }
    }

    const fn implementation(self) -> jsonwebtoken::Algorithm {
        match self {
            Self::Hs256 => jsonwebtoken::Algorithm::HS256,
        }
    }
}

/// One key, its name and its algorithm.
pub(super) struct Key {
    id: String,
    algorithm: Algorithm,
    signing: EncodingKey,
    verifying: DecodingKey,
}

impl Key {
    fn hs256(secret: &SharedSecret) -> Self {
        Self {
            id: thumbprint(secret),
            algorithm: Algorithm::Hs256,
            signing: EncodingKey::from_secret(secret.expose()),
            verifying: DecodingKey::from_secret(secret.expose()),
        }
    }

    pub(super) const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Makes a token of `claims`.
    pub(super) fn sign<C: Serialize>(&self, claims: &C) -> Result<String, SigningFailed> {
        let header = Header {
            typ: Some(ACCESS_TOKEN_TYPE.to_owned()),
            kid: Some(self.id.clone()),
            ..Header::new(self.algorithm.implementation())
        };
        jsonwebtoken::encode(&header, claims, &self.signing).map_err(|_| SigningFailed)
    }

    /// Whether `signature` (base64url) is this key's over `signed`; takes the same time for every
    /// wrong one.
    pub(super) fn verifies(&self, signed: &[u8], signature: &str) -> bool {
        let algorithm = self.algorithm.implementation();
        jsonwebtoken::crypto::verify(signature, signed, &self.verifying, algorithm).unwrap_or(false)
    }
}

/// The keys: one signs, all verify. Clones share them.
#[derive(Clone)]
pub struct SigningKeys(Arc<Ring>);

struct Ring {
    current: Key,
    others: Vec<Key>,
}

impl SigningKeys {
    /// A ring of shared secrets: `current` signs, and tokens made with any of `others` still verify, so
    /// that a secret can be replaced without signing anyone out.
    pub fn hs256(current: &SharedSecret, others: &[SharedSecret]) -> Self {
        Self(Arc::new(Ring { current: Key::hs256(current), others: others.iter().map(Key::hs256).collect() }))
    }

    /// The key that signs.
    pub(super) fn current(&self) -> &Key {
        &self.0.current
    }

    /// The key that a token's `kid` names.
    pub(super) fn find(&self, id: &str) -> Option<&Key> {
        std::iter::once(&self.0.current).chain(&self.0.others).find(|key| key.id == id)
    }
}

impl fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKeys(…)")
    }
}

/// The key's name: its RFC 7638 thumbprint. Secrets have at least 128 bits of entropy, so a name that
/// travels in every token gives a guesser no more than the token's own signature does.
fn thumbprint(secret: &SharedSecret) -> String {
    let encoded = Zeroizing::new(URL_SAFE_NO_PAD.encode(secret.expose()));
    let jwk = Zeroizing::new(format!(r#"{{"k":"{}","kty":"oct"}}"#, *encoded));
    URL_SAFE_NO_PAD.encode(Sha256::digest(jwk.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> SharedSecret {
        SharedSecret::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_key_is_named_by_its_thumbprint() {
        // Computed with: printf '{"k":"%s","kty":"oct"}' … | openssl dgst -sha256 -binary | basenc --base64url
        let key = Key::hs256(&secret("Rk2vX8q0mZ5tYw7nB1cD4eF6gH9jK3lM"));
        assert_eq!(key.id, "7XDy7_wpXktLLLUSaLzxEQG_4Ivrl5SOnyv5rQLZhPQ");
    }

    #[test]
    fn a_retired_secret_verifies_and_the_current_one_signs() {
        let (old, new) = (secret("Rk2vX8q0mZ5tYw7nB1cD4eF6gH9jK3lM"), SharedSecret::generate().unwrap());
        let (before, after) = (SigningKeys::hs256(&old, &[]), SigningKeys::hs256(&new, &[old]));
        let token = before.current().sign(&"claims").unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        assert!(after.find(&before.current().id).unwrap().verifies(signed.as_bytes(), signature));
        assert!(!after.current().verifies(signed.as_bytes(), signature));
        assert!(before.find(&after.current().id).is_none());
    }

    #[test]
    fn debug_output_hides_the_keys() {
        assert_eq!(format!("{:?}", SigningKeys::hs256(&SharedSecret::generate().unwrap(), &[])), "SigningKeys(…)");
    }
}
