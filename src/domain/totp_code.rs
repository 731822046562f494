//! The code of an authenticator app.

use std::fmt;

use zeroize::Zeroizing;

/// The number of digits.
pub const DIGITS: usize = 6;

/// A code of six digits, as the user types it from an authenticator app (RFC 6238).
#[derive(Clone, PartialEq, Eq)]
pub struct TotpCode(Zeroizing<String>);

impl TotpCode {
    /// Parses what a user types: spaces are ignored, because apps show the code in groups. `None`: not six digits.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|typed| !typed.is_whitespace()).collect();
        let is_code = digits.len() == DIGITS && digits.bytes().all(|digit| digit.is_ascii_digit());
        is_code.then(|| Self(Zeroizing::new(digits)))
    }

    /// The digits, to compare them.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TotpCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_ignores_spaces() {
        for typed in ["012345", " 012 345 ", "01 23 45", "0\u{a0}12345\n"] {
            assert_eq!(TotpCode::parse(typed).unwrap().expose(), "012345", "{typed}");
        }
        for other in ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "+12345", "012-345"] {
            assert_eq!(TotpCode::parse(other), None, "{other}");
        }
    }

    #[test]
    fn debug_output_hides_the_digits() {
        assert!(!format!("{:?}", TotpCode::parse("012345").unwrap()).contains("012345"));
    }
}
