//! Display names.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::characters::{
    is_control, is_direction_control, is_invisible, is_line_break, is_visible, shapes_its_neighbours,
};

/// The maximum length of a name in characters.
pub const MAX_CHARS: usize = 100;

/// Why a text is not an acceptable name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum InvalidName {
    /// The text has more than [`MAX_CHARS`] characters.
    #[error("use at most {MAX_CHARS} characters")]
    TooLong,
    /// The text has more than one line.
    #[error("write the name on one line")]
    LineBreak,
    /// The text has control characters.
    #[error("remove the control characters")]
    ControlCharacter,
    /// The text has characters that change the direction of text, and could make a name look like another.
    #[error("remove the characters that change the direction of text")]
    DirectionControl,
    /// The text has invisible characters that change nothing that a reader sees.
    #[error("remove the invisible characters")]
    InvisibleCharacter,
    /// The text is not empty, and a reader sees nothing.
    #[error("use at least one visible character")]
    NothingVisible,
}

/// A display name: trimmed, in NFC, on one line, with at least one visible character or empty.
///
/// Joiners and variation selectors are part of some scripts and of emoji, so they are allowed where they have an effect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// Parses a name. Surrounding white space is removed.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let name: Vec<char> = text.trim().nfc().collect();
        if name.len() > MAX_CHARS {
            return Err(InvalidName::TooLong);
        }
        let has = |property: fn(char) -> bool| name.iter().any(|character| property(*character));
        if has(is_line_break) {
            return Err(InvalidName::LineBreak);
        }
        if has(is_control) {
            return Err(InvalidName::ControlCharacter);
        }
        if has(is_direction_control) {
            return Err(InvalidName::DirectionControl);
        }
        if !name.is_empty() && !has(is_visible) {
            return Err(InvalidName::NothingVisible);
        }
        if useless(&name).is_some() {
            return Err(InvalidName::InvisibleCharacter);
        }
        Ok(Self(name.into_iter().collect()))
    }

    /// The acceptable part of a name that other rules allowed: of another system, or of an earlier version.
    pub fn cleaned(text: &str) -> Self {
        Self::parse(text).unwrap_or_else(|_| Self::clean(text))
    }

    fn clean(text: &str) -> Self {
        let space_for_control =
            |character| if is_control(character) || is_line_break(character) { ' ' } else { character };
        let mut name: Vec<char> = text.trim().nfc().map(space_for_control).take(MAX_CHARS).collect();
        name.retain(|character| !is_direction_control(*character));
        loop {
            while let Some(at) = useless(&name) {
                name.remove(at);
            }
            match Self::parse(&String::from_iter(&name)) {
                Ok(name) => return name,
                // Normalization can make the text longer again.
                Err(_) if name.pop().is_some() => {}
                Err(_) => return Self::default(),
            }
        }
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

/// The index of the first invisible character without an effect.
fn useless(name: &[char]) -> Option<usize> {
    (0..name.len()).find(|at| is_invisible(name[*at]) && !shapes_its_neighbours(name, *at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> Option<InvalidName> {
        Name::parse(text).err()
    }

    #[test]
    fn parse_accepts_any_text_on_one_line() {
        assert_eq!(Name::parse("  Ada Lovelace ").unwrap().as_str(), "Ada Lovelace");
        assert_eq!(Name::parse("李小龍 🐉").unwrap().as_str(), "李小龍 🐉");
        assert!(Name::parse("").unwrap().is_empty());
        assert!(Name::parse(" \u{3000}\u{a0} ").unwrap().is_empty());
        assert_eq!(Name::parse(&"é".repeat(MAX_CHARS)).map(|_| ()), Ok(()));
        assert_eq!(refusal(&"é".repeat(MAX_CHARS + 1)), Some(InvalidName::TooLong));
    }

    #[test]
    fn parse_keeps_joiners_that_shape_the_text() {
        for name in [
            "👩‍👩‍👧‍👦",
            "👩🏽‍💻 Ada",
            "🏳️‍🌈",
            "🏴‍☠️",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "❤️",
            "1️⃣",
            "علی\u{200c}رضا",
            "مادر\u{200c}بزرگ",
            "က္\u{200d}ရ",
            "क्\u{200d}ष",
            "ක්\u{200d}රිස්ටි",
            "അനില്\u{200d}",
            "র\u{200d}্যাচেল",
            "葛\u{e0100}城",
            "ᠮᠣᠩᠭᠣᠯ\u{180b}",
            "ᠬᠠᠭᠠᠨ\u{180e}ᠠ",
        ] {
            assert_eq!(Name::parse(name).map(|name| name.as_str().to_owned()), Ok(name.to_owned()), "{name:?}");
        }
    }

    #[test]
    fn parse_invalid_name_gives_the_reason() {
        use InvalidName::{ControlCharacter, DirectionControl, InvisibleCharacter, LineBreak, NothingVisible};
        for (name, reason) in [
            ("a\nb", LineBreak),
            ("a\r\nb", LineBreak),
            ("a\u{2028}b", LineBreak),
            ("a\u{85}b", LineBreak),
            ("a\u{7}b", ControlCharacter),
            ("a\tb", ControlCharacter),
            ("a\u{0}b", ControlCharacter),
            ("a\u{ffff}b", ControlCharacter),
            ("Ada \u{202e}nimdA", DirectionControl),
            ("\u{2066}Ada\u{2069}", DirectionControl),
            ("Ada\u{200f}", DirectionControl),
            ("\u{200e}Ada", DirectionControl),
            ("\u{61c}Ada", DirectionControl),
            ("\u{200b}", NothingVisible),
            ("\u{200d}\u{feff}", NothingVisible),
            ("\u{3164}", NothingVisible),
            ("\u{ffa0}\u{115f}", NothingVisible),
            ("\u{2800}", NothingVisible),
            ("\u{fe0f}", NothingVisible),
            ("\u{301}", NothingVisible),
            ("\u{e000}", NothingVisible),
            ("A\u{200b}da", InvisibleCharacter),
            ("A\u{200d}da", InvisibleCharacter),
            ("A\u{200c}da", InvisibleCharacter),
            ("Ada\u{200d}", InvisibleCharacter),
            ("\u{feff}Ada", InvisibleCharacter),
            ("A\u{ad}da", InvisibleCharacter),
            ("A\u{2060}da", InvisibleCharacter),
            ("A\u{34f}da", InvisibleCharacter),
            ("A\u{e0041}da", InvisibleCharacter),
            ("Ada\u{3164}", InvisibleCharacter),
            ("A\u{fff9}da", InvisibleCharacter),
            ("Ada \u{fe0f}", InvisibleCharacter),
            ("❤\u{fe0f}\u{fe0f}", InvisibleCharacter),
            ("👩\u{200d}", InvisibleCharacter),
            ("👩\u{200d}\u{200d}👧", InvisibleCharacter),
            ("\u{200d}👧", InvisibleCharacter),
            ("🏴\u{e0067}\u{e0062}", InvisibleCharacter),
            ("علی\u{200c}", InvisibleCharacter),
            ("علی\u{200c}\u{200c}رضا", InvisibleCharacter),
            ("علی\u{200b}رضا", InvisibleCharacter),
        ] {
            assert_eq!(refusal(name), Some(reason), "{name:?}");
        }
    }

    #[test]
    fn cleaned_keeps_the_acceptable_part() {
        for (text, name) in [
            ("Ada Lovelace", "Ada Lovelace"),
            ("Ada\nLovelace\u{7}", "Ada Lovelace"),
            ("\u{202e}Ada\u{200b} Love\u{2066}lace", "Ada Lovelace"),
            ("👩\u{200b}\u{200d}👧", "👩\u{200d}👧"),
            ("\u{200d}\u{3164}", ""),
            ("\u{2800}", ""),
        ] {
            assert_eq!(Name::cleaned(text).as_str(), name, "{text:?}");
        }
        assert_eq!(Name::cleaned(&"x".repeat(300)).as_str(), "x".repeat(MAX_CHARS));
        assert_eq!(Name::cleaned(&"👩\u{200d}".repeat(60)).as_str().chars().count(), MAX_CHARS - 1);
        assert!(!Name::cleaned(&"\u{1d160}".repeat(100)).is_empty(), "normalization makes it longer");
    }
}
