//! The ring of keys: one signs at a time, all verify.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use super::{Jwk, KeyPair, key::Key};
use crate::{crypto::secret::SharedSecret, domain::Timestamp};

/// The keys in use. Clones share them, and see at once when they are replaced.
#[derive(Clone, Default)]
pub struct KeyRing(Arc<RwLock<Arc<[RingKey]>>>);

/// A key and its time.
#[derive(Clone)]
pub struct RingKey {
    key: Arc<Key>,
    /// When it begins to sign.
    pub not_before: Timestamp,
    /// When what it signed is refused from; `None` while it has no successor.
    pub retire_at: Option<Timestamp>,
}

impl RingKey {
    /// A key pair that always has signed and always will.
    pub fn new(pair: &KeyPair) -> Self {
        Self { key: Arc::new(Key::pair(pair)), not_before: Timestamp::from_millis(0), retire_at: None }
    }

    /// The same key, signing from `not_before` and refused from `retire_at`.
    #[must_use]
    pub fn during(self, not_before: Timestamp, retire_at: Option<Timestamp>) -> Self {
        Self { not_before, retire_at, ..self }
    }

    /// The key's name.
    pub fn id(&self) -> &str {
        self.key.id()
    }

    fn is_over(&self, now: Timestamp) -> bool {
        self.retire_at.is_some_and(|retire_at| retire_at <= now)
    }
}

/// Which of several keys signs, by when each begins to: the newest that has begun. Where none has, as
/// when another machine's clock is ahead of this one's, the first to begin.
pub fn signing_at<T>(keys: &[T], not_before: impl Fn(&T) -> Timestamp, now: Timestamp) -> Option<&T> {
    let begun = keys.iter().filter(|key| not_before(key) <= now).max_by_key(|key| not_before(key));
    begun.or_else(|| keys.iter().min_by_key(|key| not_before(key)))
}

impl KeyRing {
    /// A ring of shared secrets: `current` signs, and tokens made with any of `others` still verify.
    pub fn hs256(current: &SharedSecret, others: &[SharedSecret]) -> Self {
        let ever = |secret, not_before| RingKey {
            key: Arc::new(Key::shared(secret)),
            not_before: Timestamp::from_millis(not_before),
            retire_at: None,
        };
        let ring = Self::default();
        ring.replace([ever(current, 1)].into_iter().chain(others.iter().map(|secret| ever(secret, 0))).collect());
        ring
    }

    /// From now on, these are the keys.
    pub fn replace(&self, keys: Vec<RingKey>) {
        // No code panics while it holds the lock, and a ring is replaced as a whole.
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = keys.into();
    }

    /// The keys as they are now.
    pub fn keys(&self) -> Arc<[RingKey]> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The public keys that can be asked for at `now`: those that verify, and the next to sign.
    pub fn public_keys(&self, now: Timestamp) -> Vec<Jwk> {
        let keys = self.keys();
        let valid = keys.iter().filter(|key| !key.is_over(now));
        valid.filter_map(|key| Some(key.key.public()?.jwk())).collect()
    }

    /// The key that signs at `now`; `None` if there is none at all.
    pub(crate) fn signing(&self, now: Timestamp) -> Option<Arc<Key>> {
        let valid: Vec<_> = self.keys().iter().filter(|key| !key.is_over(now)).cloned().collect();
        signing_at(&valid, |key| key.not_before, now).map(|key| Arc::clone(&key.key))
    }

    /// The key that a token's `kid` names, unless its time is over.
    pub(crate) fn find(&self, id: &str, now: Timestamp) -> Option<Arc<Key>> {
        self.keys().iter().find(|key| key.id() == id && !key.is_over(now)).map(|key| Arc::clone(&key.key))
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
    fn a_former_secret_verifies_and_the_first_one_signs() {
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
    fn the_newest_key_that_has_begun_signs_and_the_next_is_published() {
        let (old, next) = (key(NOW, Some(NOW.plus(MINUTE * 10))), key(NOW.plus(MINUTE), None));
        let ring = ring(&[&old, &next]);
        assert_eq!(signs(&ring, NOW).as_deref(), Some(old.id()));
        assert_eq!(ring.public_keys(NOW).len(), 2);
        assert_eq!(signs(&ring, NOW.plus(MINUTE)).as_deref(), Some(next.id()));
    }

    #[test]
    fn a_key_verifies_until_its_time_is_over_and_not_a_moment_longer() {
        let (old, new) = (key(NOW, Some(NOW.plus(MINUTE * 10))), key(NOW.plus(MINUTE), None));
        let ring = ring(&[&old, &new]);
        let end = NOW.plus(MINUTE * 10);
        assert!(ring.find(old.id(), end.minus(Duration::from_millis(1))).is_some());
        assert!(ring.find(old.id(), end).is_none());
        assert_eq!(ring.public_keys(end).len(), 1);
    }

    #[test]
    fn a_machine_whose_clock_is_behind_signs_with_the_first_key_there_is() {
        let (first, second) = (key(NOW, None), key(NOW.plus(MINUTE), None));
        let ring = ring(&[&second, &first]);
        assert_eq!(signs(&ring, NOW.minus(MINUTE)).as_deref(), Some(first.id()));
        assert_eq!(signs(&KeyRing::default(), NOW), None);
    }

    #[test]
    fn clones_see_a_replacement_at_once() {
        let (old, new) = (key(NOW, None), key(NOW, None));
        let ring = ring(&[&old]);
        let elsewhere = ring.clone();
        ring.replace(vec![new.clone()]);
        assert!(elsewhere.find(old.id(), NOW).is_none());
        assert!(elsewhere.find(new.id(), NOW).is_some());
    }

    #[test]
    fn debug_output_hides_the_keys() {
        assert_eq!(format!("{:?}", KeyRing::hs256(&SharedSecret::generate().unwrap(), &[])), "KeyRing(…)");
    }
}
