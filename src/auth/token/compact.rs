//! The compact serialization of a signed token (RFC 7515 §7.1).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{MAX_BYTES, TokenRefusal};

/// A token's three parts, unverified.
pub(super) struct Compact<'a> {
    /// The decoded header.
    pub(super) header: Vec<u8>,
    /// The decoded claims. Parsed only after the signature is verified.
    pub(super) payload: Vec<u8>,
    /// The signed bytes: header and payload as received, with the dot between them.
    pub(super) signed: &'a [u8],
    /// The signature, in base64url.
    pub(super) signature: &'a str,
}

impl<'a> Compact<'a> {
    /// Splits and decodes a token.
    pub(super) fn parse(token: &'a str) -> Result<Self, TokenRefusal> {
        if token.len() > MAX_BYTES {
            return Err(TokenRefusal::TooLong);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(TokenRefusal::NotThreeParts)?;
        let (header, payload) = signed.split_once('.').ok_or(TokenRefusal::NotThreeParts)?;
        if payload.contains('.') {
            return Err(TokenRefusal::NotThreeParts);
        }
        decode(signature)?;
        Ok(Self { header: decode(header)?, payload: decode(payload)?, signed: signed.as_bytes(), signature })
    }
}

/// Refuses padding, and unused bits that are not zero, so that a token has one spelling (RFC 4648 §3.5).
fn decode(part: &str) -> Result<Vec<u8>, TokenRefusal> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenRefusal::NotBase64url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_string_has_one_spelling() {
        assert_eq!(decode("-_8"), Ok(vec![0xfb, 0xff]));
        for other in ["-_9", "-_8=", "+/8", "-_8 ", "-_8\n", "-", "-_8-_"] {
            assert_eq!(decode(other), Err(TokenRefusal::NotBase64url), "{other:?}");
        }
    }

    #[test]
    fn the_longest_token_is_still_looked_at() {
        let refusal = |length| Compact::parse(&"A".repeat(length)).map(|_| ()).unwrap_err();
        assert_eq!(refusal(MAX_BYTES), TokenRefusal::NotThreeParts);
        assert_eq!(refusal(MAX_BYTES + 1), TokenRefusal::TooLong);
    }
}
