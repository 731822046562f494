//! Rate limits for sign-in, sign-up and password checks. Every attempt is counted *before* a password is
//! hashed.
//!
//! - [`NetworkLimiter`]: a budget per network and [`Purpose`], in memory. It protects the machine, and all
//!   accounts together from one network.
//! - [`AttemptBudgets`]: the budgets of one account, in the database, so that a restart resets nothing. They protect
//!   one account from many networks.
//!
//! Both count at each [`Level`] of network sizes. A known device ([`DeviceCookies`]) has a budget of its own on its
//! account.
//!
//! Rate limits never affect existing sessions.

mod attempts;
mod backoff;
mod budgets;
mod device;
mod limiter;
mod network;
mod steady_clock;

use std::{sync::Arc, time::Duration};

pub use attempts::{AttemptKey, AttemptKeys, AttemptTarget, admit};
pub use backoff::Backoff;
pub use budgets::{AttemptBudget, AttemptBudgets};
pub use device::{DEVICE_LIFETIME, DeviceCookies, DeviceId, KnownDevice};
pub use limiter::{NetworkLimiter, Purpose, SignUpBudget};
pub use network::{Level, Network};
pub(super) use steady_clock::SteadyClock;

use super::{
    error::{Interrupted, Throttled},
    requester::Requester,
};
use crate::{
    clock::Clock,
    store::{Store, attempts::CountedAttempt},
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
    devices: Arc<DeviceCookies>,
}

/// A counted attempt. [`Throttle::clear`] it when it succeeded, [`Throttle::undo`] it when no password was
/// checked.
#[derive(Debug)]
#[must_use = "an attempt that is neither cleared nor undone counts as failed"]
pub struct Attempt(Vec<CountedAttempt>);

impl Throttle {
    /// A throttle with these budgets. `keys` of `None` turns the limits per account off.
    pub(super) const fn new(
        networks: Arc<NetworkLimiter>,
        keys: Option<AttemptKeys>,
        store: Store,
        clock: Clock,
        devices: Arc<DeviceCookies>,
    ) -> Self {
        Self { networks, store, clock, keys, devices }
    }

    /// Counts a request against the budget of its network.
    pub fn check_network(&self, purpose: Purpose, requester: &Requester) -> Result<(), Throttled> {
        self.networks.check(purpose, Network::from(requester))
    }

    /// Counts an attempt on an account, as failed in advance. A refused attempt changes nothing.
    ///
    /// The counters are read in one statement and written in one transaction, which fails if another request has changed
    /// any of them: parallel attempts are counted one by one.
    pub async fn count_attempt(
        &self,
        target: AttemptTarget<'_>,
        requester: &Requester,
    ) -> Result<Attempt, Interrupted> {
        let Some(keys) = &self.keys else { return Ok(Attempt(Vec::new())) };
        let device = self.known_device(target, requester);
        let budgets = keys.budgets(target, Network::from(requester), device);
        for _ in 0..RACES {
            let rows = self.store.attempts(&budgets.keys()).await?;
            let counted = budgets.admit(&rows, self.clock.now())?;
            if self.store.count_attempt(&counted).await? {
                return Ok(Attempt(counted));
            }
        }
        Err(POSTPONED.into())
    }

    /// Deletes the counters of an attempt that succeeded. If the database fails, they expire after a day:
    /// that is no reason to refuse a user with the right password.
    pub async fn clear(&self, attempt: Attempt) {
        let keys = attempt.0.iter().map(|counted| &*counted.key);
        if let Err(error) = self.store.clear_attempts(keys).await {
            tracing::warn!(%error, "the counters of a successful attempt could not be deleted");
        }
    }

    /// Withdraws an attempt whose password was never checked. If another attempt has been counted since, this one
    /// stays counted.
    pub async fn undo(&self, attempt: Attempt) {
        if let Err(error) = self.store.withdraw_attempt(&attempt.0).await {
            tracing::warn!(%error, "an attempt that was not made stays counted");
        }
    }

    /// The device, if the account's user has signed in on it, also before a change of the credentials: attackers must not
    /// lock out an owner who has just reset the password. To confirm a password or to change the address, a session
    /// is required, so others cannot use up those budgets.
    fn known_device(&self, target: AttemptTarget<'_>, requester: &Requester) -> Option<DeviceId> {
        match target {
            AttemptTarget::SignIn(email)
            | AttemptTarget::SecondStep(email)
            | AttemptTarget::Passkey(email)
            | AttemptTarget::Code(email) => {
                Some(self.devices.verify(requester.device.as_ref()?, email, self.clock.now())?.id)
            }
            AttemptTarget::ConfirmPassword(_) | AttemptTarget::ChangeEmail(_) => None,
        }
    }
}
