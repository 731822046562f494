//! The denylist: sessions that have ended while their access tokens may be unexpired, and sessions whose end is not in
//! the database yet.
//!
//! The first part is a cache: the database has the truth, and the revocation feed keeps the set up to date. The second
//! part refuses sessions while the database cannot store their end.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::Duration,
};

use crate::{
    clock::Clock,
    domain::{SessionId, UserId},
};

/// The sessions whose tokens are refused. Clones share one set.
#[derive(Clone)]
pub struct Revocations {
    clock: Clock,
    denied: Arc<RwLock<Denied>>,
}

#[derive(Default)]
struct Denied {
    /// With the monotonic time at which each session is forgotten.
    ended: HashMap<SessionId, Duration>,
    /// The sessions of each user whose end is not in the database yet.
    pending: HashMap<UserId, Vec<SessionSet>>,
}

/// Some sessions of one user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionSet {
    /// One session.
    One(SessionId),
    /// All sessions but this one.
    AllBut(Option<SessionId>),
}

impl SessionSet {
    fn contains(self, session: SessionId) -> bool {
        match self {
            Self::One(one) => one == session,
            Self::AllBut(kept) => kept != Some(session),
        }
    }
}

impl Revocations {
    /// An empty set. It forgets sessions by the monotonic time of `clock`, so that setting the machine's clock makes no
    /// ended session valid again.
    pub fn new(clock: Clock) -> Self {
        Self { clock, denied: Arc::default() }
    }

    /// Refuses all tokens of `session`, at least for `span`. A second insertion never shortens the first.
    pub fn insert(&self, session: SessionId, span: Duration) {
        let forget_at = self.clock.monotonic() + span;
        self.write().ended.entry(session).and_modify(|known| *known = forget_at.max(*known)).or_insert(forget_at);
    }

    /// Refuses all tokens of these sessions of `user` until [`settle`](Self::settle) is called. The sessions of other
    /// users are not affected, whatever ids `set` has.
    pub fn refuse(&self, user: UserId, set: SessionSet) {
        self.write().pending.entry(user).or_default().push(set);
    }

    /// Undoes one [`refuse`](Self::refuse).
    pub fn settle(&self, user: UserId, set: SessionSet) {
        let mut denied = self.write();
        let Some(sets) = denied.pending.get_mut(&user) else { return };
        if let Some(index) = sets.iter().position(|pending| *pending == set) {
            sets.swap_remove(index);
        }
        if sets.is_empty() {
            denied.pending.remove(&user);
        }
    }

    /// Whether `session` of `user` has ended, as far as this process knows.
    pub fn is_revoked(&self, user: UserId, session: SessionId) -> bool {
        let denied = self.read();
        denied.ended.contains_key(&session)
            || denied.pending.get(&user).is_some_and(|sets| sets.iter().any(|set| set.contains(session)))
    }

    /// Removes the sessions whose last access token has expired.
    pub fn forget_expired(&self) {
        let now = self.clock.monotonic();
        self.write().ended.retain(|_, forget_at| *forget_at > now);
    }

    // No code panics while it has the lock, so a poisoned set is complete.
    fn read(&self) -> RwLockReadGuard<'_, Denied> {
        self.denied.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Denied> {
        self.denied.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Revocations {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Revocations").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::ManualClock, domain::Timestamp};

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);
    const SECOND: Duration = Duration::from_secs(1);

    fn session(seed: u8) -> SessionId {
        SessionId::new(NOW, [seed; 10])
    }

    fn user(seed: u8) -> UserId {
        UserId::new(NOW, [seed; 10])
    }

    fn empty() -> (Revocations, ManualClock) {
        let clock = ManualClock::starting_at(NOW);
        (Revocations::new(clock.clock()), clock)
    }

    #[test]
    fn revocation_is_visible_to_every_clone() {
        let (revocations, _) = empty();
        let clone = revocations.clone();
        revocations.insert(session(1), SECOND);
        assert!(clone.is_revoked(user(1), session(1)));
        assert!(!clone.is_revoked(user(1), session(2)));
    }

    #[test]
    fn session_is_forgotten_at_its_time_not_before() {
        let (revocations, clock) = empty();
        revocations.insert(session(1), 10 * SECOND);
        clock.advance(9 * SECOND);
        revocations.forget_expired();
        assert!(revocations.is_revoked(user(1), session(1)));
        clock.advance(SECOND);
        revocations.forget_expired();
        assert!(!revocations.is_revoked(user(1), session(1)));
    }

    #[test]
    fn set_clock_forgets_no_session() {
        let (revocations, clock) = empty();
        revocations.insert(session(1), 10 * SECOND);
        clock.set_forward(Duration::from_hours(24));
        revocations.forget_expired();
        assert!(revocations.is_revoked(user(1), session(1)));
    }

    #[test]
    fn second_insertion_does_not_shorten_the_first() {
        let (revocations, clock) = empty();
        revocations.insert(session(1), 10 * SECOND);
        revocations.insert(session(1), Duration::ZERO);
        clock.advance(9 * SECOND);
        revocations.forget_expired();
        assert!(revocations.is_revoked(user(1), session(1)));
    }

    #[test]
    fn pending_end_is_of_one_user_until_settled() {
        let (revocations, _) = empty();
        let set = SessionSet::AllBut(Some(session(1)));
        revocations.refuse(user(1), set);
        revocations.refuse(user(1), SessionSet::One(session(1)));
        assert!(revocations.is_revoked(user(1), session(1)) && revocations.is_revoked(user(1), session(2)));
        assert!(!revocations.is_revoked(user(2), session(1)) && !revocations.is_revoked(user(2), session(2)));
        revocations.settle(user(1), set);
        assert!(revocations.is_revoked(user(1), session(1)) && !revocations.is_revoked(user(1), session(2)));
        revocations.settle(user(1), SessionSet::One(session(1)));
        assert!(!revocations.is_revoked(user(1), session(1)));
    }
}
