//! The session token: opaque to clients. It renews access tokens.

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{
    crypto::{
        hmac::HmacKey,
        random::{NoRandomness, random_bytes},
    },
    domain::SessionId,
};

const RANDOM_BYTES: usize = 16;
const TAG_BYTES: usize = 16;
const SECRET_BYTES: usize = RANDOM_BYTES + TAG_BYTES;

/// `<session id>.<secret>`. The secret has 32 bytes, of which only the SHA-256 is stored.
///
/// The first half of the secret is random (128 bits, ASVS 7.2.3). The second half is an HMAC of the first
/// under the session's family key. It distinguishes a replaced token, whose reuse ends the session, from
/// an invented one, which must not: the session id is no secret.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken {
    session: SessionId,
    secret: Zeroizing<[u8; SECRET_BYTES]>,
}

/// The text is not a session token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a session token")]
pub struct MalformedSessionToken;

impl SessionToken {
    /// A new token of `session`, tagged with its family key.
    pub fn generate(session: SessionId, family_key: &[u8]) -> Result<Self, NoRandomness> {
        let random = random_bytes::<RANDOM_BYTES>()?;
        let mut secret = Zeroizing::new([0; SECRET_BYTES]);
        secret[..RANDOM_BYTES].copy_from_slice(&random);
        secret[RANDOM_BYTES..].copy_from_slice(&family(family_key).tag(&random)[..TAG_BYTES]);
        Ok(Self { session, secret })
    }

    /// The session that the token names.
    pub const fn session(&self) -> SessionId {
        self.session
    }

    /// The SHA-256 of the secret, as stored.
    pub fn secret_hash(&self) -> [u8; 32] {
        Sha256::digest(*self.secret).into()
    }

    /// Whether the session with this family key ever issued the token.
    pub fn is_of_family(&self, family_key: &[u8]) -> bool {
        let (random, tag) = self.secret.split_at(RANDOM_BYTES);
        family(family_key).matches_truncated(random, tag)
    }

    /// The token itself, for the client.
    pub fn expose(&self) -> String {
        format!("{}.{}", self.session, URL_SAFE_NO_PAD.encode(*self.secret))
    }
}

fn family(family_key: &[u8]) -> HmacKey {
    HmacKey::new(&Sha256::digest(family_key))
}

impl FromStr for SessionToken {
    type Err = MalformedSessionToken;

    fn from_str(text: &str) -> Result<Self, MalformedSessionToken> {
        let (session, secret) = text.split_once('.').ok_or(MalformedSessionToken)?;
        let session = session.parse().map_err(|_| MalformedSessionToken)?;
        let secret = Zeroizing::new(URL_SAFE_NO_PAD.decode(secret).map_err(|_| MalformedSessionToken)?);
        let secret: [u8; SECRET_BYTES] = secret.as_slice().try_into().map_err(|_| MalformedSessionToken)?;
        Ok(Self { session, secret: Zeroizing::new(secret) })
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionToken({}.…)", self.session)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;

    fn session() -> SessionId {
        SessionId::new(Timestamp::from_millis(1_700_000_000_000), [1; 10])
    }

    #[test]
    fn token_text_parses_to_the_same_token() {
        let token = SessionToken::generate(session(), b"family").unwrap();
        let again: SessionToken = token.expose().parse().unwrap();
        assert_eq!(again, token);
        assert_eq!(again.secret_hash(), token.secret_hash());
        assert!(again.is_of_family(b"family"));
    }

    #[test]
    fn invented_secret_is_of_no_family() {
        let real = SessionToken::generate(session(), b"family").unwrap();
        let invented = format!("{}.{}", session(), URL_SAFE_NO_PAD.encode([9; SECRET_BYTES]));
        assert!(!invented.parse::<SessionToken>().unwrap().is_of_family(b"family"));
        assert!(!real.is_of_family(b"another"));
    }

    #[test]
    fn malformed_text_is_refused() {
        let token = SessionToken::generate(session(), b"family").unwrap().expose();
        for bad in ["", ".", "a.b", &token[1..], &token[..token.len() - 1], &format!("{token}="), &token.to_uppercase()]
        {
            assert!(bad.parse::<SessionToken>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn debug_hides_the_secret() {
        let token = SessionToken::generate(session(), b"family").unwrap();
        let secret = token.expose().split_once('.').unwrap().1.to_owned();
        assert!(!format!("{token:?}").contains(&secret));
    }
}
