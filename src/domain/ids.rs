//! Identifiers: UUID version 7 (RFC 9562 §5.7) with one canonical spelling, compared byte by byte.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize, Serializer};
use uuid::{Builder, Uuid};

use super::Timestamp;

/// The text is not a canonical identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier")]
pub struct InvalidId;

/// Defines an identifier that is always a UUID.
macro_rules! uuid_id {
    ($(#[$attribute:meta])* $name:ident) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// A new identifier from the current time and ten random bytes.
            pub fn new(now: Timestamp, random: [u8; 10]) -> Self {
                Self(uuid_v7(now, random))
            }

            /// The identifier from its database column.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The identifier for its database column.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let uuid = Uuid::try_parse(text).map_err(|_| InvalidId)?;
                if is_canonical(uuid, text) { Ok(Self(uuid)) } else { Err(InvalidId) }
            }
        }
    };
}

uuid_id! {
    /// Identifies a session. Not a secret: the session token authenticates.
    #[derive(Serialize)]
    #[serde(transparent)]
    SessionId
}

uuid_id! {
    /// Identifies a message. Not a secret: the recipient sees it in the header `Message-ID`.
    MailId
}

uuid_id! {
    /// Identifies a device that needs no second factor. Not a secret: the token in its cookie authenticates.
    TrustedDeviceId
}

uuid_id! {
    /// Identifies a passkey. Not a secret, and not the id that its authenticator knows.
    #[derive(Serialize, Deserialize)]
    #[serde(transparent)]
    PasskeyId
}

/// The maximum length of a user's identifier in bytes.
pub const MAX_USER_ID: usize = 64;

/// Identifies a user. Never reused or reassigned.
///
/// New users get a UUID. Imported users keep the identifier from their previous system, because other tables refer to
/// it: 1 to [`MAX_USER_ID`] ASCII letters, digits, `-` and `_`. A text that parses as a UUID must be canonical, so that
/// each user has one spelling.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId {
    /// Padded with zeros.
    bytes: [u8; MAX_USER_ID],
    length: usize,
}

impl UserId {
    /// A new identifier from the current time and ten random bytes.
    pub fn new(now: Timestamp, random: [u8; 10]) -> Self {
        let mut buffer = Uuid::encode_buffer();
        Self::from_ascii(uuid_v7(now, random).hyphenated().encode_lower(&mut buffer).as_bytes())
    }

    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        // ASCII by construction.
        std::str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }

    fn from_ascii(text: &[u8]) -> Self {
        let mut bytes = [0; MAX_USER_ID];
        bytes[..text.len()].copy_from_slice(text);
        Self { bytes, length: text.len() }
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl fmt::Debug for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserId({self})")
    }
}

impl Serialize for UserId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl FromStr for UserId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let valid_length = (1..=MAX_USER_ID).contains(&text.len());
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if !valid_length || !text.bytes().all(allowed) {
            return Err(InvalidId);
        }
        match Uuid::try_parse(text) {
            Ok(uuid) if !is_canonical(uuid, text) => Err(InvalidId),
            _ => Ok(Self::from_ascii(text.as_bytes())),
        }
    }
}

fn uuid_v7(now: Timestamp, random: [u8; 10]) -> Uuid {
    let millis = u64::try_from(now.millis()).unwrap_or(0);
    Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

/// Whether the text is the lower-case hyphenated form of `uuid`.
fn is_canonical(uuid: Uuid, text: &str) -> bool {
    uuid.hyphenated().encode_lower(&mut Uuid::encode_buffer()) == text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_accepts_only_the_canonical_uuid() {
        let id = UserId::new(Timestamp::from_millis(1_700_000_000_000), [7; 10]);
        let text = id.to_string();
        assert_eq!((text.len(), text.parse()), (36, Ok(id)));
        for other in
            [text.to_uppercase(), text.replace('-', ""), format!("{{{text}}}"), format!("{text} "), String::new()]
        {
            assert_eq!(other.parse::<UserId>(), Err(InvalidId), "{other:?}");
            assert_eq!(other.parse::<SessionId>(), Err(InvalidId), "{other:?}");
            assert_eq!(other.parse::<MailId>(), Err(InvalidId), "{other:?}");
        }
    }

    #[test]
    fn user_id_of_imported_user_is_kept() {
        for text in ["7", "Yk3vJtQx9ZbLw2RmNc8PdFhGs5TaUe1X", "user_2b", "clh3-x_9", &"a".repeat(MAX_USER_ID)] {
            assert_eq!(text.parse::<UserId>().unwrap().as_str(), text);
        }
        for text in ["", "a b", "a/b", "..", "a%2f", "ü", "a\n", "\0", &"a".repeat(MAX_USER_ID + 1)] {
            assert_eq!(text.parse::<UserId>(), Err(InvalidId), "{text:?}");
        }
    }

    #[test]
    fn ids_order_by_creation_time() {
        let earlier = SessionId::new(Timestamp::from_millis(1_700_000_000_000), [255; 10]);
        let later = SessionId::new(Timestamp::from_millis(1_700_000_000_001), [0; 10]);
        assert!(earlier < later);
    }
}
