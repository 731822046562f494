//! Display names.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// The maximum length of a name in characters.
pub const MAX_CHARS: usize = 100;

/// Why a text is not an acceptable name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum InvalidName {
    /// The text has more than [`MAX_CHARS`] characters.
    #[error("use at most {MAX_CHARS} characters")]
    TooLong,
    /// The text has line breaks or other control characters.
    #[error("use letters, digits, spaces and punctuation only")]
    ControlCharacter,
}

/// A display name: trimmed, in NFC, on one line, possibly empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// Parses a name. Surrounding white space is removed.
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

    /// Whether the user has no name.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_accepts_any_text_on_one_line() {
        assert_eq!(Name::parse("  Ada Lovelace ").unwrap().as_str(), "Ada Lovelace");
        assert_eq!(Name::parse("李小龍 🐉").unwrap().as_str(), "李小龍 🐉");
        assert!(Name::parse("").unwrap().is_empty());
        assert_eq!(Name::parse("a\nb"), Err(InvalidName::ControlCharacter));
        assert_eq!(Name::parse(&"é".repeat(MAX_CHARS)).map(|_| ()), Ok(()));
        assert_eq!(Name::parse(&"é".repeat(MAX_CHARS + 1)), Err(InvalidName::TooLong));
    }
}
