//! The public key of a key pair.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::PairAlgorithm;

/// Bytes of a coordinate, on both curves.
const COORDINATE: usize = 32;

/// The prefix of an uncompressed point (SEC 1 §2.3.3).
const UNCOMPRESSED: u8 = 4;

/// A public key: a point on its algorithm's curve.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    algorithm: PairAlgorithm,
    bytes: Vec<u8>,
}

/// A published public key (RFC 7517, RFC 8037 §2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Jwk {
    kty: &'static str,
    crv: &'static str,
    x: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    y: Option<String>,
    #[serde(rename = "use")]
    purpose: &'static str,
    alg: &'static str,
    kid: String,
}

impl PublicKey {
    /// Parses a key: 32 bytes for Ed25519, an uncompressed point for P-256.
    pub fn parse(algorithm: PairAlgorithm, bytes: &[u8]) -> Option<Self> {
        let well_formed = match algorithm {
            PairAlgorithm::EdDsa => bytes.len() == COORDINATE,
            PairAlgorithm::Es256 => bytes.len() == 1 + 2 * COORDINATE && bytes[0] == UNCOMPRESSED,
        };
        well_formed.then(|| Self { algorithm, bytes: bytes.to_vec() })
    }

    /// The bytes that [`parse`](Self::parse) accepts.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The algorithm of its signatures.
    pub const fn algorithm(&self) -> PairAlgorithm {
        self.algorithm
    }

    /// The `kid`: the thumbprint (RFC 7638 §3, RFC 8037 §2).
    pub fn thumbprint(&self) -> String {
        let Point { kty, crv, x, y } = self.point();
        // Exactly the required members, in alphabetical order.
        let y = y.map(|y| format!(r#","y":"{y}""#)).unwrap_or_default();
        URL_SAFE_NO_PAD.encode(Sha256::digest(format!(r#"{{"crv":"{crv}","kty":"{kty}","x":"{x}"{y}}}"#)))
    }

    /// The published form.
    pub fn jwk(&self) -> Jwk {
        let Point { kty, crv, x, y } = self.point();
        Jwk { kty, crv, x, y, purpose: "sig", alg: self.algorithm.as_str(), kid: self.thumbprint() }
    }

    fn point(&self) -> Point {
        match self.algorithm {
            PairAlgorithm::EdDsa => Point { kty: "OKP", crv: "Ed25519", x: encode(&self.bytes), y: None },
            PairAlgorithm::Es256 => {
                let (x, y) = self.bytes[1..].split_at(COORDINATE);
                Point { kty: "EC", crv: "P-256", x: encode(x), y: Some(encode(y)) }
            }
        }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.thumbprint())
    }
}

struct Point {
    kty: &'static str,
    crv: &'static str,
    x: String,
    y: Option<String>,
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn decode(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    #[test]
    fn an_ed25519_key_has_the_thumbprint_of_rfc_8037() {
        let key =
            PublicKey::parse(PairAlgorithm::EdDsa, &decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")).unwrap();
        assert_eq!(key.thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        assert_eq!(
            serde_json::to_value(key.jwk()).unwrap(),
            json!({
                "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
                "use": "sig", "alg": "EdDSA", "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
            })
        );
    }

    #[test]
    fn p256_thumbprint_covers_four_members() {
        // The key of RFC 7515 §A.3; RFC 7638 has a test vector for RSA only. Computed with:
        // printf '{"crv":"P-256","kty":"EC","x":"…","y":"…"}' | openssl dgst -sha256 -binary | basenc --base64url
        let (x, y) = ("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
        let point = [vec![4], decode(x), decode(y)].concat();
        let key = PublicKey::parse(PairAlgorithm::Es256, &point).unwrap();
        assert_eq!(key.thumbprint(), "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U");
        let jwk = serde_json::to_value(key.jwk()).unwrap();
        assert_eq!((&jwk["x"], &jwk["y"], &jwk["alg"]), (&json!(x), &json!(y), &json!("ES256")));
    }

    #[test]
    fn thumbprint_matches_the_published_members() {
        // RFC 7638 §3.1 step by step, on the published members.
        for (algorithm, bytes) in [(PairAlgorithm::EdDsa, vec![9; 32]), (PairAlgorithm::Es256, vec![4; 65])] {
            let key = PublicKey::parse(algorithm, &bytes).unwrap();
            let mut jwk = serde_json::to_value(key.jwk()).unwrap();
            let members = jwk.as_object_mut().unwrap();
            members.retain(|name, _| ["crv", "kty", "x", "y"].contains(&name.as_str()));
            let sorted: std::collections::BTreeMap<_, _> = members.iter().collect();
            assert_eq!(encode(&Sha256::digest(serde_json::to_string(&sorted).unwrap())), key.thumbprint());
        }
    }

    #[test]
    fn bytes_of_another_form_are_no_key() {
        for (algorithm, bytes) in [
            (PairAlgorithm::EdDsa, vec![]),
            (PairAlgorithm::EdDsa, vec![1; 31]),
            (PairAlgorithm::EdDsa, vec![4; 65]),
            (PairAlgorithm::Es256, vec![4; 64]),
            (PairAlgorithm::Es256, vec![2; 65]),
            (PairAlgorithm::Es256, vec![2; 33]),
        ] {
            assert!(PublicKey::parse(algorithm, &bytes).is_none(), "{algorithm:?} {bytes:?}");
        }
    }
}
