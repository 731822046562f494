//! The use cases: sign up, sign in, renew, sign out and the rest, a file each. They know neither
//! HTML nor JSON nor HTTP; the browser's server functions and the API's handlers both call them.

pub mod access;
pub mod accounts;
pub mod audit;
pub mod error;
pub mod jobs;
pub mod keys;
pub mod password;
pub mod sessions;
pub mod sign_in;
pub mod throttle;
pub mod token;

use std::{
    net::IpAddr,
    sync::{Arc, atomic::AtomicI64},
    time::Duration,
};

use crate::{
    clock::Clock,
    domain::{SessionId, Timestamp, UserId, event::EventKind},
    store::{Store, StoreError, events::NewEvent, sessions::Origin},
};
use keys::SigningKeys;
use password::{hasher::PasswordHasher, policy::PasswordPolicy};
use sessions::revocations::Revocations;
use throttle::admission::Throttle;
use token::{Issuer, Verifier};

/// How long sessions live.
#[derive(Clone, Copy, Debug)]
pub struct Lifetimes {
    /// A session unused for this long ends.
    pub idle: Duration,
    /// A session ends after this long, however much it is used.
    pub absolute: Duration,
    /// What [`idle`](Self::idle) is at most for a session that is not to outlive the browser's closing.
    pub idle_unless_kept: Duration,
    /// How long an access token is good for.
    pub access: Duration,
}

/// The service: everything the use cases need. Share it as an `Arc`.
pub struct Auth {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) hasher: PasswordHasher,
    pub(crate) policy: PasswordPolicy,
    pub(crate) throttle: Throttle,
    pub(crate) keys: SigningKeys,
    pub(crate) issuer: Issuer,
    pub(crate) verifier: Verifier,
    pub(crate) revocations: Revocations,
    pub(crate) lifetimes: Lifetimes,
    /// When the feed of ended sessions was last read, in Unix milliseconds.
    feed_read_at: AtomicI64,
}

/// The parts [`Auth`] is made of.
pub struct Parts {
    /// Where everything is kept.
    pub store: Store,
    /// What time it is.
    pub clock: Clock,
    /// Hashes and checks passwords.
    pub hasher: PasswordHasher,
    /// Says which passwords may be chosen.
    pub policy: PasswordPolicy,
    /// Slows guessing down.
    pub throttle: Throttle,
    /// The keys that sign access tokens.
    pub keys: SigningKeys,
    /// Makes access tokens.
    pub issuer: Issuer,
    /// Checks access tokens.
    pub verifier: Verifier,
    /// The sessions ended while access tokens of theirs are still within their life.
    pub revocations: Revocations,
    /// How long sessions live.
    pub lifetimes: Lifetimes,
}

/// Who is asking, as far as the network tells. For the security log and for throttling.
#[derive(Clone, Debug, Default)]
pub struct Requester {
    /// The network address.
    pub address: Option<IpAddr>,
    /// What the device calls itself.
    pub user_agent: Option<String>,
    /// The request's id, as the client is told.
    pub request_id: Option<String>,
}

/// Who is signed in, as a verified token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The user.
    pub user_id: UserId,
    /// The session the token belongs to.
    pub session_id: SessionId,
}

impl Auth {
    /// Puts the service together.
    pub fn new(parts: Parts) -> Arc<Self> {
        let Parts { store, clock, hasher, policy, throttle, keys, issuer, verifier, revocations, lifetimes } = parts;
        let feed_read_at = AtomicI64::new(0);
        Arc::new(Self {
            store,
            clock,
            hasher,
            policy,
            throttle,
            keys,
            issuer,
            verifier,
            revocations,
            lifetimes,
            feed_read_at,
        })
    }

    /// What chosen passwords must meet.
    pub fn password_policy(&self) -> &PasswordPolicy {
        &self.policy
    }

    /// The current time, as the service sees it.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// How long sessions and tokens live.
    pub const fn lifetimes(&self) -> Lifetimes {
        self.lifetimes
    }

    /// Whether the database answers.
    pub async fn ready(&self) -> Result<(), StoreError> {
        self.store.ping().await
    }

    /// Writes a security event to the log and to the database. An event that cannot be stored is
    /// still in the log, and never stops what it reports; so is one of a kind that anybody can cause at
    /// will, beyond its network's budget of those.
    pub async fn record(&self, kind: EventKind, who: Subject, requester: &Requester, detail: Option<&str>) {
        let at = self.clock.now();
        let Subject { user, session } = who;
        tracing::info!(
            target: "latchkey::security",
            event = kind.as_str(),
            user_id = user.map(tracing::field::display),
            session_id = session.map(tracing::field::display),
            address = requester.address.map(tracing::field::display),
            user_agent = requester.user_agent,
            request_id = requester.request_id,
            detail,
        );
        if can_be_caused_at_will(kind, user) && !self.stores_incident(requester) {
            return;
        }
        let event = NewEvent {
            at,
            kind,
            user_id: user,
            session_id: session,
            address: requester.address,
            user_agent: requester.user_agent.clone(),
            detail: detail.map(str::to_owned),
            request_id: requester.request_id.clone(),
        };
        if let Err(error) = self.store.append_event(event).await {
            tracing::error!(%error, event = kind.as_str(), "a security event could not be stored");
        }
    }
}

/// Whether a client can cause such events as fast as it can send requests, or as often as it can make
/// up an address.
const fn can_be_caused_at_will(kind: EventKind, user: Option<UserId>) -> bool {
    let of_nobody = matches!(kind, EventKind::LoginFail) && user.is_none();
    of_nobody
        || matches!(
            kind,
            EventKind::TokenInvalid
                | EventKind::LoginFailMax
                | EventKind::AuthorizationFail
                | EventKind::MaliciousCsrf
                | EventKind::UserUpdated
        )
}

/// Whom a security event is about.
#[derive(Clone, Copy, Debug, Default)]
pub struct Subject {
    user: Option<UserId>,
    session: Option<SessionId>,
}

impl From<UserId> for Subject {
    fn from(user: UserId) -> Self {
        Self { user: Some(user), session: None }
    }
}

impl From<Principal> for Subject {
    fn from(principal: Principal) -> Self {
        Self { user: Some(principal.user_id), session: Some(principal.session_id) }
    }
}

impl From<Option<UserId>> for Subject {
    fn from(user: Option<UserId>) -> Self {
        Self { user, session: None }
    }
}

impl Subject {
    /// Nobody known.
    pub const fn unknown() -> Self {
        Self { user: None, session: None }
    }
}

impl Requester {
    pub(crate) fn origin(&self) -> Origin {
        Origin { address: self.address, user_agent: self.user_agent.clone() }
    }
}
