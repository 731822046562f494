//! Rate limits for sign-in, sign-up and password checks. Every attempt is counted *before* a password is
//! hashed.
//!
//! - [`NetworkLimiter`]: a budget per network and [`Purpose`], in memory. It protects the machine, and all
//!   accounts together from one network.
//! - [`AttemptKeys`] and [`admit`]: the budgets of one account, in the database, so that a restart resets
//!   nothing. They protect one account from many networks.
//!
//! Rate limits never affect existing sessions.

mod attempts;
mod backoff;
mod limiter;
mod network;
mod steady_clock;

use std::{sync::Arc, time::Duration};

pub use attempts::{AttemptBudget, AttemptKey, AttemptKeys, AttemptTarget, admit};
pub use backoff::Backoff;
pub use limiter::{NetworkLimiter, Purpose, SignUpBudget};
pub use network::Network;
pub(super) use steady_clock::SteadyClock;

use super::{
    error::{Interrupted, Throttled},
    requester::Requester,
};
use crate::{
    clock::Clock,
    store::{Store, attempts::Attempts},
};

/// How often a lost race for a counter is retried before the attempt is postponed.
const RACES: usize = 16;

/// The answer to an attempt that lost every race: many requests are changing its counter.
const POSTPONED: Throttled = Throttled { retry_after: Duration::from_secs(1) };

/// Limits attempts: per network in memory, per account in the database.
pub struct Throttle {
    networks: Arc<NetworkLimiter>,
    store: Store,
    clock: Clock,
    /// `None`: rate limits are off.
    keys: Option<AttemptKeys>,
}

/// A counted attempt. [`Throttle::clear`] it when it succeeded, [`Throttle::undo`] it when no password was
/// checked.
#[derive(Debug)]
#[must_use = "an attempt that is neither cleared nor undone counts as failed"]
pub struct Attempt(Vec<Counted>);

/// A counter before and after an attempt.
#[derive(Debug)]
struct Counted {
    key: AttemptKey,
    before: Option<Attempts>,
    after: Attempts,
}

impl Throttle {
    /// A throttle with these budgets. `keys` of `None` turns the limits per account off.
    pub(super) const fn new(
        networks: Arc<NetworkLimiter>,
        keys: Option<AttemptKeys>,
        store: Store,
        clock: Clock,
    ) -> Self {
        Self { networks, store, clock, keys }
    }

    /// Counts a request against the budget of its network.
    pub fn check_network(&self, purpose: Purpose, requester: &Requester) -> Result<(), Throttled> {
        self.networks.check(purpose, Network::from(requester))
    }

    /// Counts an attempt on an account, as failed in advance: from this network, and from all networks.
    pub async fn count_attempt(
        &self,
        target: AttemptTarget<'_>,
        requester: &Requester,
    ) -> Result<Attempt, Interrupted> {
        let mut counted = Attempt(Vec::new());
        let Some(keys) = &self.keys else { return Ok(counted) };
        for budget in keys.budgets(target, Network::from(requester)) {
            counted.0.push(self.count(budget).await?);
        }
        Ok(counted)
    }

    async fn count(&self, AttemptBudget { key, backoff }: AttemptBudget) -> Result<Counted, Interrupted> {
        for _ in 0..RACES {
            let before = self.store.attempts(key.as_str()).await?;
            let after = admit(before, &backoff, self.clock.now())?;
            if self.store.replace_attempts(key.as_str(), before, after).await? {
                return Ok(Counted { key, before, after });
            }
        }
        Err(POSTPONED.into())
    }

    /// Deletes the counters of an attempt that succeeded. If the database fails, they expire after a day:
    /// that is no reason to refuse a user with the right password.
    pub async fn clear(&self, attempt: Attempt) {
        let keys = attempt.0.iter().map(|counted| counted.key.as_str());
        if let Err(error) = self.store.clear_attempts(keys).await {
            tracing::warn!(%error, "the counters of a successful attempt could not be deleted");
        }
    }

    /// Restores the counters of an attempt whose password was never checked. If another attempt has been
    /// counted since, this one stays counted.
    pub async fn undo(&self, attempt: Attempt) {
        for Counted { key, before, after } in attempt.0 {
            let none = Attempts { failures: 0, next_allowed_at: after.last_attempt_at, ..after };
            let restored = self.store.replace_attempts(key.as_str(), Some(after), before.unwrap_or(none)).await;
            if let Err(error) = restored {
                tracing::warn!(%error, "an attempt that was not made stays counted");
            }
        }
    }
}
