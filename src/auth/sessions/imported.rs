//! Session tokens that Better Auth handed out, still presented by the browsers and programs that have
//! them. Which of them are good was decided when they were brought along; the old secret is not needed.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use percent_encoding::percent_decode_str;
use sha2::{Digest, Sha256};

use crate::store::imported::ImportedDigest;

/// Characters of an HMAC-SHA-256 in base64, the last of which is `=`.
const SIGNATURE_CHARS: usize = 44;

/// How long a token can be: Better Auth's own have 32 characters, but that can be changed there.
const TOKEN_CHARS: std::ops::RangeInclusive<usize> = 16..=255;

/// What may be such a token. Only its digest is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportedToken(ImportedDigest);

impl ImportedToken {
    /// Reads the value of the old cookie, percent-encoded: `<token>.<signature>`.
    pub fn of_cookie(value: &str) -> Option<Self> {
        let signed = percent_decode_str(value).decode_utf8().ok()?;
        let (token, signature) = signed.rsplit_once('.')?;
        let well_formed = TOKEN_CHARS.contains(&token.len())
            && signature.len() == SIGNATURE_CHARS
            && STANDARD.decode(signature).is_ok();
        well_formed.then(|| Self(ImportedDigest::Cookie(Sha256::digest(signed.as_bytes()).into())))
    }

    /// Reads a bearer credential: the same as in the cookie, or the token alone.
    pub fn of_bearer(text: &str) -> Option<Self> {
        if text.contains('.') {
            return Self::of_cookie(text);
        }
        let well_formed = TOKEN_CHARS.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        well_formed.then(|| Self(ImportedDigest::Token(Sha256::digest(text.as_bytes()).into())))
    }

    /// What it is found by.
    pub const fn digest(self) -> ImportedDigest {
        self.0
    }
}

/// What is stored of a token when it is brought along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digests {
    /// The SHA-256 of what the old cookie holds.
    pub cookie: [u8; 32],
    /// The SHA-256 of the token alone.
    pub token: [u8; 32],
}

impl Digests {
    /// Signs `token` as the old system did, with its secret.
    pub fn of(token: &str, secret: &[u8]) -> Self {
        // HMAC hashes keys longer than its block (RFC 2104 §2) and pads shorter ones.
        let mut block = [0; 64];
        if secret.len() > block.len() {
            block[..32].copy_from_slice(&Sha256::digest(secret));
        } else {
            block[..secret.len()].copy_from_slice(secret);
        }
        let mut mac = Hmac::<Sha256>::new(&block.into());
        mac.update(token.as_bytes());
        let signed = format!("{token}.{}", STANDARD.encode(mac.finalize().into_bytes()));
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
    fn the_references_own_cookie_is_what_was_computed_for_its_token() {
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
    fn what_cannot_be_one_is_not_looked_for() {
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
