//! Describes and answers interrupted use cases.

use std::time::Duration;

use crate::{
    auth::error::Interrupted,
    http::{problem::Problem, route_error::RouteError},
};

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
