//! Passkeys (WebAuthn credentials) of an account, as its user sees them.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Name, Timestamp, UserId, ids::PasskeyId, name::InvalidName};

/// The most passkeys of an account.
pub const MAX_PASSKEYS: usize = 20;

/// The maximum length of a name in characters.
pub const MAX_NAME: usize = 64;

/// Why a text is not the name of a passkey.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum InvalidPasskeyName {
    /// The text is empty.
    #[error("enter a name")]
    Empty,
    /// The text has more than [`MAX_NAME`] characters.
    #[error("use at most {MAX_NAME} characters")]
    TooLong,
    /// The text has characters that a name cannot have.
    #[error(transparent)]
    Characters(InvalidName),
}

/// The name of a passkey: a [`Name`] of 1 to [`MAX_NAME`] characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PasskeyName(Name);

/// A passkey. Contains no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    /// The id.
    pub id: PasskeyId,
    /// The user.
    pub user_id: UserId,
    /// The name that the user has given.
    pub name: PasskeyName,
    /// The credential id: how the authenticator and the browser name the passkey.
    pub credential_id: Vec<u8>,
    /// The public key (COSE).
    pub public_key: Vec<u8>,
    /// The signature counter after the last use. Stays 0 if the authenticator has none.
    pub counter: u32,
    /// Whether the passkey can be on several devices of the user ("backup eligible").
    pub is_synced: bool,
    /// Whether the passkey is backed up, or on several devices now.
    pub backed_up: bool,
    /// How the browser can reach the authenticator (`internal`, `hybrid`, `usb`, …).
    pub transports: Vec<String>,
    /// The model of the authenticator. All zero: not known.
    pub aaguid: Uuid,
    /// When the passkey was added.
    pub created_at: Timestamp,
    /// The time of the last use. `None`: never.
    pub last_used_at: Option<Timestamp>,
}

/// The data of a new passkey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPasskey {
    /// The id.
    pub id: PasskeyId,
    /// The name.
    pub name: PasskeyName,
    /// The credential id.
    pub credential_id: Vec<u8>,
    /// The public key (COSE).
    pub public_key: Vec<u8>,
    /// The signature counter.
    pub counter: u32,
    /// Whether the passkey can be on several devices.
    pub is_synced: bool,
    /// Whether the passkey is backed up.
    pub backed_up: bool,
    /// How the browser can reach the authenticator.
    pub transports: Vec<String>,
    /// The model of the authenticator. All zero: not known.
    pub aaguid: Uuid,
    /// Whether the authenticator names the user by the handle of this service. `false` for imported passkeys.
    pub handle_known: bool,
}

/// The passkey of a new account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstPasskey {
    /// The passkey.
    pub passkey: NewPasskey,
    /// The handle by which its authenticator names the user.
    pub handle: Uuid,
}

/// Where the authenticator of a new passkey is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attachment {
    /// In the device.
    Platform,
    /// Outside of the device: a security key or a phone.
    CrossPlatform,
}

impl PasskeyName {
    /// Parses a name. Surrounding white space is removed.
    pub fn parse(text: &str) -> Result<Self, InvalidPasskeyName> {
        let name = Name::parse(text).map_err(|invalid| match invalid {
            InvalidName::TooLong => InvalidPasskeyName::TooLong,
            other => InvalidPasskeyName::Characters(other),
        })?;
        if name.is_empty() {
            return Err(InvalidPasskeyName::Empty);
        }
        if name.as_str().chars().count() > MAX_NAME {
            return Err(InvalidPasskeyName::TooLong);
        }
        Ok(Self(name))
    }

    /// The name of a passkey that was added without one.
    pub fn unnamed() -> Self {
        Self(Name::cleaned("Passkey"))
    }

    /// The name of a stored or imported passkey: what of the text can be part of a name, and otherwise the default.
    pub fn cleaned(text: &str) -> Self {
        let start: String = text.trim().chars().take(MAX_NAME).collect();
        Self::parse(Name::cleaned(&start).as_str()).unwrap_or_else(|_| Self::unnamed())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl TryFrom<String> for PasskeyName {
    type Error = InvalidPasskeyName;

    fn try_from(text: String) -> Result<Self, InvalidPasskeyName> {
        Self::parse(&text)
    }
}

impl From<PasskeyName> for String {
    fn from(name: PasskeyName) -> Self {
        name.as_str().to_owned()
    }
}

impl fmt::Display for PasskeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Attachment {
    /// The attachment with this name. `None`: there is no such attachment.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "platform" => Some(Self::Platform),
            "cross-platform" => Some(Self::CrossPlatform),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkey_name_has_1_to_64_characters() {
        let name = |text: &str| PasskeyName::parse(text).map(|name| name.as_str().to_owned());
        assert_eq!(name("  YubiKey 5 "), Ok("YubiKey 5".to_owned()));
        assert_eq!(name(&"ü".repeat(MAX_NAME)), Ok("ü".repeat(MAX_NAME)));
        for long in [MAX_NAME + 1, 101] {
            assert_eq!(name(&"a".repeat(long)), Err(InvalidPasskeyName::TooLong), "{long}");
        }
        assert_eq!([name(""), name(" ")], [Err(InvalidPasskeyName::Empty), Err(InvalidPasskeyName::Empty)]);
        for text in ["a\nb", "a\0b", "a\u{202e}b"] {
            assert!(matches!(name(text), Err(InvalidPasskeyName::Characters(_))), "{text:?}");
        }
    }

    #[test]
    fn passkey_name_of_any_text_is_valid() {
        let cleaned = |text: &str| PasskeyName::cleaned(text).as_str().to_owned();
        assert_eq!(cleaned("My\u{202e} phone"), "My phone");
        assert_eq!(cleaned(&"a".repeat(500)), "a".repeat(MAX_NAME));
        for nothing in ["", "  ", "\0"] {
            assert_eq!(cleaned(nothing), "Passkey", "{nothing:?}");
        }
    }

    #[test]
    fn attachment_other_than_the_two_is_refused() {
        assert_eq!(Attachment::parse("platform"), Some(Attachment::Platform));
        assert_eq!(Attachment::parse("cross-platform"), Some(Attachment::CrossPlatform));
        assert_eq!([Attachment::parse(""), Attachment::parse("Platform")], [None, None]);
    }
}
