//! Ceremonies: a challenge for an authenticator, and its one response.
//!
//! A challenge is bound to a browser, by a secret in a cookie, to a kind of ceremony, and to what the kind needs: the
//! user and session of a registration, or the sign-in that waits. The first response uses it up, also if it is refused.

use std::time::Duration;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    auth::error::InternalError,
    clock::Clock,
    crypto::{opaque::OpaqueToken, random::random_bytes},
    domain::{LinkPurpose, MailId, UserId},
    store::{Store, ceremonies::NewCeremony},
};

/// How long a challenge waits for its response.
pub const CEREMONY_LIFETIME: Duration = Duration::from_mins(5);

/// A begun ceremony.
#[derive(Debug)]
pub struct Ceremony {
    /// The options for `navigator.credentials.create()` or `get()`, as JSON: the value of `publicKey`.
    pub options: Value,
    /// The secret for the browser's cookie.
    pub secret: OpaqueToken,
}

/// The secret of a ceremony, from a cookie.
#[derive(Clone, Debug)]
pub struct CeremonySecret(OpaqueToken);

impl CeremonySecret {
    /// Parses the secret. `None`: truncated, or not a secret.
    pub fn parse(text: &str) -> Option<Self> {
        OpaqueToken::parse(text).map(Self)
    }
}

/// Begins a ceremony that `state` completes. `user`: the ceremony ends when the credentials of this user change.
pub(in crate::auth) async fn begin(
    store: &Store,
    clock: &Clock,
    purpose: LinkPurpose,
    user: Option<UserId>,
    (options, state): (Value, impl Serialize),
) -> Result<Ceremony, InternalError> {
    let failed = |error: serde_json::Error| InternalError::Failed(error.to_string());
    let payload = serde_json::to_string(&state).map_err(failed)?;
    let (secret, now) = (OpaqueToken::generate()?, clock.now());
    let new = NewCeremony {
        id: MailId::new(now, random_bytes()?),
        purpose,
        digest: secret.digest(),
        user_id: user,
        payload,
        expires_at: now.plus(CEREMONY_LIFETIME),
    };
    store.begin_ceremony(new, now).await?;
    Ok(Ceremony { options, secret })
}

/// Uses a ceremony up, and returns its state. `None`: there is no such ceremony, it has expired, or was used.
pub(in crate::auth) async fn take<T: DeserializeOwned>(
    store: &Store,
    clock: &Clock,
    purpose: LinkPurpose,
    secret: &CeremonySecret,
) -> Result<Option<T>, InternalError> {
    let payload = store.take_ceremony(purpose, &secret.0.digest(), clock.now()).await?;
    // A state of an earlier version is not readable.
    Ok(payload.and_then(|payload| serde_json::from_str(&payload).ok()))
}
