//! The denylist: sessions that have ended while their access tokens may be unexpired.
//!
//! A cache. The database has the truth; the revocation feed keeps this set up to date.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use crate::domain::{SessionId, Timestamp};

/// The sessions whose access tokens the verifier refuses. Clones share one set.
#[derive(Clone, Debug, Default)]
pub struct Revocations(Arc<RwLock<HashMap<SessionId, Timestamp>>>);

impl Revocations {
    /// Refuses all tokens of `session`, at least until `forget_at`. A second insertion never shortens the
    /// first.
    pub fn insert(&self, session: SessionId, forget_at: Timestamp) {
        self.write().entry(session).and_modify(|known| *known = forget_at.max(*known)).or_insert(forget_at);
    }

    /// Whether `session` has ended, as far as this process knows.
    pub fn is_revoked(&self, session: SessionId) -> bool {
        self.read().contains_key(&session)
    }

    /// Removes the sessions whose last access token has expired.
    pub fn forget_expired(&self, now: Timestamp) {
        self.write().retain(|_, forget_at| *forget_at > now);
    }

    // No code panics while it has the lock, so a poisoned set is complete.
    fn read(&self) -> RwLockReadGuard<'_, HashMap<SessionId, Timestamp>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<SessionId, Timestamp>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    fn session(seed: u8) -> SessionId {
        SessionId::new(NOW, [seed; 10])
    }

    #[test]
    fn revocation_is_visible_to_every_clone() {
        let revocations = Revocations::default();
        let clone = revocations.clone();
        revocations.insert(session(1), NOW.plus(Duration::from_secs(1)));
        assert!(clone.is_revoked(session(1)));
        assert!(!clone.is_revoked(session(2)));
    }

    #[test]
    fn session_is_forgotten_at_its_time_not_before() {
        let revocations = Revocations::default();
        let forget_at = NOW.plus(Duration::from_mins(15));
        revocations.insert(session(1), forget_at);
        revocations.forget_expired(forget_at.minus(Duration::from_millis(1)));
        assert!(revocations.is_revoked(session(1)));
        revocations.forget_expired(forget_at);
        assert!(!revocations.is_revoked(session(1)));
    }

    #[test]
    fn second_insertion_does_not_shorten_the_first() {
        let revocations = Revocations::default();
        let later = NOW.plus(Duration::from_secs(10));
        revocations.insert(session(1), later);
        revocations.insert(session(1), NOW);
        revocations.forget_expired(NOW.plus(Duration::from_secs(9)));
        assert!(revocations.is_revoked(session(1)));
    }
}
