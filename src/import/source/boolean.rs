//! Parses yes and no in the spellings of databases and exports.

use super::{SourceFlag, time};

/// Parses a yes-or-no value; `default` without one. A time means yes: `confirmed_at`, `deleted_at`.
pub(crate) fn flag(text: Option<&str>, default: bool) -> SourceFlag {
    let Some(text) = text.filter(|text| !text.trim_matches(' ').is_empty()) else { return SourceFlag::Is(default) };
    // A bit of MySQL is exported as the byte itself.
    match text.trim_matches(' ').to_ascii_lowercase().as_str() {
        "1" | "true" | "t" | "yes" | "y" | "on" | "\u{1}" | "b'1'" => SourceFlag::Is(true),
        "0" | "false" | "f" | "no" | "n" | "off" | "\u{0}" | "b'0'" | "null" | "none" => SourceFlag::Is(false),
        text => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => SourceFlag::Is(number != 0.0),
            _ if time::parse(text).is_some() => SourceFlag::Is(true),
            _ => SourceFlag::Unreadable,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flag_in_every_spelling_is_parsed() {
        for text in ["1", "true", "TRUE", " True ", "t", "yes", "Y", "on", "1.0", "\u{1}", "2026-11-25 10:15:30"] {
            assert_eq!(flag(Some(text), false), SourceFlag::Is(true), "{text:?}");
        }
        for text in ["0", "false", "False", "f", "NO", "n", "off", "0.0", "\u{0}", "NULL"] {
            assert_eq!(flag(Some(text), true), SourceFlag::Is(false), "{text:?}");
        }
        for text in [None, Some(""), Some(" ")] {
            assert_eq!([true, false].map(|default| flag(text, default)), [true, false].map(SourceFlag::Is));
        }
        for text in ["maybe", "nan", "NaN", "inf", "-infinity", "nan%", "[]"] {
            assert_eq!(flag(Some(text), false), SourceFlag::Unreadable, "{text}");
        }
    }
}
