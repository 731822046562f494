//! SHA-1 (FIPS 180-4). Only for the range API of breached passwords, which requires it. It protects nothing.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use zeroize::Zeroizing;

use super::hex::hex;

/// The digest in upper-case hexadecimal digits.
pub fn sha1_hex(data: &[u8]) -> Zeroizing<String> {
    let mut digits = Zeroizing::new(hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, data).as_ref()));
    digits.make_ascii_uppercase();
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sha1_hex_matches_known_digest() {
        assert_eq!(sha1_hex(b"password").as_str(), "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8");
    }
}
