//! Opaque tokens: random secrets in cookies, of which only a digest is stored.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::random::{NoRandomness, random_bytes};

/// A secret of 256 bits.
#[derive(Clone, PartialEq, Eq)]
pub struct OpaqueToken(Zeroizing<[u8; 32]>);

impl OpaqueToken {
    /// A new token.
    pub fn generate() -> Result<Self, NoRandomness> {
        Ok(Self(Zeroizing::new(random_bytes()?)))
    }

    /// Parses the text of a cookie. `None`: truncated, or not a token.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).ok()?);
        Some(Self(Zeroizing::new(bytes.as_slice().try_into().ok()?)))
    }

    /// The SHA-256, as stored. A secret of 256 bits needs no password hash (ASVS 6.5.2).
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(*self.0).into()
    }

    /// The token itself, for the cookie.
    pub fn expose(&self) -> String {
        URL_SAFE_NO_PAD.encode(*self.0)
    }
}

impl fmt::Debug for OpaqueToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OpaqueToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_text_has_one_spelling() {
        let token = OpaqueToken::generate().unwrap();
        let text = token.expose();
        assert_eq!(OpaqueToken::parse(&text), Some(token.clone()));
        assert_ne!(OpaqueToken::generate().unwrap().digest(), token.digest());
        for bad in [&text[1..], &format!("{text}A"), "", "?"] {
            assert_eq!(OpaqueToken::parse(bad), None, "{bad}");
        }
        assert!(!format!("{token:?}").contains(&text));
    }
}
