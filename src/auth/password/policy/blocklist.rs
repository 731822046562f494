//! The operator's own list of refused passwords.

use std::{fmt, sync::Arc};

use super::spelling;

/// The maximum size of the file in bytes.
pub const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// The maximum length of a line in bytes. No password is as long: a longer line shows that the file is no list.
const MAX_LINE: usize = 1024;

/// Refused passwords, one per line in the operator's file. Cheap to clone.
///
/// Contains only keys, at most 16 bytes per password, and not the passwords.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Blocklist(Arc<[u64]>);

/// Why a file is not a list of passwords. The messages contain no line of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBlocklist {
    /// The file is too large.
    #[error("is larger than {} MiB", MAX_BYTES / 1024 / 1024)]
    TooLarge,
    /// A line is not UTF-8.
    #[error("line {line} is not UTF-8; save the file as UTF-8, with one password per line")]
    NotUtf8 {
        /// Counted from 1.
        line: usize,
    },
    /// A line is too long for a password.
    #[error("line {line} has more than {MAX_LINE} bytes; write one password per line")]
    LongLine {
        /// Counted from 1.
        line: usize,
    },
}

impl Blocklist {
    /// Parses a list: UTF-8, one password per line, with LF or CRLF. A byte order mark and empty lines are ignored.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBlocklist> {
        if u64::try_from(bytes.len()).map_or(true, |length| length > MAX_BYTES) {
            return Err(InvalidBlocklist::TooLarge);
        }
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        let mut keys = Vec::new();
        for (index, entry) in bytes.split(|byte| *byte == b'\n').enumerate() {
            let line = index + 1;
            if entry.len() > MAX_LINE {
                return Err(InvalidBlocklist::LongLine { line });
            }
            let entry = str::from_utf8(entry).map_err(|_| InvalidBlocklist::NotUtf8 { line })?;
            // UTF-16 without other letters than ASCII is UTF-8 with zero bytes.
            if entry.contains('\0') {
                return Err(InvalidBlocklist::NotUtf8 { line });
            }
            let folded = spelling::fold(entry.strip_suffix('\r').unwrap_or(entry));
            if !folded.trim().is_empty() {
                keys.push(spelling::password_key(&folded));
                keys.extend(spelling::word_key(&folded));
            }
        }
        keys.sort_unstable();
        keys.dedup();
        Ok(Self(keys.into()))
    }

    /// Whether the list contains the password: the whole password, or its only word with a few digits and signs at its
    /// ends.
    pub(super) fn contains(&self, folded: &str) -> bool {
        let has = |key| self.0.binary_search(&key).is_ok();
        has(spelling::password_key(folded)) || spelling::word_key(folded).is_some_and(has)
    }
}

impl fmt::Debug for Blocklist {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blocklist({} keys)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(bytes: &[u8]) -> Blocklist {
        Blocklist::parse(bytes).unwrap()
    }

    #[test]
    fn parse_accepts_every_text_format() {
        let unix: &[u8] = "Contoso\n\nviolet spoon\nKürbis Köter\n".as_bytes();
        let windows = "\u{feff}Contoso\r\n\r\nviolet spoon\r\nKürbis Köter".as_bytes();
        for bytes in [unix, windows] {
            for refused in ["contoso", "contoso2026!", "violet spoon", "violet spoon!!", "kürbis köter"] {
                assert!(list(bytes).contains(&spelling::fold(refused)), "{refused}");
            }
            for accepted in ["contoso spoon", "violet", "kürbis", "        ", "12345678"] {
                assert!(!list(bytes).contains(accepted), "{accepted}");
            }
        }
    }

    #[test]
    fn parse_compares_case_and_width_folded() {
        for spelling in ["ＣＯＮＴＯＳＯ２６", "CONTOSO26", "contoso26"] {
            assert!(list(spelling.as_bytes()).contains("contoso26"), "{spelling}");
        }
    }

    #[test]
    fn parse_other_file_names_the_line_only() {
        let utf16: Vec<u8> = "ab\ncd\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let long = format!("short\n{}", "x".repeat(MAX_LINE + 1));
        for (bytes, line) in [(utf16.as_slice(), 1), (b"good\nbad\xff\n", 2), (long.as_bytes(), 2)] {
            let message = Blocklist::parse(bytes).unwrap_err().to_string();
            assert!(message.starts_with(&format!("line {line} ")) && !message.contains("bad"), "{message}");
        }
        assert!(Blocklist::parse("x".repeat(MAX_LINE).as_bytes()).is_ok());
        assert_eq!(list(b""), Blocklist::default());
    }

    #[test]
    fn parse_repeated_lines_use_memory_once() {
        assert_eq!(list(&b"Contoso\n".repeat(1000)), list(b"Contoso"));
    }

    #[test]
    fn debug_hides_the_passwords() {
        assert_eq!(format!("{:?}", list(b"hunter two\n")), "Blocklist(2 keys)");
    }
}
