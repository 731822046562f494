//! Count an attempt before any work is done for it, or say how long to wait.

use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use super::{
    AttemptBudget, AttemptKey, AttemptKeys, AttemptRecord, Network, NetworkLimiter, Purpose, Throttled, admit,
};
use crate::{
    auth::{Auth, Requester, Subject, error::InternalError},
    clock::Clock,
    domain::event::EventKind,
    store::{StoreError, attempts::Attempts},
};

/// How often a lost race for a counter is run again before the attempt is put off.
const RACES: usize = 16;

/// How long an attempt is put off that lost every race: the counter is under attack.
const PUT_OFF: Throttled = Throttled { retry_after: Duration::from_secs(1) };

/// Slows guessing down: per network in memory, per account in the database.
pub struct Throttle {
    networks: NetworkLimiter,
    accounts: Option<AttemptKeys>,
}

/// An attempt that has been counted; forgiven when it succeeds, withdrawn when it was never made.
#[derive(Debug)]
pub struct Attempt(Vec<Counted>);

/// A counter before and after an attempt.
#[derive(Debug)]
struct Counted {
    key: AttemptKey,
    before: Option<Attempts>,
    after: Attempts,
}

/// Why an attempt was not admitted.
#[derive(Debug, thiserror::Error)]
pub enum AdmissionError {
    /// There were too many.
    #[error(transparent)]
    Throttled(#[from] Throttled),
    /// The counters are out of reach: nothing is admitted uncounted.
    #[error(transparent)]
    Internal(#[from] InternalError),
}

impl From<StoreError> for AdmissionError {
    fn from(error: StoreError) -> Self {
        Self::Internal(error.into())
    }
}

impl Throttle {
    /// A throttle that goes by `clock`; `secret` hides whose counters the database holds.
    pub fn new(secret: &[u8], clock: &Clock) -> Self {
        Self { networks: NetworkLimiter::new(clock), accounts: Some(AttemptKeys::new(secret)) }
    }

    /// A throttle that admits everything, for load tests.
    pub const fn off() -> Self {
        Self { networks: NetworkLimiter::off(), accounts: None }
    }

    /// Drops what memory holds about networks that have calmed down.
    pub fn forget_idle(&self) {
        self.networks.forget_idle();
    }
}

impl Auth {
    /// Counts a request against its network's budget.
    pub(crate) async fn admit_from_network(&self, purpose: Purpose, requester: &Requester) -> Result<(), Throttled> {
        let admitted = self.throttle.networks.check(purpose, network(requester));
        if admitted.is_err() {
            self.record(EventKind::LoginFailMax, Subject::unknown(), requester, Some("network")).await;
        }
        admitted
    }

    /// Whether an incident is to be stored, or only logged: nobody grows the database by sending rubbish.
    pub(crate) fn stores_incident(&self, requester: &Requester) -> bool {
        self.throttle.networks.check(Purpose::Incident, network(requester)).is_ok()
    }

    /// Counts an attempt on an account, from this network and from all, as failed in advance. `who` is
    /// asking, where that is known.
    pub(crate) async fn admit_attempt(
        &self,
        account: &str,
        who: Subject,
        requester: &Requester,
    ) -> Result<Attempt, AdmissionError> {
        let mut counted = Attempt(Vec::new());
        let Some(keys) = &self.throttle.accounts else { return Ok(counted) };
        for budget in keys.budgets(account, network(requester)) {
            match self.count(budget).await {
                Ok(one) => counted.0.push(one),
                Err(error) => {
                    if matches!(error, AdmissionError::Throttled(_)) {
                        self.record(EventKind::LoginFailMax, who, requester, Some("account")).await;
                    }
                    return Err(error);
                }
            }
        }
        Ok(counted)
    }

    async fn count(&self, AttemptBudget { key, backoff }: AttemptBudget) -> Result<Counted, AdmissionError> {
        for _ in 0..RACES {
            let before = self.store.attempts(key.as_str()).await?;
            let after = to_attempts(admit(before.map(to_record), &backoff, self.clock.now())?);
            if self.store.replace_attempts(key.as_str(), before, after).await? {
                return Ok(Counted { key, before, after });
            }
        }
        Err(PUT_OFF.into())
    }

    /// Forgets the counters of an attempt that succeeded. What cannot be forgotten now is after a day,
    /// and is no reason to refuse someone who knows the password.
    pub(crate) async fn forgive_attempt(&self, attempt: &Attempt) {
        let keys = attempt.0.iter().map(|counted| counted.key.as_str());
        if let Err(error) = self.store.clear_attempts(keys).await {
            tracing::warn!(%error, "the attempts before a success could not be forgotten");
        }
    }

    /// Takes back the count of an attempt whose password was never checked. Where another attempt has
    /// been counted since, this one stays counted.
    pub(crate) async fn withdraw_attempt(&self, attempt: &Attempt) {
        for Counted { key, before, after } in &attempt.0 {
            let none = Attempts { failures: 0, next_allowed_at: after.last_attempt_at, ..*after };
            let restored = self.store.replace_attempts(key.as_str(), Some(*after), before.unwrap_or(none)).await;
            if let Err(error) = restored {
                tracing::warn!(%error, "an attempt that was never made stays counted");
            }
        }
    }
}

/// Clients whose address is unknown share one budget.
fn network(requester: &Requester) -> Network {
    Network::of(requester.address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)))
}

const fn to_record(attempts: Attempts) -> AttemptRecord {
    let Attempts { failures, last_attempt_at, next_allowed_at } = attempts;
    AttemptRecord { failures, last_attempt_at, next_allowed_at }
}

const fn to_attempts(record: AttemptRecord) -> Attempts {
    let AttemptRecord { failures, last_attempt_at, next_allowed_at } = record;
    Attempts { failures, last_attempt_at, next_allowed_at }
}
