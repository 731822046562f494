//! Sessions that have ended while access tokens of theirs may still be unexpired.
//!
//! A cache: the truth is the session's row in the database, from which this is fed.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::Duration,
};

use crate::{
    clock::{CLOCK_SKEW, LEEWAY},
    domain::{SessionId, Timestamp},
};

/// The ended sessions that the verifier still has to know of. Clones share one set.
#[derive(Clone, Debug, Default)]
pub struct Revocations(Arc<RwLock<HashMap<SessionId, Timestamp>>>);

impl Revocations {
    /// From now on no token of `session` is accepted. The entry may be forgotten at `forget_at`
    /// ([`forget_at`]); a second insertion never shortens the first.
    pub fn insert(&self, session: SessionId, forget_at: Timestamp) {
        self.write().entry(session).and_modify(|known| *known = forget_at.max(*known)).or_insert(forget_at);
    }

    /// Whether `session` has ended, as far as this process knows.
    pub fn is_revoked(&self, session: SessionId) -> bool {
        self.read().contains_key(&session)
    }

    /// Drops the sessions whose last access token has expired.
    pub fn forget_expired(&self, now: Timestamp) {
        self.write().retain(|_, forget_at| *forget_at > now);
    }

    /// How many sessions are remembered.
    pub fn len(&self) -> usize {
        self.read().len()
    }

    /// Whether no session is remembered.
    pub fn is_empty(&self) -> bool {
        self.read().is_empty()
    }

    // No code panics while it holds the lock, and a set that lost nothing is better than none.
    fn read(&self) -> RwLockReadGuard<'_, HashMap<SessionId, Timestamp>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<SessionId, Timestamp>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When a session that ended at `ended_at` can be forgotten: the last token it can have been given, by
/// a replica whose clock was as far ahead as the verifier tolerates, is refused as expired by then.
pub fn forget_at(ended_at: Timestamp, access_ttl: Duration) -> Timestamp {
    ended_at.plus(access_ttl).plus(LEEWAY).plus(CLOCK_SKEW)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    fn session(seed: u8) -> SessionId {
        SessionId::new(NOW, [seed; 10])
    }

    #[test]
    fn every_clone_sees_a_revocation_at_once() {
        let revocations = Revocations::default();
        let elsewhere = revocations.clone();
        revocations.insert(session(1), NOW.plus(Duration::from_secs(1)));
        assert!(elsewhere.is_revoked(session(1)));
        assert!(!elsewhere.is_revoked(session(2)));
    }

    #[test]
    fn a_session_is_forgotten_when_its_time_has_come_and_not_before() {
        let revocations = Revocations::default();
        let forget_at = forget_at(NOW, Duration::from_mins(15));
        revocations.insert(session(1), forget_at);
        revocations.forget_expired(forget_at.minus(Duration::from_millis(1)));
        assert_eq!(revocations.len(), 1);
        revocations.forget_expired(forget_at);
        assert!(revocations.is_empty());
    }

    #[test]
    fn a_second_insertion_never_shortens_the_first() {
        let revocations = Revocations::default();
        let later = NOW.plus(Duration::from_secs(10));
        revocations.insert(session(1), later);
        revocations.insert(session(1), NOW);
        revocations.forget_expired(NOW.plus(Duration::from_secs(9)));
        assert!(revocations.is_revoked(session(1)));
    }
}
