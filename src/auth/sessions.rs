//! Sessions: opening, renewing, listing and revoking them.
//!
//! A session has a long-lived, opaque session token, which renews short-lived access tokens. The database
//! has the session's state; [`feed`] keeps the denylist of the verifier up to date with it.

pub mod credential;
mod end;
pub mod feed;
pub mod imported;
mod list;
pub mod open;
mod queue;
pub mod reauthenticated;
pub mod renew;
pub mod revoke;
pub mod token;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use super::{
    audit::Audit,
    notices::Notices,
    principal::Principal,
    token::{AccessTokens, revocations::Revocations},
};
use crate::{
    clock::Clock,
    domain::{Timestamp, session::Session},
    store::Store,
};
use feed::Position;
use queue::EndQueue;

/// The age of a sign-in up to which a program can list the sessions (the `freshAge` of Better Auth).
const LISTING_AGE: Duration = Duration::from_hours(24);

/// How long sessions live.
#[derive(Clone, Copy, Debug)]
pub struct Lifetimes {
    /// The idle timeout: an unused session expires after this long.
    pub idle: Duration,
    /// A session expires after this long, even in use.
    pub absolute: Duration,
    /// The longest idle timeout of a session that ends with the browser.
    pub idle_unless_kept: Duration,
    /// The age of a sign-in up to which it authorizes sensitive changes without another proof.
    pub fresh: Duration,
}

/// Opens, renews, lists and revokes sessions.
pub struct Sessions {
    store: Store,
    clock: Clock,
    lifetimes: Lifetimes,
    tokens: AccessTokens,
    revocations: Revocations,
    audit: Arc<Audit>,
    notices: Arc<Notices>,
    queue: EndQueue,
    /// How far the feed of ended sessions has been read.
    position: Mutex<Option<Position>>,
}

impl Sessions {
    pub(super) fn new(
        store: Store,
        clock: Clock,
        lifetimes: Lifetimes,
        tokens: AccessTokens,
        revocations: Revocations,
        audit: Arc<Audit>,
        notices: Arc<Notices>,
    ) -> Self {
        let (queue, position) = (EndQueue::default(), Mutex::default());
        Self { store, clock, lifetimes, tokens, revocations, audit, notices, queue, position }
    }

    /// The user of an active session.
    fn principal(&self, session: &Session) -> Principal {
        Principal::of_session(session, self.tokens.second_factor())
    }

    /// Whether the user of `session` signed in recently enough for a change that could lock the user out (ASVS 7.5.1).
    /// A renewal does not make a session fresh.
    pub fn is_fresh(&self, session: &Session) -> bool {
        self.sign_in_age(session) < self.lifetimes.fresh
    }

    /// Whether the user of `session` signed in within the last 24 hours.
    pub fn can_list(&self, session: &Session) -> bool {
        self.sign_in_age(session) < LISTING_AGE
    }

    fn sign_in_age(&self, session: &Session) -> Duration {
        self.clock.now().since(session.authentication.time)
    }

    fn position(&self) -> Option<Position> {
        *self.position.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_position(&self, position: Position) {
        *self.position.lock().unwrap_or_else(PoisonError::into_inner) = Some(position);
    }

    /// When a session used now expires if it is not used again.
    fn idle_expiry(&self, persistent: bool, absolute_expires_at: Timestamp) -> Timestamp {
        let Lifetimes { idle, idle_unless_kept, .. } = self.lifetimes;
        let idle = if persistent { idle } else { idle.min(idle_unless_kept) };
        self.clock.now().plus(idle).min(absolute_expires_at)
    }
}
