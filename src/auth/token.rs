//! Access tokens: short-lived JWTs with the profile of RFC 9068, verified here and by any backend.
//!
//! - [`issue`]: issues a token for a session.
//! - [`verify`]: the only way from a text to [`AccessClaims`]. It parses a token in the order of its
//!   modules: `compact` (three base64url parts), `header`, the signature, `claims`. [`refusal`] is the
//!   closed set of reasons for a refusal. `verified` remembers tokens, so that a repeated one is not parsed again.
//! - [`revocations`]: the denylist of ended sessions.
//!
//! `jsonwebtoken` only signs and compares signatures. It does not read header or claims, because it
//! accepts more than the standards allow (no `typ`, no `crit`, absent claims, a hidden leeway).

mod claims;
mod compact;
mod header;
pub mod issue;
mod json;
pub mod refusal;
pub mod revocations;
mod verified;
pub mod verify;

use std::{fmt, time::Duration};

use super::error::InternalError;
use crate::{
    clock::{CLOCK_SKEW, Clock, LEEWAY},
    domain::{second_factor::SecondFactorRule, session::Session, user::User},
};
pub use claims::AccessClaims;
pub use issue::{Grant, IssuedToken, Issuer};
pub use refusal::TokenRefusal;
pub use verify::Verifier;

/// The longest token that is parsed, in bytes. Issued tokens are much shorter; browsers drop longer cookies.
pub const MAX_BYTES: usize = 4096;

/// The claims common to all tokens: the issuer writes them, the verifier expects them.
#[derive(Clone, Debug)]
pub struct TokenSettings {
    /// `iss`, compared byte by byte.
    pub issuer: String,
    /// `aud`. `None`: the claim is not issued, and ignored in a presented token.
    pub audience: Option<String>,
    /// How long a token is valid, counted from `iat`.
    pub access_ttl: Duration,
    /// Whether tokens have the claim `email`. Off by default: cookies should have no personal data.
    pub email_claim: bool,
    /// Whether tokens have the claim `name`.
    pub name_claim: bool,
    /// Whether users must have a second factor. A restricted session has no access token: backends verify tokens without
    /// asking, so that a token that they must refuse is not issued.
    pub second_factor: SecondFactorRule,
}

/// An access token in compact serialization (RFC 7515 §3.1). A bearer credential: it authenticates its user.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessToken(String);

impl AccessToken {
    /// The token itself, for its user only.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken(…)")
    }
}

/// Issues and verifies access tokens at the current time.
#[derive(Clone)]
pub struct AccessTokens {
    issuer: Issuer,
    verifier: Verifier,
    clock: Clock,
    access_ttl: Duration,
}

impl AccessTokens {
    /// Tokens issued by `issuer`, valid for `access_ttl`.
    pub const fn new(issuer: Issuer, verifier: Verifier, clock: Clock, access_ttl: Duration) -> Self {
        Self { issuer, verifier, clock, access_ttl }
    }

    /// The claims of a valid token whose session has not ended. Needs no database.
    pub fn verify(&self, token: &str) -> Result<AccessClaims, TokenRefusal> {
        self.verifier.verify(token, self.clock.now())
    }

    /// Whether users must have a second factor.
    pub const fn second_factor(&self) -> SecondFactorRule {
        self.issuer.second_factor()
    }

    /// Issues a token for an active session. `None`: the session is restricted.
    pub fn issue(&self, user: &User, session: &Session) -> Result<Option<IssuedToken>, InternalError> {
        if self.second_factor().restricts(session.authentication) {
            return Ok(None);
        }
        let grant = Grant {
            user_id: user.id,
            session_id: session.id,
            authentication: session.authentication,
            email: Some(&user.email),
            name: Some(user.name.as_str()),
            not_after: session.absolute_expires_at,
        };
        let issued = self.issuer.issue(grant, self.clock.now());
        issued.map(Some).map_err(|error| InternalError::Failed(error.to_string()))
    }

    /// The longest time between issuing a token and its expiry for every verifier: also for one issued by a replica
    /// whose clock is ahead by [`CLOCK_SKEW`].
    pub(super) fn longest_validity(&self) -> Duration {
        longest_validity(self.access_ttl)
    }
}

/// The longest time between issuing a token and its expiry for every verifier.
pub fn longest_validity(access_ttl: Duration) -> Duration {
    access_ttl + LEEWAY + CLOCK_SKEW
}
