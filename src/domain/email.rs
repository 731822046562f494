//! E-mail addresses: their normal form, and a key that is unique per mailbox.

use std::fmt;

use email_address::{EmailAddress, Options};
use icu_casemap::CaseMapper;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::characters::{is_invisible, is_variation_selector};

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
    /// The text has an invisible character, which often comes from copying.
    #[error("remove the invisible characters from the e-mail address")]
    InvisibleCharacter,
}

/// A syntactically valid e-mail address.
///
/// Two addresses with the same [`key`](Email::key) are the same mailbox. The syntax is checked *after* normalization:
/// otherwise a look-alike of `@` or `.` could introduce another domain (GHSA-7rqj-j65f-68wh).
#[derive(Clone, PartialEq, Eq)]
pub struct Email {
    address: String,
    key: String,
    former_key: String,
}

impl Email {
    /// Parses the address of a new account. Surrounding white space is removed. An invisible character before the `@` is
    /// refused and not removed, because mail to the remaining address could reach another mailbox.
    pub fn parse(text: &str) -> Result<Self, InvalidEmail> {
        let email = Self::presented(text)?;
        let typed: String = text.nfkc().collect();
        let local = typed.rsplit_once('@').map_or("", |(local, _)| local);
        // The shape of a character is no part of an address.
        let hidden = |character| is_invisible(character) && !is_variation_selector(character);
        if local.contains(hidden) { Err(InvalidEmail::InvisibleCharacter) } else { Ok(email) }
    }

    /// Parses the address of an existing account. Invisible characters before the `@` and at the end are
    /// ignored.
    pub fn presented(text: &str) -> Result<Self, InvalidEmail> {
        let typed: String = text.trim().nfc().collect();
        if typed.is_empty() {
            return Err(InvalidEmail::Missing);
        }
        let hidden = typed.contains(is_invisible);
        Self::of(&typed).ok_or(if hidden { InvalidEmail::InvisibleCharacter } else { InvalidEmail::Malformed })
    }

    fn of(typed: &str) -> Option<Self> {
        if typed.len() > MAX_BYTES {
            return None;
        }
        // Copied addresses often have invisible characters at their ends.
        let (local, domain) = split(typed.trim_matches(|end: char| end.is_whitespace() || is_invisible(end)))?;
        let local: String = local.chars().filter(|character| !is_invisible(*character)).collect();
        let (ascii_domain, unicode_domain) = domain_forms(&domain)?;
        // Lower case depends on the neighbours: a Greek word ends with another sigma.
        let address = format!("{}@{unicode_domain}", local.to_lowercase().nfkc());
        let key = format!("{}@{ascii_domain}", folded(&local));
        let former_key = former_key(typed).unwrap_or_else(|| key.clone());
        let is_valid = is_address(&key) && address.len() <= MAX_BYTES;
        is_valid.then_some(Self { address, key, former_key })
    }

    /// The normal form: NFKC in lower case, with the domain in Unicode. Latchkey stores and shows this form.
    pub fn as_str(&self) -> &str {
        &self.address
    }

    /// A form that is unique per mailbox: the local part in NFKC with simple case folding, the domain in ASCII (IDNA
    /// 2008).
    ///
    /// Full case folding would also make `ß` equal to `ss`. These are different letters to mail servers and to IDNA 2008,
    /// so one user's sign-up would block another user's address.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The key in earlier versions, which were lower case and not folded. Accounts whose new key was taken still have it.
    pub fn former_key(&self) -> &str {
        &self.former_key
    }

    /// The domain in ASCII (IDNA 2008), as mail servers are addressed.
    pub fn ascii_domain(&self) -> &str {
        self.key.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// The part before the `@`, normalized.
    pub fn local_part(&self) -> &str {
        self.address.rsplit_once('@').map_or(self.as_str(), |(local, _)| local)
    }
}

/// The part before the `@` and the domain, both in NFKC.
fn split(typed: &str) -> Option<(String, String)> {
    let normal: String = typed.nfkc().collect();
    let (local, domain) = normal.rsplit_once('@')?;
    Some((local.to_owned(), domain.to_owned()))
}

/// The domain in ASCII and in Unicode.
fn domain_forms(domain: &str) -> Option<(String, String)> {
    let ascii = idna::domain_to_ascii_strict(domain).ok()?;
    let (unicode, valid) = idna::domain_to_unicode(&ascii);
    valid.is_ok().then_some((ascii, unicode))
}

/// Removes differences in case.
fn folded(local: &str) -> String {
    let mapper = CaseMapper::new();
    // Lower case first, as in the normal form. NFKC again: both can leave the normal form (UTR #36).
    local.chars().flat_map(char::to_lowercase).map(|character| mapper.simple_fold(character)).nfkc().collect()
}

fn former_key(typed: &str) -> Option<String> {
    let lower: String = typed.nfkc().flat_map(char::to_lowercase).nfkc().collect();
    let (local, domain) = lower.rsplit_once('@')?;
    Some(format!("{local}@{}", idna::domain_to_ascii_strict(domain).ok()?))
}

fn is_address(key: &str) -> bool {
    let options = Options::default().with_required_tld().without_display_text().without_domain_literal();
    let local = key.rsplit_once('@').map_or("", |(local, _)| local);
    // Quoted local parts are legal but not in use, and easy to compare wrongly.
    EmailAddress::parse_with_options(key, options).is_ok() && key.len() <= MAX_BYTES && !local.contains(['"', '@'])
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

    fn key(text: &str) -> String {
        Email::presented(text).unwrap().key().to_owned()
    }

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
    fn key_ignores_case_in_every_script() {
        for (one, other) in [
            ("νικος", "ΝΙΚΟΣ"),
            ("σισυφος", "ΣΙΣΥΦΟΣ"),
            ("STRAẞE", "straße"),
            ("ԱՐՄԵՆ", "արմեն"),
            ("ᏣᎳᎩ", "ꮳꮃꭹ"),
            ("ǅem", "ǆem"),
            ("ſam", "SAM"),
        ] {
            assert_eq!(key(&format!("{one}@example.com")), key(&format!("{other}@example.com")), "{one}");
        }
    }

    #[test]
    fn key_of_different_letters_differs() {
        for (one, other) in [("strauß", "strauss"), ("ıpek", "ipek"), ("josé", "jose"), ("νικόσ", "νικοσ")]
        {
            assert_ne!(key(&format!("{one}@example.com")), key(&format!("{other}@example.com")), "{one}");
        }
    }

    #[test]
    fn parse_returns_the_normal_form() {
        for (typed, normal) in [
            (" Ada@Example.com", "ada@example.com"),
            ("grace@exam\u{200b}ple.com", "grace@example.com"),
            ("grace@example.com\u{feff}", "grace@example.com"),
            ("grace@example.com\u{202c} ", "grace@example.com"),
            ("ｇｒａｃｅ@ｅｘａｍｐｌｅ.com", "grace@example.com"),
            ("grace＠example。com", "grace@example.com"),
            ("ΝΙΚΟΣ@example.com", "νικος@example.com"),
            ("jose\u{301}@BÜCHER.example", "jos\u{e9}@bücher.example"),
            ("a@xn--bcher-kva.example", "a@bücher.example"),
            ("Strauß@example.com", "strauß@example.com"),
            ("葛\u{e0100}@example.com", "葛@example.com"),
        ] {
            assert_eq!(Email::parse(typed).unwrap().as_str(), normal, "{typed:?}");
        }
    }

    #[test]
    fn normal_form_is_its_own_normal_form() {
        // Without the large blocks of ideographs and Hangul syllables, which have no case.
        for character in [0..0x3400, 0xa640..0xac00, 0xf900..0x1_1000, 0x1_d000..0x1_f000].into_iter().flatten() {
            let Some(character) = char::from_u32(character) else { continue };
            if character.to_lowercase().eq([character]) && [character].into_iter().nfkc().eq([character]) {
                continue;
            }
            let Ok(email) = Email::presented(&format!("a{character}b@example.com")) else { continue };
            let again = Email::parse(email.as_str()).unwrap();
            assert_eq!((again.as_str(), again.key()), (email.as_str(), email.key()), "U+{:04X}", u32::from(character));
            assert_eq!(key(email.key()), email.key(), "U+{:04X}", u32::from(character));
        }
    }

    #[test]
    fn presented_ignores_invisible_characters() {
        let typed = "\u{202a}gra\u{200b}ce@example.com\u{200b}";
        assert_eq!(Email::presented(typed).unwrap().as_str(), "grace@example.com");
        assert_eq!(Email::parse(typed), Err(InvalidEmail::InvisibleCharacter));
    }

    #[test]
    fn parse_invisible_character_is_the_reason() {
        for bad in [
            "gra\u{200b}ce@example.com",
            "\u{feff}grace@example.com",
            "gra\u{ad}ce@example.com",
            "grace\u{2060}@example.com",
            "gra\u{3164}ce@example.com",
            "gra\u{ffa0}ce@example.com",
            "grace@exam\u{200d}ple.com",
            "\u{200b}",
            "grace\u{200b}",
        ] {
            assert_eq!(Email::parse(bad), Err(InvalidEmail::InvisibleCharacter), "{bad:?}");
        }
    }

    #[test]
    fn former_key_is_that_of_earlier_versions() {
        for (typed, former) in [
            ("Ada@Example.com", "ada@example.com"),
            ("νικος@example.com", "νικος@example.com"),
            ("ΝΙΚΟΣ@example.com", "νικοσ@example.com"),
            ("gra\u{200b}ce@example.com", "gra\u{200b}ce@example.com"),
        ] {
            assert_eq!(Email::presented(typed).unwrap().former_key(), former, "{typed:?}");
        }
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
