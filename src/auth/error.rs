//! Errors that several use cases share.

use std::time::Duration;

use super::{password::hasher::HasherError, token::issue::IssueError};
use crate::{crypto::random::NoRandomness, store::StoreError};

/// More passwords are waiting to be hashed than the server takes on.
#[derive(Clone, Copy, Debug)]
pub struct Busy {
    /// How long to wait before asking again.
    pub retry_after: Duration,
}

impl Busy {
    pub(crate) fn or_internal(error: HasherError) -> Result<Self, InternalError> {
        match error {
            HasherError::Busy { retry_after } => Ok(Self { retry_after }),
            error => Err(InternalError::Hasher(error)),
        }
    }
}

/// Something failed that the person asking cannot mend.
#[derive(Debug, thiserror::Error)]
pub enum InternalError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The operating system's random number generator.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// Making a token.
    #[error(transparent)]
    Token(#[from] IssueError),
    /// A stored hash nobody can read, or a worker that died.
    #[error(transparent)]
    Hasher(HasherError),
}
