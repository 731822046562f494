//! Signing keys of a forge, independent of the code under test.

use std::sync::Arc;

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::forge::{base64url, hs256};

#[derive(Clone)]
pub enum ForgeKey {
    Hs256(Vec<u8>),
    EdDsa(Arc<Ed25519KeyPair>),
    Es256(Arc<EcdsaKeyPair>),
}

impl ForgeKey {
    pub fn secret(secret: impl Into<Vec<u8>>) -> Self {
        Self::Hs256(secret.into())
    }

    /// A private key in PKCS #8.
    pub fn pair(algorithm: &str, pkcs8: &[u8]) -> Self {
        if algorithm == "EdDSA" {
            Self::EdDsa(Arc::new(Ed25519KeyPair::from_pkcs8(pkcs8).expect("a private key")))
        } else {
            let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8);
            Self::Es256(Arc::new(pair.expect("a private key")))
        }
    }

    /// A new key.
    pub fn new(algorithm: &str) -> Self {
        match algorithm {
            "HS256" => Self::secret([42; 32]),
            "EdDSA" => Self::EdDsa(Arc::new(Ed25519KeyPair::generate().expect("a key"))),
            _ => {
                let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING);
                Self::Es256(Arc::new(pair.expect("a key")))
            }
        }
    }

    pub fn alg(&self) -> &'static str {
        match self {
            Self::Hs256(_) => "HS256",
            Self::EdDsa(_) => "EdDSA",
            Self::Es256(_) => "ES256",
        }
    }

    /// The RFC 7638 thumbprint.
    pub fn kid(&self) -> String {
        base64url(&Sha256::digest(self.jwk().to_string()))
    }

    /// The required JWK members, sorted by name as RFC 7638 requires.
    pub fn jwk(&self) -> Value {
        match self {
            Self::Hs256(secret) => json!({ "k": base64url(secret), "kty": "oct" }),
            Self::EdDsa(_) => json!({ "crv": "Ed25519", "kty": "OKP", "x": base64url(&self.public()) }),
            Self::Es256(_) => {
                let point = self.public();
                json!({ "crv": "P-256", "kty": "EC", "x": base64url(&point[1..33]), "y": base64url(&point[33..]) })
            }
        }
    }

    /// The bytes of the public key; empty for a shared secret.
    pub fn public(&self) -> Vec<u8> {
        match self {
            Self::Hs256(_) => Vec::new(),
            Self::EdDsa(pair) => pair.public_key().as_ref().to_vec(),
            Self::Es256(pair) => pair.public_key().as_ref().to_vec(),
        }
    }

    /// The public key as `SubjectPublicKeyInfo` (RFC 5280 §4.1, RFC 8410, RFC 5480).
    pub fn public_der(&self) -> Vec<u8> {
        const ED25519: &[u8] = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";
        const P256: &[u8] =
            b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00";
        let prefix = if self.alg() == "EdDSA" { ED25519 } else { P256 };
        [prefix, &self.public()].concat()
    }

    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Hs256(secret) => hs256(secret, message),
            Self::EdDsa(pair) => pair.sign(message).as_ref().to_vec(),
            Self::Es256(pair) => pair.sign(&SystemRandom::new(), message).expect("a signature").as_ref().to_vec(),
        }
    }
}
