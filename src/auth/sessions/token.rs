//! The session token: opaque to everyone but us, and the only thing that renews an access token.

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::{
    crypto::random::{NoRandomness, random_bytes},
    domain::SessionId,
};

const RANDOM_BYTES: usize = 16;
const MARK_BYTES: usize = 16;
const SECRET_BYTES: usize = RANDOM_BYTES + MARK_BYTES;

/// `<session id>.<secret>`; the secret is 32 bytes, of which only the SHA-256 is ever stored.
///
/// The first half of the secret is random (128 bits, ASVS 7.2.3). The second is an HMAC of it under
/// the session's own family key: it tells a token that this session once handed out from an invented
/// one, so that nobody can end another's session by presenting rubbish with its id, which is no secret.
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
    /// A new token for `session`, marked with its family key.
    pub fn generate(session: SessionId, family_key: &[u8]) -> Result<Self, NoRandomness> {
        let random = random_bytes::<RANDOM_BYTES>()?;
        let mut secret = Zeroizing::new([0; SECRET_BYTES]);
        secret[..RANDOM_BYTES].copy_from_slice(&random);
        secret[RANDOM_BYTES..].copy_from_slice(&mark(family_key, &random).finalize().into_bytes()[..MARK_BYTES]);
        Ok(Self { session, secret })
    }

    /// The session the token claims to open.
    pub const fn session(&self) -> SessionId {
        self.session
    }

    /// What is stored of it.
    pub fn secret_hash(&self) -> [u8; 32] {
        Sha256::digest(*self.secret).into()
    }

    /// Whether its hash is `stored`, compared in constant time.
    pub fn matches(&self, stored: &[u8]) -> bool {
        self.secret_hash().ct_eq(stored).into()
    }

    /// Whether the session with this family key handed it out, at whatever time.
    pub fn is_of_family(&self, family_key: &[u8]) -> bool {
        mark(family_key, &self.secret[..RANDOM_BYTES]).verify_truncated_left(&self.secret[RANDOM_BYTES..]).is_ok()
    }

    /// The text to hand to the client. Everything that calls this must be worth the look.
    pub fn expose(&self) -> String {
        format!("{}.{}", self.session, URL_SAFE_NO_PAD.encode(*self.secret))
    }
}

/// HMAC-SHA-256; the family key is hashed to the block size it wants, whatever its length.
fn mark(family_key: &[u8], random: &[u8]) -> Hmac<Sha256> {
    let mut block = [0; 64];
    block[..32].copy_from_slice(&Sha256::digest(family_key));
    let mut mac = Hmac::<Sha256>::new(&block.into());
    mac.update(random);
    mac
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
    fn a_token_reads_back_as_itself() {
        let token = SessionToken::generate(session(), b"family").unwrap();
        let again: SessionToken = token.expose().parse().unwrap();
        assert_eq!(again, token);
        assert!(again.matches(&token.secret_hash()));
        assert!(again.is_of_family(b"family"));
    }

    #[test]
    fn an_invented_secret_is_of_no_family() {
        let real = SessionToken::generate(session(), b"family").unwrap();
        let invented = format!("{}.{}", session(), URL_SAFE_NO_PAD.encode([9; SECRET_BYTES]));
        assert!(!invented.parse::<SessionToken>().unwrap().is_of_family(b"family"));
        assert!(!real.is_of_family(b"another"));
    }

    #[test]
    fn other_texts_are_refused() {
        let token = SessionToken::generate(session(), b"family").unwrap().expose();
        for bad in ["", ".", "a.b", &token[1..], &token[..token.len() - 1], &format!("{token}="), &token.to_uppercase()]
        {
            assert!(bad.parse::<SessionToken>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn debug_output_hides_the_secret() {
        let token = SessionToken::generate(session(), b"family").unwrap();
        let secret = token.expose().split_once('.').unwrap().1.to_owned();
        assert!(!format!("{token:?}").contains(&secret));
    }
}
