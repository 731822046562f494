//! Use cases that were interrupted, for every API.

use std::time::Duration;

use crate::{
    auth::{
        error::{Busy, InternalError},
        throttle::Throttled,
    },
    http::{problem::Problem, route_error::RouteError},
};

/// Why a use case that verifies a password was interrupted.
pub enum Interrupted {
    /// Too many attempts (429).
    Throttled(Throttled),
    /// Too many passwords wait to be hashed (503).
    Busy(Busy),
    /// A failure on the server's side (500).
    Internal(InternalError),
}

impl RouteError<Problem> for Interrupted {
    fn examples() -> Vec<Problem> {
        vec![Problem::too_many_attempts(Duration::from_mins(1))]
    }
}

impl From<Interrupted> for Problem {
    fn from(interrupted: Interrupted) -> Self {
        match interrupted {
            Interrupted::Throttled(throttled) => Self::too_many_attempts(throttled.retry_after),
            Interrupted::Busy(busy) => Self::unavailable().with_retry_after(busy.retry_after),
            Interrupted::Internal(error) => error.into(),
        }
    }
}
