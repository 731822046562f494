//! The states of a sign-in.

use std::time::Duration;

use super::SignedIn;
use crate::crypto::opaque::OpaqueToken;

/// How long a sign-in waits for the second factor.
pub const PENDING_LIFETIME: Duration = Duration::from_mins(5);

/// The state of a sign-in after a correct credential.
#[derive(Debug)]
pub enum SignInStep {
    /// The session is open.
    Complete(Box<SignedIn>),
    /// The account has a second factor. There is no session and no token yet.
    SecondFactor(PendingSignIn),
}

/// A sign-in that waits for the second factor. Works once, within [`PENDING_LIFETIME`], and authenticates nothing else.
#[derive(Clone, Debug)]
pub struct PendingSignIn(OpaqueToken);

impl PendingSignIn {
    pub(super) const fn new(token: OpaqueToken) -> Self {
        Self(token)
    }

    /// Parses the secret. `None`: truncated, or not a secret.
    pub fn parse(text: &str) -> Option<Self> {
        OpaqueToken::parse(text).map(Self)
    }

    /// The secret, for the cookie.
    pub fn expose(&self) -> String {
        self.0.expose()
    }

    pub(super) fn digest(&self) -> [u8; 32] {
        self.0.digest()
    }
}
