//! HMAC-SHA-256 (RFC 2104).

use std::fmt;

use aws_lc_rs::hmac;
use subtle::ConstantTimeEq;

/// Bytes of a tag.
pub const TAG_BYTES: usize = 32;

/// A key of any length. Keys longer than one block are hashed first (RFC 2104 §2).
#[derive(Clone)]
pub struct HmacKey(hmac::Key);

impl HmacKey {
    /// A key made of `secret`.
    pub fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// The tag of `message`.
    pub fn tag(&self, message: &[u8]) -> [u8; TAG_BYTES] {
        let mut tag = [0; TAG_BYTES];
        tag.copy_from_slice(hmac::sign(&self.0, message).as_ref());
        tag
    }

    /// Whether `tag` is the first `tag.len()` bytes of the tag of `message`, compared in constant time.
    pub fn matches_truncated(&self, message: &[u8], tag: &[u8]) -> bool {
        self.tag(message).get(..tag.len()).is_some_and(|expected| expected.ct_eq(tag).into())
    }
}

impl fmt::Debug for HmacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HmacKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231 §4.3 and §4.7 (a key longer than one block).
    #[test]
    fn tag_matches_rfc_4231() {
        let hex = |tag: [u8; TAG_BYTES]| crate::crypto::hex::hex(&tag);
        assert_eq!(
            hex(HmacKey::new(b"Jefe").tag(b"what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(
            hex(HmacKey::new(&[0xaa; 131]).tag(b"Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }

    #[test]
    fn truncated_tag_other_bytes_do_not_match() {
        let key = HmacKey::new(b"secret");
        let tag = key.tag(b"message");
        assert!(key.matches_truncated(b"message", &tag[..16]));
        assert!(!key.matches_truncated(b"message", &tag[1..17]));
        assert!(!key.matches_truncated(b"another", &tag[..16]));
        assert!(!key.matches_truncated(b"message", &[tag.as_slice(), &[0]].concat()));
    }
}
