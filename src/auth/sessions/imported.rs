//! Session tokens issued by Better Auth, presented by browsers and programs after an import. The import
//! verified them; the old secret is not needed any more.

use base64::{Engine, engine::general_purpose::STANDARD};
use percent_encoding::percent_decode_str;
use sha2::{Digest, Sha256};

use crate::{crypto::hmac::HmacKey, store::imported::ImportedDigest};

/// Characters of an HMAC-SHA-256 in base64, the last of which is `=`.
const SIGNATURE_CHARS: usize = 44;

/// The length of a token. Better Auth's default is 32 characters; it is configurable there.
const TOKEN_CHARS: std::ops::RangeInclusive<usize> = 16..=255;

/// The digest of a possible imported token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportedToken(ImportedDigest);

impl ImportedToken {
    /// Parses the value of the old cookie, percent-encoded: `<token>.<signature>`.
    pub fn of_cookie(value: &str) -> Option<Self> {
        let signed = percent_decode_str(value).decode_utf8().ok()?;
        let (token, signature) = signed.rsplit_once('.')?;
        let well_formed = TOKEN_CHARS.contains(&token.len())
            && signature.len() == SIGNATURE_CHARS
            && STANDARD.decode(signature).is_ok();
        well_formed.then(|| Self(ImportedDigest::Cookie(Sha256::digest(signed.as_bytes()).into())))
    }

    /// Parses a bearer credential: the cookie's value, or the token alone.
    pub fn of_bearer(text: &str) -> Option<Self> {
        if text.contains('.') {
            return Self::of_cookie(text);
        }
        let well_formed = TOKEN_CHARS.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        well_formed.then(|| Self(ImportedDigest::Token(Sha256::digest(text.as_bytes()).into())))
    }

    /// The digest that finds the session.
    pub const fn digest(self) -> ImportedDigest {
        self.0
    }
}

/// The stored digests of an imported token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digests {
    /// The SHA-256 of the old cookie's value.
    pub cookie: [u8; 32],
    /// The SHA-256 of the token alone.
    pub token: [u8; 32],
}

impl Digests {
    /// Signs `token` as the old system did, with its secret.
    pub fn of(token: &str, secret: &[u8]) -> Self {
        let signature = HmacKey::new(secret).tag(token.as_bytes());
        let signed = format!("{token}.{}", STANDARD.encode(signature));
        Self { cookie: Sha256::digest(signed.as_bytes()).into(), token: Sha256::digest(token.as_bytes()).into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Secret, token, and the cookie that better-auth 1.7.6 set for them.
    const COOKIES: [(&str, &str, &str); 2] = [
        (
            "q7J0xVwq3C1kZ9uYtH5nB8mR2sD6fG4aL1eP0oI=",
            "9OERPK9edq8BPIvH5ZKlyJpKNWzSLDyI",
            "9OERPK9edq8BPIvH5ZKlyJpKNWzSLDyI.XAZteZ2Zc9L%2BNxNWCaqWglEFTrW4ciJN0RyuU3OoLWA%3D",
        ),
        (
            "AAA7d9f0b2c4e6a8b0d1f3e5c7a9b1d3f5e7c9a0b2d4f6e8c0a2b4d6f8e0c1a3b5d7f9e",
            "tUbp3Oxrf9QNm4PItYWfddrX430FZhQY",
            "tUbp3Oxrf9QNm4PItYWfddrX430FZhQY.dX9A3wevvvfZD9btrjft8VDwlxIpWNOQSAyqKIo8iH8%3D",
        ),
    ];

    #[test]
    fn digest_matches_the_cookie_of_better_auth() {
        for (secret, token, cookie) in COOKIES {
            let digests = Digests::of(token, secret.as_bytes());
            let decoded = percent_decode_str(cookie).decode_utf8().unwrap();
            let signed = Some(ImportedToken(ImportedDigest::Cookie(digests.cookie)));
            for presented in [ImportedToken::of_cookie(cookie), ImportedToken::of_bearer(cookie)] {
                assert_eq!(presented, signed);
            }
            assert_eq!(ImportedToken::of_bearer(&decoded), signed);
            assert_eq!(ImportedToken::of_bearer(token), Some(ImportedToken(ImportedDigest::Token(digests.token))));
            assert_ne!(Digests::of(token, b"another secret").cookie, digests.cookie);
        }
    }

    #[test]
    fn malformed_tokens_are_refused() {
        let (_, token, cookie) = COOKIES[0];
        let signature = &cookie[token.len()..];
        for bad in ["", ".", "a.b", token, &cookie[1..40], &cookie[..cookie.len() - 3], signature, "%ff.%ff"] {
            assert_eq!(ImportedToken::of_cookie(bad), None, "{bad}");
        }
        for bad in ["", "short", "with a space in the middle", &"a".repeat(256), "a.b.c"] {
            assert_eq!(ImportedToken::of_bearer(bad), None, "{bad}");
        }
    }
}
