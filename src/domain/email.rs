//! E-mail addresses: the typed spelling, and a normalized key that is unique per mailbox.

use std::fmt;

use email_address::{EmailAddress, Options};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// The maximum length of an address in bytes (RFC 5321 §4.5.3.1.3, without the angle brackets).
pub const MAX_BYTES: usize = 254;

/// Why a text is not an acceptable e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum InvalidEmail {
    /// The text is empty.
    #[error("enter an e-mail address")]
    Missing,
    /// The text does not have the form `name@example.com`, or is longer than [`MAX_BYTES`].
    #[error("enter an e-mail address like name@example.com")]
    Malformed,
}

/// A syntactically valid e-mail address.
///
/// Two addresses with the same [`key`](Email::key) are the same mailbox. The key is the NFKC form in lower case with
/// an ASCII domain (IDNA 2008). The syntax is checked *after* this normalization: otherwise a look-alike of `@` or `.`
/// could introduce another domain (GHSA-7rqj-j65f-68wh).
#[derive(Clone, PartialEq, Eq)]
pub struct Email {
    typed: String,
    key: String,
}

impl Email {
    /// Parses an address. Surrounding white space is removed.
    pub fn parse(text: &str) -> Result<Self, InvalidEmail> {
        let typed: String = text.trim().nfc().collect();
        if typed.is_empty() {
            return Err(InvalidEmail::Missing);
        }
        if typed.len() > MAX_BYTES {
            return Err(InvalidEmail::Malformed);
        }
        let key = mailbox_key(&typed).ok_or(InvalidEmail::Malformed)?;
        Ok(Self { typed, key })
    }

    /// The typed spelling in NFC.
    pub fn as_str(&self) -> &str {
        &self.typed
    }

    /// The normalized form, unique per mailbox.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The part before the `@`, normalized.
    pub fn local_part(&self) -> &str {
        self.key.rsplit_once('@').map_or(self.key(), |(local, _)| local)
    }
}

fn mailbox_key(typed: &str) -> Option<String> {
    // NFKC twice: lower case can leave the normal form (UTR #36).
    let folded: String = typed.nfkc().flat_map(char::to_lowercase).nfkc().collect();
    let (local, domain) = folded.rsplit_once('@')?;
    let domain = idna::domain_to_ascii_strict(domain).ok()?;
    let key = format!("{local}@{domain}");
    let options = Options::default().with_required_tld().without_display_text().without_domain_literal();
    let valid = EmailAddress::parse_with_options(&key, options).is_ok();
    // Quoted local parts are legal but not in use, and easy to compare wrongly.
    (valid && key.len() <= MAX_BYTES && !local.contains(['"', '@'])).then_some(key)
}

/// Omits the address: logs contain no personal data.
impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_of_equivalent_spellings_is_equal() {
        let ada = Email::parse("ada@example.com").unwrap();
        for same in
            ["ADA@Example.COM", "  ada@example.com ", "ada@EXAMPLE.com", "\u{ff41}da@example.com", "ada@ｅxample.com"]
        {
            assert_eq!(Email::parse(same).unwrap().key(), ada.key(), "{same:?}");
        }
        let composed = Email::parse("jos\u{e9}@example.com").unwrap();
        assert_eq!(Email::parse("jose\u{301}@example.com").unwrap().key(), composed.key());
        assert_eq!(Email::parse("a@bücher.example").unwrap().key(), "a@xn--bcher-kva.example");
    }

    #[test]
    fn parse_keeps_the_typed_spelling() {
        assert_eq!(Email::parse(" Ada@Example.com").unwrap().as_str(), "Ada@Example.com");
    }

    #[test]
    fn parse_invalid_address_is_error() {
        assert_eq!(Email::parse("   "), Err(InvalidEmail::Missing));
        let long = format!("{}@example.com", "a".repeat(250));
        for bad in [
            "ada",
            "ada@",
            "@example.com",
            "ada@example",
            "ada@@example.com",
            "a b@example.com",
            "ada@example..com",
            "ada@-example.com",
            "Ada <ada@example.com>",
            "ada@[127.0.0.1]",
            "\"a b\"@example.com",
            "ada@exa\u{0}mple.com",
            "ada@example.com\r\nBcc: x@y.z",
            "ada@evil.com\u{ff20}example.com",
            &long,
        ] {
            assert_eq!(Email::parse(bad), Err(InvalidEmail::Malformed), "{bad:?}");
        }
    }
}
