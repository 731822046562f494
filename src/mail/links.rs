//! The secrets of links in messages.

use std::{fmt, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{
    crypto::{hex::hex, hmac::HmacKey},
    domain::{LinkPurpose, MailId},
};

/// How long the link of a password reset is valid, from the time of sending.
pub const RESET_LIFETIME: Duration = Duration::from_mins(30);

/// How long the link that verifies an address is valid, from the time of sending.
pub const VERIFY_LIFETIME: Duration = Duration::from_hours(1);

/// How long the link that deletes an account is valid, from the time of sending.
pub const DELETE_LIFETIME: Duration = Duration::from_hours(1);
/// How long the link to a new address is valid, from the time of sending.
pub const CHANGE_LIFETIME: Duration = Duration::from_hours(1);

/// How long a change of the address can be undone: from the time of sending the link to the former address.
pub const UNDO_LIFETIME: Duration = Duration::from_hours(72);

/// How long a code, and the link that signs in, are valid, from the time of sending (ASVS 6.6.3).
pub const CODE_LIFETIME: Duration = Duration::from_mins(10);

/// The secret of a link: 256 bits. Only its digest is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkToken(Zeroizing<[u8; 32]>);

/// Makes the secrets of links.
///
/// A secret is an HMAC of the message's id. Every attempt to send a message has the same secret, and the database never
/// contains it: a message that arrives twice after a crash has one link, which is valid in both.
pub struct Links(pub(super) HmacKey);

impl Links {
    /// Makes secrets under this key.
    pub fn new(key: &[u8; 32]) -> Self {
        Self(HmacKey::new(key))
    }

    /// The secret of a message.
    pub fn token(&self, purpose: LinkPurpose, mail: MailId) -> LinkToken {
        LinkToken(Zeroizing::new(self.0.tag(format!("link {} {mail}", purpose.as_str()).as_bytes())))
    }
}

impl LinkToken {
    /// Parses the text of a link. `None`: truncated, or not a secret.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).ok()?);
        Some(Self(Zeroizing::new(bytes.as_slice().try_into().ok()?)))
    }

    /// The SHA-256, as stored. A secret of 256 bits needs no password hash (ASVS 6.5.2).
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(*self.0).into()
    }

    /// Tells links apart. Not secret.
    pub fn label(&self) -> String {
        hex(&self.digest()[..8])
    }

    /// The secret itself, for the link.
    pub fn expose(&self) -> String {
        URL_SAFE_NO_PAD.encode(*self.0)
    }
}

impl fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;

    const PURPOSE: LinkPurpose = LinkPurpose::ResetPassword;

    fn mail(random: u8) -> MailId {
        MailId::new(Timestamp::from_millis(1_700_000_000_000), [random; 10])
    }

    #[test]
    fn token_depends_on_key_and_message_only() {
        let links = Links::new(&[1; 32]);
        let token = links.token(PURPOSE, mail(1));
        assert_eq!(links.token(PURPOSE, mail(1)), token);
        assert_ne!(links.token(PURPOSE, mail(2)), token);
        assert_ne!(Links::new(&[2; 32]).token(PURPOSE, mail(1)), token);
    }

    #[test]
    fn token_text_has_one_spelling() {
        let text = Links::new(&[1; 32]).token(PURPOSE, mail(1)).expose();
        assert_eq!(LinkToken::parse(&text).unwrap().expose(), text);
        assert_eq!(text.len(), 43);
        for bad in [&text[1..], &format!("{text}="), &format!("{text}A"), "", "?"] {
            assert_eq!(LinkToken::parse(bad), None, "{bad}");
        }
    }
}
