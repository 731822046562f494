//! Access tokens: short-lived JWTs of the form of RFC 9068, signed here and checked by any backend.
//!
//! - [`ring`]: the keys in use, each with exactly one algorithm. [`keys`]: how one signs and verifies.
//!   [`secret`]: what may be an HS256 key. [`key_pair`], [`public_key`], [`seal`]: what other keys are, how
//!   they are published, and how the database keeps them.
//! - [`issue`]: makes a token for a session.
//! - [`verify`]: the only way from a text to [`AccessClaims`]. It takes a token apart in the order of
//!   its modules: `compact` (three base64url parts), `header`, the signature, `claims`; [`refusal`]
//!   is the closed set of what can be wrong.
//!
//! `jsonwebtoken` signs and compares signatures. It reads neither header nor claims, because it
//! accepts more than the standards allow (no `typ`, no `crit`, absent claims, a hidden leeway).

mod claims;
mod compact;
mod header;
pub mod issue;
mod json;
pub mod refusal;
pub mod verify;

use std::{fmt, time::Duration};

pub use claims::AccessClaims;
pub use issue::{Grant, IssuedToken, Issuer};
pub use refusal::TokenRefusal;
pub use verify::Verifier;

/// The longest token that is looked at, in bytes. Ours have about 500; browsers drop longer cookies.
pub const MAX_BYTES: usize = 4096;

/// What every token says, and what the verifier therefore expects.
#[derive(Clone, Debug)]
pub struct TokenSettings {
    /// `iss`: who issues the tokens, compared byte by byte.
    pub issuer: String,
    /// `aud`: whom the tokens are for. `None` leaves the claim out, and unread in a presented token.
    pub audience: Option<String>,
    /// How long a token is valid, counted from `iat`.
    pub access_ttl: Duration,
    /// Whether tokens carry `email`. Off unless asked for: cookies are no place for personal data.
    pub email_claim: bool,
    /// Whether tokens carry `name`.
    pub name_claim: bool,
}

/// An access token in its compact serialization (RFC 7515 §3.1): whoever holds it is the user.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessToken(String);

impl AccessToken {
    /// The token itself, to hand to its owner and nobody else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken(…)")
    }
}

/// The `typ` of an access token (RFC 9068 §2.1): no other kind of JWT can be taken for one.
pub(crate) const ACCESS_TOKEN_TYPE: &str = "at+jwt";
