//! Passwords in the clear, for as short as possible.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// The most characters (Unicode code points) a password may have.
pub const MAX_CHARS: usize = 128;

/// The most characters looked at when someone signs in: another system that people were brought along
/// from may have allowed more than [`MAX_CHARS`].
const MAX_PRESENTED: usize = 1024;

/// Why a password cannot be chosen. The reasons are all we ever say about a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum WeakPassword {
    /// Nothing was given.
    #[error("enter a password")]
    Missing,
    /// Fewer characters than the configured minimum.
    #[error("use at least {minimum} characters")]
    TooShort {
        /// The fewest characters allowed.
        minimum: u8,
    },
    /// More than [`MAX_CHARS`] characters.
    #[error("use at most {MAX_CHARS} characters")]
    TooLong,
    /// Among the passwords attackers try first (ASVS 6.2.4).
    #[error("this is a commonly used password; choose another")]
    Common,
    /// Contains the account's own e-mail address or name, or the product's (ASVS 6.2.11).
    #[error("do not use your e-mail address, your name or “latchkey” in the password")]
    Personal,
    /// Can be guessed with few attempts: a word, a date, a keyboard pattern, a repetition.
    #[error("this password is easy to guess; add a few unrelated words")]
    Guessable,
    /// Composition rules are switched on and not met.
    #[error("use at least one upper-case letter, one lower-case letter and one digit")]
    Composition,
}

/// A password as received, in Unicode normal form C and otherwise untouched: not trimmed, not
/// truncated, not folded (NIST SP 800-63B-4 §3.1.1.2, ASVS 6.2.8). Wiped from memory when dropped.
///
/// NFC so that the same key strokes on two operating systems are the same password.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes any text that is not empty and not longer than [`MAX_CHARS`]; whether it is good enough
    /// to be *chosen* is the password policy's to say.
    pub fn parse(text: &str) -> Result<Self, WeakPassword> {
        Self::of_at_most(MAX_CHARS, text)
    }

    /// Takes a password that was chosen already, here or elsewhere, to be compared with its hash.
    pub fn presented(text: &str) -> Result<Self, WeakPassword> {
        Self::of_at_most(MAX_PRESENTED, text)
    }

    fn of_at_most(most: usize, text: &str) -> Result<Self, WeakPassword> {
        if text.is_empty() {
            return Err(WeakPassword::Missing);
        }
        let normal = Zeroizing::new(text.nfc().collect::<String>());
        if normal.chars().count() > most {
            return Err(WeakPassword::TooLong);
        }
        Ok(Self(normal))
    }

    /// In Unicode normal form KC, in which full-width and other look-alike characters are the plain ones:
    /// what some systems hash.
    #[must_use]
    pub fn compatible(&self) -> Self {
        Self(Zeroizing::new(self.0.nfkc().collect()))
    }

    /// The password itself. Everything that calls this must be worth the look.
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
    fn every_character_counts_and_none_is_lost() {
        let emoji = "🔑".repeat(MAX_CHARS);
        assert_eq!(Password::parse(&emoji).unwrap().expose(), emoji);
        assert_eq!(Password::parse("  two spaces  ").unwrap().expose(), "  two spaces  ");
        assert_eq!(Password::parse(&format!("{emoji}x")).unwrap_err(), WeakPassword::TooLong);
        assert_eq!(Password::parse("").unwrap_err(), WeakPassword::Missing);
    }

    #[test]
    fn composed_and_decomposed_letters_are_one_password() {
        assert_eq!(Password::parse("caf\u{e9}").unwrap().expose(), Password::parse("cafe\u{301}").unwrap().expose());
    }

    #[test]
    fn a_longer_password_chosen_elsewhere_can_still_be_presented() {
        let long = "x".repeat(MAX_CHARS + 1);
        assert_eq!(Password::presented(&long).unwrap().expose(), long);
        assert_eq!(Password::presented(&"x".repeat(MAX_PRESENTED + 1)).unwrap_err(), WeakPassword::TooLong);
        assert_eq!(Password::presented("").unwrap_err(), WeakPassword::Missing);
    }

    #[test]
    fn the_compatible_form_has_plain_characters() {
        assert_eq!(Password::parse("ｐａｓｓ①ﬁ").unwrap().compatible().expose(), "pass1fi");
    }

    #[test]
    fn debug_output_hides_it() {
        assert!(!format!("{:?}", Password::parse("open sesame").unwrap()).contains("sesame"));
    }
}
