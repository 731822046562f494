//! Recovery codes: each replaces the authenticator app once.

use std::fmt;

use zeroize::Zeroizing;

/// The number of codes of one set.
pub const CODES: usize = 10;

/// The number of characters, without the hyphen.
pub const LENGTH: usize = 10;

/// The number of remaining codes at which the pages and messages ask for new ones.
pub const FEW: u64 = 3;

/// Five bits per character, without letters that look like digits (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A recovery code: 50 random bits, written `xxxxx-xxxxx`.
///
/// Letter case makes no difference, `o` counts as `0`, `i` and `l` as `1`: users copy the codes from paper.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(Zeroizing<String>);

impl RecoveryCode {
    /// A code of random bytes, of which five bits each are used.
    pub fn of_random(bytes: [u8; LENGTH]) -> Self {
        let characters = bytes.into_iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)]));
        Self(Zeroizing::new(characters.collect()))
    }

    /// Parses what a user types: spaces and hyphens are ignored. `None`: not ten letters and digits.
    pub fn parse(text: &str) -> Option<Self> {
        let typed = text.chars().filter(|typed| !typed.is_whitespace() && *typed != '-');
        let normal: Zeroizing<String> = Zeroizing::new(typed.map(normal).collect());
        let is_code = normal.len() == LENGTH && normal.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_code.then_some(Self(normal))
    }

    /// The characters without the hyphen, to hash them.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The code as users see it.
    pub fn to_text(&self) -> String {
        let (left, right) = self.0.split_at(LENGTH / 2);
        format!("{left}-{right}")
    }
}

const fn normal(character: char) -> char {
    match character.to_ascii_lowercase() {
        'o' => '0',
        'i' | 'l' => '1',
        other => other,
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_code_parses_to_itself() {
        for start in 0..=255_u8 {
            let code =
                RecoveryCode::of_random(std::array::from_fn(|at| start.wrapping_add(u8::try_from(at * 7).unwrap())));
            let text = code.to_text();
            assert!(text.len() == 11 && text.as_bytes()[5] == b'-', "{text}");
            assert_eq!(RecoveryCode::parse(&text), Some(code));
        }
    }

    #[test]
    fn every_character_is_equally_likely() {
        let mut counts = std::collections::BTreeMap::new();
        for byte in 0..=255_u8 {
            *counts.entry(RecoveryCode::of_random([byte; LENGTH]).expose().as_bytes()[0]).or_insert(0) += 1;
        }
        assert!(counts.len() == 32 && counts.values().all(|count| *count == 8), "{counts:?}");
    }

    #[test]
    fn case_hyphens_and_lookalikes_are_ignored() {
        let code = RecoveryCode::parse("abcd0-11x9z").unwrap();
        for typed in ["ABCDO-IlX9Z", " abcd0 11x9z ", "abcd011x9z", "a-b-c-d-o-i-l-x-9-z"] {
            assert_eq!(RecoveryCode::parse(typed), Some(code.clone()), "{typed}");
        }
        for other in ["", "abcd0-11x9", "abcd0-11x9zz", "abcd0_11x9z", "äbcd0-11x9z", "abcd0-11x9é"] {
            assert_eq!(RecoveryCode::parse(other), None, "{other}");
        }
        assert!(!format!("{code:?}").contains("abcd"));
    }
}
