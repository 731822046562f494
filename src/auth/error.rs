//! Errors that every use case can return.

use std::time::Duration;

use crate::{
    crypto::random::NoRandomness,
    domain::seconds,
    store::{StoreError, Unavailable},
};

/// The value of `Retry-After` while the database is unavailable.
pub const UNAVAILABLE_RETRY: Duration = Duration::from_secs(1);

/// A use case was interrupted: the input was not at fault, and the same request may succeed later.
#[derive(Debug, thiserror::Error)]
pub enum Interrupted {
    /// 429 with `Retry-After`.
    #[error(transparent)]
    Throttled(#[from] Throttled),
    /// 503 with `Retry-After`.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// 503 with `Retry-After` if the database is unavailable, otherwise 500.
    #[error(transparent)]
    Internal(#[from] InternalError),
}

/// Too many attempts. The attempt was not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many attempts; try again in {} s", self.retry_after_seconds())]
pub struct Throttled {
    /// How long until an attempt is admitted again.
    pub retry_after: Duration,
}

/// The queue of passwords to hash is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are waiting to be hashed")]
pub struct Busy {
    /// How long to wait before the next request.
    pub retry_after: Duration,
}

/// A failure that the requester cannot correct. It is logged; a client learns only that it happened.
#[derive(Debug, thiserror::Error)]
pub enum InternalError {
    /// The database failed, or is unavailable.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The random number generator failed.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// Another part of the service failed.
    #[error("{0}")]
    Failed(String),
}

impl InternalError {
    /// The condition that makes the database unavailable: 503 with `Retry-After`. `None`: a bug, 500.
    pub const fn unavailable(&self) -> Option<Unavailable> {
        match self {
            Self::Store(error) => error.unavailable(),
            Self::Randomness(_) | Self::Failed(_) => None,
        }
    }
}

impl Throttled {
    /// The value of `Retry-After`: whole seconds, rounded up, at least 1 (RFC 9110 §10.2.3).
    pub fn retry_after_seconds(&self) -> u64 {
        seconds::retry_after(self.retry_after)
    }
}

impl From<StoreError> for Interrupted {
    fn from(error: StoreError) -> Self {
        Self::Internal(error.into())
    }
}

impl From<NoRandomness> for Interrupted {
    fn from(error: NoRandomness) -> Self {
        Self::Internal(error.into())
    }
}

/// Lets `?` turn any interruption into the error of a use case with a variant `Interrupted`.
macro_rules! interruptible {
    ($error:ty: $($cause:ty),+ $(,)?) => {
        $(impl From<$cause> for $error {
            fn from(cause: $cause) -> Self {
                Self::Interrupted(cause.into())
            }
        })+
    };
}

pub(super) use interruptible;
