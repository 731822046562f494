//! What bounds the stored rows of each kind of event.

use std::{
    hash::{BuildHasher, Hash, RandomState},
    num::NonZeroU32,
    sync::Arc,
    time::Duration,
};

use governor::{
    Quota, RateLimiter,
    middleware::NoOpMiddleware,
    state::{InMemoryState, NotKeyed, keyed::DashMapStateStore},
};

use super::Subject;
use crate::{
    auth::{
        requester::Requester,
        throttle::{Network, NetworkLimiter, Purpose, SteadyClock},
    },
    clock::Clock,
    domain::event::EventKind,
};

/// The most budgets of accounts and of sessions counted individually: about 5 MB each. Beyond, 65,536 buckets are
/// shared.
const MAX_BUDGETS: usize = 50_000;

/// What bounds the stored rows of a kind of event. Events beyond a budget are counted, not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// Only an operator causes such events.
    Operator,
    /// Each account has at most one. The budget of sign-ups bounds the accounts.
    Once,
    /// A budget per account and kind: 60 at once, then one every minute.
    Account,
    /// A budget per session: 5 at once, then one every 5 minutes.
    Session,
    /// Anyone can cause such events. The budget of the network for [incidents](Purpose::Incident), and one budget for
    /// all: 300 at once, then one every second.
    Incident,
}

impl Bound {
    /// The bound of a kind. `of_user`: the account is known.
    pub const fn of(kind: EventKind, of_user: bool) -> Self {
        match kind {
            EventKind::UserDisabled | EventKind::UserEnabled | EventKind::FactorsReset => Self::Operator,
            EventKind::UserCreated | EventKind::UserDeleted => Self::Once,
            // A stranger can fail to sign in to an account: the budget of its attempts is smaller than this one.
            EventKind::LoginFail | EventKind::MailFail if of_user => Self::Account,
            EventKind::UserUpdated
            | EventKind::LoginSuccess
            | EventKind::Reauthenticated
            | EventKind::SessionCreated
            | EventKind::SessionExpired
            | EventKind::TokenRevoked
            | EventKind::TokenReuse
            | EventKind::TokenStale
            | EventKind::EmailVerified
            | EventKind::EmailChangeRequested
            | EventKind::EmailChanged
            | EventKind::EmailChangeUndone
            | EventKind::PasswordReset
            | EventKind::PasswordChange
            | EventKind::PasswordChangeFail
            | EventKind::FactorAdded
            | EventKind::FactorRemoved
            | EventKind::RecoveryCodesRenewed
            | EventKind::RecoveryCodeUsed
            | EventKind::PasskeyAdded
            | EventKind::PasskeyRemoved
            | EventKind::PasskeyCounterFail
            | EventKind::SecondStepFail
            | EventKind::DeviceTrusted
            | EventKind::DeviceUntrusted => Self::Account,
            EventKind::SessionRenewed => Self::Session,
            EventKind::LoginFail
            | EventKind::LoginFailMax
            | EventKind::TokenInvalid
            | EventKind::BreachCheckFail
            | EventKind::MailFail
            | EventKind::AuthorizationFail
            | EventKind::MaliciousCsrf => Self::Incident,
        }
    }

    fn quota(self) -> Quota {
        match self {
            Self::Session => quota(Duration::from_mins(5), 5),
            Self::Incident => quota(Duration::from_secs(1), 300),
            Self::Operator | Self::Once | Self::Account => quota(Duration::from_mins(1), 60),
        }
    }
}

fn quota(pace: Duration, burst: u32) -> Quota {
    match (Quota::with_period(pace), NonZeroU32::new(burst)) {
        (Some(quota), Some(burst)) => quota.allow_burst(burst),
        _ => Quota::per_minute(NonZeroU32::MIN),
    }
}

type Limiter<K, S> = RateLimiter<K, S, SteadyClock, NoOpMiddleware<Duration>>;

/// The budgets of stored rows, in memory.
pub(super) struct Budgets {
    networks: Arc<NetworkLimiter>,
    incidents: Limiter<NotKeyed, InMemoryState>,
    accounts: KeyedBudget,
    sessions: KeyedBudget,
}

impl Budgets {
    pub fn new(networks: Arc<NetworkLimiter>, clock: &Clock) -> Self {
        let clock = SteadyClock::following(clock.clone());
        Self {
            networks,
            incidents: RateLimiter::direct_with_clock(Bound::Incident.quota(), clock.clone()),
            accounts: KeyedBudget::new(Bound::Account, &clock),
            sessions: KeyedBudget::new(Bound::Session, &clock),
        }
    }

    /// Whether an event has room to be stored.
    pub fn admit(&self, kind: EventKind, subject: Subject, requester: &Requester) -> bool {
        match Bound::of(kind, subject.user.is_some()) {
            Bound::Operator | Bound::Once => true,
            Bound::Account => self.accounts.admit((kind, subject.user)),
            Bound::Session => self.sessions.admit((kind, subject.session)),
            Bound::Incident => {
                self.networks.check(Purpose::Incident, Network::from(requester)).is_ok()
                    && self.incidents.check().is_ok()
            }
        }
    }

    /// Drops the accounts and sessions whose budgets are full again.
    pub fn drop_idle(&self) {
        for budget in [&self.accounts, &self.sessions] {
            budget.limiter.retain_recent();
            budget.limiter.shrink_to_fit();
        }
    }
}

/// A budget for each key. Keys are hashed, so that each takes the same room.
struct KeyedBudget {
    limiter: Limiter<u64, DashMapStateStore<u64>>,
    hash: RandomState,
}

impl KeyedBudget {
    fn new(bound: Bound, clock: &SteadyClock) -> Self {
        let limiter = RateLimiter::new(bound.quota(), DashMapStateStore::default(), clock.clone());
        Self { limiter, hash: RandomState::new() }
    }

    fn admit(&self, key: impl Hash) -> bool {
        let hash = self.hash.hash_one(key);
        // A full map has no room for another key: such keys share buckets.
        let key = if self.limiter.len() < MAX_BUDGETS { hash } else { hash & 0xffff };
        self.limiter.check_key(&key).is_ok()
    }
}
