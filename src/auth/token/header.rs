//! The header of a token, unverified.

use serde_json::Value;

use super::{TokenRefusal, json};
use crate::auth::keys::key::ACCESS_TOKEN_TYPE;

/// Members that change how a token is verified: extensions (`crit`), unencoded payloads (`b64`), keys chosen by the
/// token, encryption, compression, another content type. None is supported, so tokens with one are refused.
const UNSUPPORTED: [&str; 11] = ["crit", "b64", "jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256", "enc", "zip", "cty"];

/// The two members that choose the key, as received.
pub(super) struct Header {
    /// `alg`.
    pub(super) algorithm: String,
    /// `kid`. Untrusted until found in the key ring (RFC 8725 §3.10).
    pub(super) key_id: String,
}

impl Header {
    /// Parses the decoded header of an access token.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, TokenRefusal> {
        let mut members = json::object(bytes)?;
        if UNSUPPORTED.iter().any(|name| members.contains_key(*name)) {
            return Err(TokenRefusal::UnsupportedHeader);
        }
        if !members.get("typ").and_then(Value::as_str).is_some_and(is_access_token) {
            return Err(TokenRefusal::WrongType);
        }
        let Some(Value::String(algorithm)) = members.remove("alg") else {
            return Err(TokenRefusal::WrongAlgorithm);
        };
        let Some(Value::String(key_id)) = members.remove("kid") else {
            return Err(TokenRefusal::UnknownKey);
        };
        Ok(Self { algorithm, key_id })
    }
}

/// A media type: case-insensitive, and `application/` is optional (RFC 7515 §4.1.9).
fn is_access_token(typ: &str) -> bool {
    let typ = typ.to_ascii_lowercase();
    typ.strip_prefix("application/").unwrap_or(&typ) == ACCESS_TOKEN_TYPE
}
