//! Codes in messages, and the browsers that ask for them.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::links::Links;
use crate::{
    crypto::random::{NoRandomness, random_bytes},
    domain::{LinkPurpose, MailId},
};

/// The number of digits of a code.
pub const DIGITS: usize = 6;

/// A code of six digits, as the user types it from a message.
///
/// It has 20 bits only, so it is accepted from one browser, for some minutes, with few attempts, and the database has
/// only an HMAC of it (ASVS 6.5.2, 6.6.3).
#[derive(Clone, PartialEq, Eq)]
pub struct Code(Zeroizing<String>);

/// The secret of the browser that asked for a message: 256 bits, in a cookie. Only its digest is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct BrowserSecret(Zeroizing<[u8; 32]>);

impl Code {
    /// Parses what a user types: spaces and hyphens are ignored. `None`: not six digits.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|typed| !typed.is_whitespace() && *typed != '-').collect();
        let is_code = digits.len() == DIGITS && digits.bytes().all(|digit| digit.is_ascii_digit());
        is_code.then(|| Self(Zeroizing::new(digits)))
    }

    /// The digits, for the message.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

impl BrowserSecret {
    /// A new secret.
    pub fn generate() -> Result<Self, NoRandomness> {
        Ok(Self(Zeroizing::new(random_bytes()?)))
    }

    /// Parses the text of a cookie.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).ok()?);
        Some(Self(Zeroizing::new(bytes.as_slice().try_into().ok()?)))
    }

    /// The secret itself, for the cookie.
    pub fn expose(&self) -> String {
        URL_SAFE_NO_PAD.encode(*self.0)
    }

    /// The SHA-256, as stored.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(*self.0).into()
    }
}

impl fmt::Debug for BrowserSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BrowserSecret(…)")
    }
}

impl Links {
    /// The code of a message. Every attempt to send the message has the same code.
    pub fn code(&self, purpose: LinkPurpose, mail: MailId) -> Code {
        let tag = self.0.tag(format!("code {} {mail}", purpose.as_str()).as_bytes());
        let random = tag.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        // 2⁶⁴ is so much larger than 10⁶ that all codes are equally likely.
        Code(Zeroizing::new(format!("{:06}", random % 1_000_000)))
    }

    /// The tag of a code, as stored. Without the key, it cannot be searched for among the million codes.
    pub fn code_tag(&self, purpose: LinkPurpose, browser: &[u8; 32], code: &Code) -> [u8; 32] {
        let mut message = format!("code tag {} {} ", purpose.as_str(), code.expose()).into_bytes();
        message.extend(browser);
        self.0.tag(&message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;

    const PURPOSE: LinkPurpose = LinkPurpose::SignIn;

    fn mail(random: u8) -> MailId {
        MailId::new(Timestamp::from_millis(1_700_000_000_000), [random; 10])
    }

    #[test]
    fn code_has_six_digits_and_depends_on_message() {
        let links = Links::new(&[1; 32]);
        let codes: Vec<_> = (0..50).map(|number| links.code(PURPOSE, mail(number))).collect();
        assert!(codes.iter().all(|code| Code::parse(code.expose()).as_ref() == Some(code)));
        assert!(codes[1..].iter().all(|code| *code != codes[0]));
        assert_eq!(links.code(PURPOSE, mail(0)), codes[0]);
        assert_ne!(links.code(LinkPurpose::VerifyEmail, mail(0)), codes[0]);
    }

    #[test]
    fn code_ignores_spaces_and_hyphens() {
        for typed in ["012345", " 012 345 ", "012-345", "0\u{a0}12345\n"] {
            assert_eq!(Code::parse(typed).unwrap().expose(), "012345", "{typed}");
        }
        for other in ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "+12345"] {
            assert_eq!(Code::parse(other), None, "{other}");
        }
    }

    #[test]
    fn tag_depends_on_key_browser_and_purpose() {
        let (links, code) = (Links::new(&[1; 32]), Code::parse("012345").unwrap());
        let tag = links.code_tag(PURPOSE, &[2; 32], &code);
        assert_ne!(links.code_tag(PURPOSE, &[3; 32], &code), tag);
        assert_ne!(links.code_tag(LinkPurpose::VerifyEmail, &[2; 32], &code), tag);
        assert_ne!(links.code_tag(PURPOSE, &[2; 32], &Code::parse("012346").unwrap()), tag);
        assert_ne!(Links::new(&[2; 32]).code_tag(PURPOSE, &[2; 32], &code), tag);
    }

    #[test]
    fn browser_secret_text_has_one_spelling() {
        let secret = BrowserSecret::generate().unwrap();
        let text = secret.expose();
        assert!(BrowserSecret::parse(&text).unwrap() == secret);
        assert_ne!(BrowserSecret::generate().unwrap().digest(), secret.digest());
        for bad in [&text[1..], &format!("{text}A"), "", "?"] {
            assert!(BrowserSecret::parse(bad).is_none(), "{bad}");
        }
    }
}
