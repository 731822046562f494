//! Plaintext passwords, wiped from memory when dropped.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// The maximum length of a new password in Unicode code points.
pub const MAX_CHARS: usize = 128;

/// The maximum length of an existing password. Imported users can have passwords longer than [`MAX_CHARS`].
const MAX_PRESENTED: usize = 1024;

/// Why a new password is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum WeakPassword {
    /// The password is empty.
    #[error("enter a password")]
    Missing,
    /// The password is shorter than the configured minimum.
    #[error("use at least {minimum} characters")]
    TooShort {
        /// In characters.
        minimum: u8,
    },
    /// The password has more than [`MAX_CHARS`] characters.
    #[error("use at most {MAX_CHARS} characters")]
    TooLong,
    /// The password is on the list of common passwords (ASVS 6.2.4).
    #[error("this is a commonly used password; choose another")]
    Common,
    /// The password is a common one with a few digits and signs added.
    #[error("this is a commonly used password with digits or signs added; add a few unrelated words")]
    CommonWord,
    /// The password is on the operator's own list.
    #[error("this password is not accepted here; choose another")]
    Blocklisted,
    /// The password occurs in a known breach (ASVS 6.2.12).
    #[error("this password occurs in a known data breach; choose another, and change it where you use it")]
    Breached,
    /// The password repeats at most four characters.
    #[error("this password repeats a few characters; add a few unrelated words")]
    Repetition,
    /// The password contains the user's e-mail address or name, or the product's name (ASVS 6.2.11).
    #[error("do not use your e-mail address, your name or “latchkey” in the password")]
    Personal,
    /// The estimate is few guesses: a word, a date, a keyboard pattern. Only with the strong check.
    #[error("this password is easy to guess; add a few unrelated words")]
    Guessable,
    /// The composition rules are enabled and not met.
    #[error("use at least one upper-case letter, one lower-case letter and one digit")]
    Composition,
}

/// A password in Unicode normal form C. Not trimmed, truncated or case-folded (NIST SP 800-63B-4 §3.1.1.2, ASVS 6.2.8).
///
/// With NFC, the same key strokes on two operating systems are the same password.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// Parses a new password: not empty, at most [`MAX_CHARS`] characters. The password policy checks its strength.
    pub fn parse(text: &str) -> Result<Self, WeakPassword> {
        Self::with_limit(text, MAX_CHARS)
    }

    /// Parses an existing password, to be verified against its hash.
    pub fn presented(text: &str) -> Result<Self, WeakPassword> {
        Self::with_limit(text, MAX_PRESENTED)
    }

    fn with_limit(text: &str, max: usize) -> Result<Self, WeakPassword> {
        if text.is_empty() {
            return Err(WeakPassword::Missing);
        }
        let normal = Zeroizing::new(text.nfc().collect::<String>());
        if normal.chars().count() > max {
            return Err(WeakPassword::TooLong);
        }
        Ok(Self(normal))
    }

    /// The password in Unicode normal form KC, which Better Auth hashes. It replaces full-width characters and ligatures
    /// by plain letters.
    #[must_use]
    pub fn compatible(&self) -> Self {
        Self(Zeroizing::new(self.0.nfkc().collect()))
    }

    /// The password in Unicode normal form D, which some keyboards send: letters and their marks are separate.
    #[must_use]
    pub fn decomposed(&self) -> Self {
        Self(Zeroizing::new(self.0.nfd().collect()))
    }

    /// The plaintext password.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_keeps_every_character() {
        let emoji = "🔑".repeat(MAX_CHARS);
        assert_eq!(Password::parse(&emoji).unwrap().expose(), emoji);
        assert_eq!(Password::parse("  two spaces  ").unwrap().expose(), "  two spaces  ");
        assert_eq!(Password::parse(&format!("{emoji}x")).unwrap_err(), WeakPassword::TooLong);
        assert_eq!(Password::parse("").unwrap_err(), WeakPassword::Missing);
    }

    #[test]
    fn parse_decomposed_letters_is_nfc() {
        assert_eq!(Password::parse("caf\u{e9}").unwrap().expose(), Password::parse("cafe\u{301}").unwrap().expose());
    }

    #[test]
    fn presented_accepts_longer_passwords() {
        let long = "x".repeat(MAX_CHARS + 1);
        assert_eq!(Password::presented(&long).unwrap().expose(), long);
        assert_eq!(Password::presented(&"x".repeat(MAX_PRESENTED + 1)).unwrap_err(), WeakPassword::TooLong);
        assert_eq!(Password::presented("").unwrap_err(), WeakPassword::Missing);
    }

    #[test]
    fn compatible_has_plain_characters() {
        assert_eq!(Password::parse("ｐａｓｓ①ﬁ").unwrap().compatible().expose(), "pass1fi");
    }

    #[test]
    fn debug_hides_the_password() {
        assert!(!format!("{:?}", Password::parse("open sesame").unwrap()).contains("sesame"));
    }
}
