//! Identifiers: made as UUID version 7 (RFC 9562 §5.7), written in one way only, compared byte by byte.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::{Builder, Uuid};

use super::Timestamp;

/// A text that is not an identifier in its canonical form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier")]
pub struct InvalidId;

/// Names a session. Not a secret: what opens the session is its token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct SessionId(Uuid);

impl SessionId {
    /// A new identifier made `now` from ten random bytes.
    pub fn new(now: Timestamp, random: [u8; 10]) -> Self {
        Self(uuid_v7(now, random))
    }

    /// The identifier a database row holds.
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// The identifier as a database column holds it.
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl FromStr for SessionId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let uuid = Uuid::try_parse(text).map_err(|_| InvalidId)?;
        if is_canonical(uuid, text) { Ok(Self(uuid)) } else { Err(InvalidId) }
    }
}

/// The most characters a user's identifier may have.
pub const MAX_USER_ID: usize = 64;

/// Names a user, for ever: never reused, never reassigned.
///
/// New ones are UUIDs. Users brought along from another system keep the identifier they had there, as
/// other tables refer to it: 1 to [`MAX_USER_ID`] ASCII letters, digits, `-` and `_`. What can be read
/// as a UUID has to be written as one, so that nobody has two names.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId {
    /// Zeros after the identifier's end.
    bytes: [u8; MAX_USER_ID],
    length: usize,
}

impl UserId {
    /// A new identifier made `now` from ten random bytes.
    pub fn new(now: Timestamp, random: [u8; 10]) -> Self {
        let mut buffer = Uuid::encode_buffer();
        Self::of_bytes(uuid_v7(now, random).hyphenated().encode_lower(&mut buffer).as_bytes())
    }

    /// The identifier as it is written.
    pub fn as_str(&self) -> &str {
        // ASCII by construction.
        std::str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }

    fn of_bytes(text: &[u8]) -> Self {
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
        let of_bearable_length = (1..=MAX_USER_ID).contains(&text.len());
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if !of_bearable_length || !text.bytes().all(allowed) {
            return Err(InvalidId);
        }
        match Uuid::try_parse(text) {
            Ok(uuid) if !is_canonical(uuid, text) => Err(InvalidId),
            _ => Ok(Self::of_bytes(text.as_bytes())),
        }
    }
}

macro_rules! deserialize_from_text {
    ($($name:ident)*) => {$(
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

deserialize_from_text!(SessionId UserId);

fn uuid_v7(now: Timestamp, random: [u8; 10]) -> Uuid {
    let millis = u64::try_from(now.millis()).unwrap_or(0);
    Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

/// Whether the text is 36 characters, lower case, hyphenated.
fn is_canonical(uuid: Uuid, text: &str) -> bool {
    uuid.hyphenated().encode_lower(&mut Uuid::encode_buffer()) == text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_form_is_an_identifier() {
        let id = UserId::new(Timestamp::from_millis(1_700_000_000_000), [7; 10]);
        let text = id.to_string();
        assert_eq!((text.len(), text.parse()), (36, Ok(id)));
        for other in
            [text.to_uppercase(), text.replace('-', ""), format!("{{{text}}}"), format!("{text} "), String::new()]
        {
            assert_eq!(other.parse::<UserId>(), Err(InvalidId), "{other:?}");
            assert_eq!(other.parse::<SessionId>(), Err(InvalidId), "{other:?}");
        }
    }

    #[test]
    fn users_of_other_systems_keep_their_identifiers() {
        for text in ["7", "Yk3vJtQx9ZbLw2RmNc8PdFhGs5TaUe1X", "user_2b", "clh3-x_9", &"a".repeat(MAX_USER_ID)] {
            assert_eq!(text.parse::<UserId>().unwrap().as_str(), text);
        }
        for text in ["", "a b", "a/b", "..", "a%2f", "ü", "a\n", "\0", &"a".repeat(MAX_USER_ID + 1)] {
            assert_eq!(text.parse::<UserId>(), Err(InvalidId), "{text:?}");
        }
    }

    #[test]
    fn identifiers_order_by_the_time_they_were_made() {
        let earlier = SessionId::new(Timestamp::from_millis(1_700_000_000_000), [255; 10]);
        let later = SessionId::new(Timestamp::from_millis(1_700_000_000_001), [0; 10]);
        assert!(earlier < later);
    }
}
