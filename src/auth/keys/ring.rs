//! The key ring: one key signs at a time, all verify.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use super::{Jwk, KeyPair, key::Key};
use crate::{crypto::secret::SharedSecret, domain::Timestamp};

/// The keys in use. Clones share one ring.
#[derive(Clone, Default)]
pub struct KeyRing(Arc<RwLock<Arc<[RingKey]>>>);

/// A key and its period of use.
#[derive(Clone)]
pub struct RingKey {
    key: Arc<Key>,
    /// When the key starts to sign.
    pub not_before: Timestamp,
    /// When its tokens start to be refused. `None`: it has no successor yet.
    pub retire_at: Option<Timestamp>,
}

impl RingKey {
    /// A key pair valid from the epoch, without expiry.
    pub fn new(pair: &KeyPair) -> Self {
        Self { key: Arc::new(Key::pair(pair)), not_before: Timestamp::from_millis(0), retire_at: None }
    }

    /// The same key with this period.
    #[must_use]
    pub fn during(self, not_before: Timestamp, retire_at: Option<Timestamp>) -> Self {
        Self { not_before, retire_at, ..self }
    }

    /// The `kid`.
    pub fn id(&self) -> &str {
        self.key.id()
    }

    fn is_retired(&self, now: Timestamp) -> bool {
        self.retire_at.is_some_and(|retire_at| retire_at <= now)
    }
}

/// The key that signs at `now`: the one that started last. If none has started, because this machine's clock is
/// behind another's, the first to start.
pub fn signing_at<T>(keys: &[T], not_before: impl Fn(&T) -> Timestamp, now: Timestamp) -> Option<&T> {
    let begun = keys.iter().filter(|key| not_before(key) <= now).max_by_key(|key| not_before(key));
    begun.or_else(|| keys.iter().min_by_key(|key| not_before(key)))
}

impl KeyRing {
    /// A ring of shared secrets: `current` signs, and tokens signed with `others` are accepted.
    pub fn hs256(current: &SharedSecret, others: &[SharedSecret]) -> Self {
        let key = |secret, not_before| RingKey {
            key: Arc::new(Key::shared(secret)),
            not_before: Timestamp::from_millis(not_before),
            retire_at: None,
        };
        let ring = Self::default();
        ring.replace([key(current, 1)].into_iter().chain(others.iter().map(|secret| key(secret, 0))).collect());
        ring
    }

    /// Replaces the keys.
    pub fn replace(&self, keys: Vec<RingKey>) {
        // No code panics while it has the lock, and the ring is replaced as a whole.
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = keys.into();
    }

    /// The current keys.
    pub fn keys(&self) -> Arc<[RingKey]> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The published keys at `now`: those that verify, and the next one to sign.
    pub fn public_keys(&self, now: Timestamp) -> Vec<Jwk> {
        let keys = self.keys();
        let valid = keys.iter().filter(|key| !key.is_retired(now));
        valid.filter_map(|key| Some(key.key.public()?.jwk())).collect()
    }

    /// The key that signs at `now`. `None` if the ring is empty.
    pub(crate) fn signing(&self, now: Timestamp) -> Option<Arc<Key>> {
        let valid: Vec<_> = self.keys().iter().filter(|key| !key.is_retired(now)).cloned().collect();
        signing_at(&valid, |key| key.not_before, now).map(|key| Arc::clone(&key.key))
    }

    /// The key with this `kid`, unless it is retired.
    pub(crate) fn find(&self, id: &str, now: Timestamp) -> Option<Arc<Key>> {
        self.keys().iter().find(|key| key.id() == id && !key.is_retired(now)).map(|key| Arc::clone(&key.key))
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyRing(…)")
    }
}

impl fmt::Debug for RingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RingKey({})", self.id())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::auth::keys::PairAlgorithm;

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);
    const MINUTE: Duration = Duration::from_mins(1);

    fn secret(text: &str) -> SharedSecret {
        SharedSecret::parse(text.as_bytes()).unwrap()
    }

    fn key(not_before: Timestamp, retire_at: Option<Timestamp>) -> RingKey {
        RingKey::new(&KeyPair::generate(PairAlgorithm::EdDsa).unwrap()).during(not_before, retire_at)
    }

    fn ring(keys: &[&RingKey]) -> KeyRing {
        let ring = KeyRing::default();
        ring.replace(keys.iter().copied().cloned().collect());
        ring
    }

    fn signs(ring: &KeyRing, now: Timestamp) -> Option<String> {
        ring.signing(now).map(|key| key.id().to_owned())
    }

    #[test]
    fn former_secret_verifies_and_first_one_signs() {
        let (old, new) = (secret("Rk2vX8q0mZ5tYw7nB1cD4eF6gH9jK3lM"), SharedSecret::generate().unwrap());
        let (before, after) = (KeyRing::hs256(&old, &[]), KeyRing::hs256(&new, &[old]));
        let (old, new) = (before.signing(NOW).unwrap(), after.signing(NOW).unwrap());
        let token = old.sign(&"claims").unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        assert!(after.find(old.id(), NOW).unwrap().verifies(signed.as_bytes(), signature));
        assert!(!new.verifies(signed.as_bytes(), signature));
        assert!(before.find(new.id(), NOW).is_none());
        assert!(after.public_keys(NOW).is_empty(), "a secret is never published");
    }

    #[test]
    fn newest_started_key_signs_next_is_published() {
        let (old, next) = (key(NOW, Some(NOW.plus(MINUTE * 10))), key(NOW.plus(MINUTE), None));
        let ring = ring(&[&old, &next]);
        assert_eq!(signs(&ring, NOW).as_deref(), Some(old.id()));
        assert_eq!(ring.public_keys(NOW).len(), 2);
        assert_eq!(signs(&ring, NOW.plus(MINUTE)).as_deref(), Some(next.id()));
    }

    #[test]
    fn key_verifies_until_retired() {
        let (old, new) = (key(NOW, Some(NOW.plus(MINUTE * 10))), key(NOW.plus(MINUTE), None));
        let ring = ring(&[&old, &new]);
        let end = NOW.plus(MINUTE * 10);
        assert!(ring.find(old.id(), end.minus(Duration::from_millis(1))).is_some());
        assert!(ring.find(old.id(), end).is_none());
        assert_eq!(ring.public_keys(end).len(), 1);
    }

    #[test]
    fn clock_behind_signs_with_the_first_key() {
        let (first, second) = (key(NOW, None), key(NOW.plus(MINUTE), None));
        let ring = ring(&[&second, &first]);
        assert_eq!(signs(&ring, NOW.minus(MINUTE)).as_deref(), Some(first.id()));
        assert_eq!(signs(&KeyRing::default(), NOW), None);
    }

    #[test]
    fn clones_see_a_replacement_at_once() {
        let (old, new) = (key(NOW, None), key(NOW, None));
        let ring = ring(&[&old]);
        let clone = ring.clone();
        ring.replace(vec![new.clone()]);
        assert!(clone.find(old.id(), NOW).is_none());
        assert!(clone.find(new.id(), NOW).is_some());
    }

    #[test]
    fn debug_output_hides_the_keys() {
        assert_eq!(format!("{:?}", KeyRing::hs256(&SharedSecret::generate().unwrap(), &[])), "KeyRing(…)");
    }
}
