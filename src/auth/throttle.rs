//! What slows guessing down. Every attempt is counted *before* a password is hashed.
//!
//! - [`NetworkLimiter`]: a budget for each network and [`Purpose`], in memory. It protects the
//!   machine, and all accounts together from one guesser.
//! - [`AttemptKeys`] and [`admit`]: the budgets of one account, kept in the database so that a restart
//!   forgives nothing. They protect an account from many guessers.
//!
//! Neither looks at existing sessions: whoever is signed in stays signed in.

pub mod admission;

mod attempts;
mod backoff;
mod limiter;
mod network;
mod steady_clock;

use std::time::Duration;

pub use attempts::{AttemptBudget, AttemptKey, AttemptKeys, AttemptRecord, admit};
pub use backoff::Backoff;
pub use limiter::{NetworkLimiter, Purpose};
pub use network::Network;

use crate::domain::seconds;

/// Too many attempts: nothing was tried (429 with `Retry-After`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many attempts; try again in {} s", self.retry_after_seconds())]
pub struct Throttled {
    /// How long until an attempt is admitted again.
    pub retry_after: Duration,
}

impl Throttled {
    /// The value of a `Retry-After` header.
    pub fn retry_after_seconds(&self) -> u64 {
        seconds::retry_after(self.retry_after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_never_too_early() {
        for (millis, seconds) in [(0, 1), (1, 1), (999, 1), (1_000, 1), (1_001, 2), (3_600_000, 3_600)] {
            let throttled = Throttled { retry_after: Duration::from_millis(millis) };
            assert_eq!(throttled.retry_after_seconds(), seconds, "{millis} ms");
        }
    }
}
