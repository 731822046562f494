//! What a person wants to be called.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// The most characters a name may have.
pub const MAX_CHARS: usize = 100;

/// Why a text cannot be a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum InvalidName {
    /// More than [`MAX_CHARS`] characters.
    #[error("use at most {MAX_CHARS} characters")]
    TooLong,
    /// Holds line breaks or other control characters.
    #[error("use letters, digits, spaces and punctuation only")]
    ControlCharacter,
}

/// A display name: NFC, trimmed, possibly empty, on one line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Name(String);

impl Name {
    /// Parses what a person typed; surrounding white space is dropped.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let name: String = text.trim().nfc().collect();
        if name.chars().count() > MAX_CHARS {
            return Err(InvalidName::TooLong);
        }
        if name.chars().any(char::is_control) {
            return Err(InvalidName::ControlCharacter);
        }
        Ok(Self(name))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether no name was given.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_any_text_on_one_line() {
        assert_eq!(Name::parse("  Ada Lovelace ").unwrap().as_str(), "Ada Lovelace");
        assert_eq!(Name::parse("李小龍 🐉").unwrap().as_str(), "李小龍 🐉");
        assert!(Name::parse("").unwrap().is_empty());
        assert_eq!(Name::parse("a\nb"), Err(InvalidName::ControlCharacter));
        assert_eq!(Name::parse(&"é".repeat(MAX_CHARS)).map(|_| ()), Ok(()));
        assert_eq!(Name::parse(&"é".repeat(MAX_CHARS + 1)), Err(InvalidName::TooLong));
    }
}
