//! Identifiers: UUID version 7 (RFC 9562 §5.7), written in one way only.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize};
use uuid::{Builder, Uuid};

use super::Timestamp;

/// A text that is not an identifier in its canonical form: 36 characters, lower case, hyphenated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier")]
pub struct InvalidId;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new identifier made `now` from ten random bytes.
            pub fn new(now: Timestamp, random: [u8; 10]) -> Self {
                let millis = u64::try_from(now.millis()).unwrap_or(0);
                Self(Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
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

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                canonical(text).map(Self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

id! {
    /// Names a user, for ever: never reused, never reassigned.
    UserId
}
id! {
    /// Names a session. Not a secret: what opens the session is its token.
    SessionId
}

fn canonical(text: &str) -> Result<Uuid, InvalidId> {
    let uuid = Uuid::try_parse(text).map_err(|_| InvalidId)?;
    let mut buffer = Uuid::encode_buffer();
    if uuid.hyphenated().encode_lower(&mut buffer) == text { Ok(uuid) } else { Err(InvalidId) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_form_is_an_identifier() {
        let id = UserId::new(Timestamp::from_millis(1_700_000_000_000), [7; 10]);
        let text = id.to_string();
        assert_eq!(text.parse(), Ok(id));
        for other in
            [text.to_uppercase(), text.replace('-', ""), format!("{{{text}}}"), format!("{text} "), String::new()]
        {
            assert_eq!(other.parse::<UserId>(), Err(InvalidId), "{other:?}");
        }
    }

    #[test]
    fn identifiers_order_by_the_time_they_were_made() {
        let earlier = SessionId::new(Timestamp::from_millis(1_700_000_000_000), [255; 10]);
        let later = SessionId::new(Timestamp::from_millis(1_700_000_000_001), [0; 10]);
        assert!(earlier < later);
    }
}
