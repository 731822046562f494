//! The built-in list of common passwords (NIST SP 800-63B-4 §3.1.1.2, ASVS 6.2.4, 6.2.12).
//!
//! `common.bin` is a binary fuse filter of 208,000 keys in 483 kB. Its sources are named in `docs/third-party.md`;
//! `scripts/common-passwords` writes it. The filter finds every password of the list, and one of 65,000 other ones. It
//! is used where it lies in the binary, without a copy in memory.

use std::sync::LazyLock;

use xorf::{BinaryFuse16, BinaryFuse16Ref, DmaSerializable, Filter, FilterRef};

use super::spelling;

#[cfg(target_endian = "big")]
compile_error!("common.bin contains little-endian numbers");

/// Fingerprints are read as 16-bit numbers.
#[repr(align(2))]
struct Aligned<T: ?Sized>(T);

static BYTES: &Aligned<[u8]> = &Aligned(*include_bytes!("common.bin"));

static FILTER: LazyLock<BinaryFuse16Ref<'static>> = LazyLock::new(|| {
    let (descriptor, fingerprints) = BYTES.0.split_at(BinaryFuse16::DESCRIPTOR_LEN);
    BinaryFuse16Ref::from_dma(descriptor, fingerprints)
});

/// Whether the list contains the whole password. Signs at both ends make no difference.
pub(super) fn contains(folded: &str) -> bool {
    FILTER.contains(&spelling::password_key(folded))
}

/// Whether the password is one of the most common words with a few digits and signs at its ends.
pub(super) fn contains_word(folded: &str) -> bool {
    spelling::word_key(folded).is_some_and(|key| FILTER.contains(&key))
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn list_has_the_documented_size_and_digest() {
        let documentation = include_str!("../../../../docs/third-party.md");
        let digest = format!("{:x}", Sha256::digest(&BYTES.0));
        assert!(documentation.contains(&format!("sha256 {digest}")), "{digest}");
        assert_eq!(BYTES.0.len(), 483_348);
        assert!(documentation.contains("483,348 bytes"));
    }

    /// One password of each part of the lists, down to the last rank of the first list and the end of the other.
    #[test]
    fn contains_rare_listed_password_returns_true() {
        for (rank, listed) in [
            (50_004, "carolyn1"),
            (75_008, "virtuoso"),
            (100_001, "07011963"),
            (150_006, "25102510"),
            (200_014, "reutlingen"),
            (300_014, "jamesjoyce"),
            (400_007, "timbaland"),
            (450_014, "promtorg"),
            (499_010, "luke1999"),
        ] {
            assert!(contains(listed), "{listed}, rank {rank}");
        }
        for other_list in ["phoenix888", "supermanboy", "chanelbag"] {
            assert!(contains(other_list), "{other_list}");
        }
        for unlisted in ["lozovoeman19", "loywokec", "3125540f1"] {
            assert!(!contains(unlisted), "{unlisted} has a rank after 500,000");
        }
    }

    #[test]
    fn contains_common_password_returns_true() {
        for common in ["password", "password1", "qwertyuiop", "iloveyou", "11111111", "abcd1234"] {
            assert!(contains(common), "{common}");
        }
    }

    #[test]
    fn contains_ignores_signs_at_the_ends() {
        for common in ["password123!", "!!password123", "p4ssw0rd!!", "  letmein1 ", "password!"] {
            assert!(contains(common), "{common}");
        }
        for other in ["pass-word-123-alone", "!!!!abc!!!!", "securepass123"] {
            assert!(!contains(other), "{other}");
        }
    }

    #[test]
    fn contains_word_ignores_digits_and_signs() {
        for common in ["summer2024!", "#dragon#", "19990704baseball", "qwerty!23"] {
            assert!(contains_word(common), "{common}");
        }
        for other in ["summer1234567890", "mydogrex2024", "summer rain 2024", "12345678"] {
            assert!(!contains_word(other), "{other}");
        }
    }

    /// The documented rate is 1 in 65,000. The samples are the same in each run.
    #[test]
    fn contains_random_password_is_rare() {
        let found = (0..200_000).filter(|number| contains(&format!("kq7vzp{number:x}xm"))).count();
        assert!(found <= 12, "{found}");
    }
}
