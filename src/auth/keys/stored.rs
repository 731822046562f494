//! The key pairs in the database: rotation and retirement.

use std::{
    collections::HashSet,
    fmt,
    sync::{Mutex, PoisonError},
};

use super::{
    KeyPair, KeyRing, KeySealer, PairAlgorithm, RingKey, Schedule,
    key_pair::KeyPairError,
    timeline::{Phase, Timeline},
};
use crate::{
    clock::Clock,
    crypto::{
        derive::DerivedKeys,
        seal::{OpenError, SealError},
    },
    domain::Timestamp,
    store::{Store, StoreError, signing_keys::SigningKey},
};

/// The key pairs in the database, shared by all processes.
pub struct StoredKeys {
    store: Store,
    clock: Clock,
    algorithm: PairAlgorithm,
    schedule: Schedule,
    sealer: KeySealer,
    /// The ids of keys that could not be opened and have been logged.
    reported: Mutex<HashSet<String>>,
}

/// A key in a list.
#[derive(Clone, Debug)]
pub struct KeyStatus {
    /// The `kid`.
    pub id: String,
    /// The `alg`.
    pub algorithm: String,
    /// The phase of its life.
    pub phase: Phase,
    /// When the key was created.
    pub created_at: Timestamp,
    /// When the key starts to sign.
    pub not_before: Timestamp,
    /// When its tokens start to be refused.
    pub retire_at: Option<Timestamp>,
}

/// Why the keys cannot be used or changed.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The keys were sealed with another master secret.
    #[error(
        "the signing keys in the database ({}) were sealed with another master secret than this one; set \
         LATCHKEY_SECRET to the one used before, or restore the file `secret` in the data folder. If it is lost, \
         revoke each of them with `latchkey keys retire KID --now`: the service then creates a new one, and clients get \
         new access tokens",
        .0.join(", ")
    )]
    WrongSecret(Vec<String>),
    /// There is no key with this id.
    #[error("there is no signing key {0:?}; `latchkey keys list` shows them all")]
    Unknown(String),
    /// The key is retired already.
    #[error("the signing key {0:?} is retired already: its tokens are refused")]
    Retired(String),
    /// A key could not be generated.
    #[error(transparent)]
    KeyPair(#[from] KeyPairError),
    /// A key could not be sealed.
    #[error(transparent)]
    Sealing(#[from] SealError),
}

impl StoredKeys {
    /// The keys of one algorithm, sealed under a key derived from the master secret.
    pub fn new(
        store: Store,
        clock: Clock,
        algorithm: PairAlgorithm,
        schedule: Schedule,
        derived: &DerivedKeys,
    ) -> Result<Self, KeysError> {
        let sealer = KeySealer::new(&derived.signing_keys)?;
        Ok(Self { store, clock, algorithm, schedule, sealer, reported: Mutex::default() })
    }

    /// Fails if the keys in the database were sealed under another master secret.
    pub async fn check_secret(&self) -> Result<(), KeysError> {
        let (active, _) = self.partition_active(self.store.signing_keys().await?);
        self.ensure_decryptable(&active)
    }

    /// Fills the ring before the first request. Creates the first key if there is none. Keys of another
    /// algorithm get a retirement time: the setting has changed.
    pub(crate) async fn start(&self, ring: &KeyRing) -> Result<(), KeysError> {
        let now = self.clock.now();
        let keys = self.store.change_signing_keys(|keys| {
            let (active, mut others) = self.partition_active(keys);
            let mut timeline = Timeline::new(active, now, self.schedule);
            self.ensure_decryptable(timeline.keys())?;
            self.create_due(&mut timeline)?;
            for other in &mut others {
                other.retire_at.get_or_insert(now.plus(self.schedule.kept_after()));
            }
            others.extend(timeline.into_keys());
            Ok::<_, KeysError>((others, ()))
        });
        self.install(keys.await?.0, ring, now);
        Ok(())
    }

    /// Updates the ring from the database, and creates the next key when it is due. If the database fails, the
    /// ring stays as it is.
    pub(crate) async fn refresh(&self, ring: &KeyRing) -> Result<(), KeysError> {
        let now = self.clock.now();
        let mut keys = self.store.signing_keys().await?;
        let mut timeline = Timeline::new(self.partition_active(keys.clone()).0, now, self.schedule);
        if timeline.set_retirements() || timeline.due().is_some() {
            keys = self.change(|timeline| self.create_due(timeline)).await?.0;
        }
        self.install(keys, ring, now);
        Ok(())
    }

    /// All keys of all algorithms, in the order in which they start to sign.
    pub async fn list(&self) -> Result<Vec<KeyStatus>, KeysError> {
        let keys = self.store.signing_keys().await?;
        let timeline = Timeline::new(self.partition_active(keys.clone()).0, self.clock.now(), self.schedule);
        Ok(keys.iter().map(|key| status(key, &timeline)).collect())
    }

    /// Creates the next key. No token becomes invalid.
    pub async fn rotate(&self) -> Result<KeyStatus, KeysError> {
        let edit = |timeline: &mut Timeline| {
            self.ensure_decryptable(timeline.keys())?;
            let key = self.create(timeline.next())?;
            timeline.add(key.clone());
            Ok(status(&key, timeline))
        };
        Ok(self.change(edit).await?.1)
    }

    /// Retires a key: it stops signing, and its tokens are accepted until they expire. Returns when the last one
    /// expires. `None` if the key has signed nothing and is deleted.
    pub async fn retire(&self, id: &str) -> Result<Option<Timestamp>, KeysError> {
        self.ensure_exists(id).await?;
        let edit = |timeline: &mut Timeline| {
            self.ensure_decryptable(timeline.keys())?;
            match timeline.phase(id) {
                Phase::Retired => return Err(KeysError::Retired(id.to_owned())),
                Phase::Next => _ = timeline.remove(id),
                Phase::Signing => {
                    if let Some(not_before) = timeline.retire_current() {
                        timeline.add(self.create(not_before)?);
                    }
                }
                Phase::VerifyingOnly => {}
            }
            Ok(timeline.keys().iter().find(|key| key.id == id).and_then(|key| key.retire_at))
        };
        Ok(self.change(edit).await?.1)
    }

    /// Revokes a key: all its tokens are refused from now on. Works without the master secret; the service then
    /// creates the successor.
    pub async fn retire_now(&self, id: &str) -> Result<(), KeysError> {
        self.ensure_exists(id).await?;
        let now = self.clock.now();
        let decide = |keys| {
            let (active, mut others) = self.partition_active(keys);
            others.retain(|other| other.id != id);
            let mut timeline = Timeline::new(active, now, self.schedule);
            let decryptable = self.ensure_decryptable(timeline.keys()).is_ok();
            if let Some(not_before) = timeline.remove(id).filter(|_| decryptable) {
                timeline.add(self.create(not_before)?);
            }
            others.extend(timeline.into_keys());
            Ok::<_, KeysError>((others, ()))
        };
        self.store.change_signing_keys(decide).await?;
        Ok(())
    }

    async fn ensure_exists(&self, id: &str) -> Result<(), KeysError> {
        let known = self.store.signing_keys().await?.iter().any(|key| key.id == id);
        if known { Ok(()) } else { Err(KeysError::Unknown(id.to_owned())) }
    }

    /// Changes the keys of this algorithm, excluding other processes. Returns all keys, and the result of
    /// `edit`.
    async fn change<T: Send>(
        &self,
        edit: impl FnOnce(&mut Timeline) -> Result<T, KeysError> + Send,
    ) -> Result<(Vec<SigningKey>, T), KeysError> {
        let decide = |keys| {
            let (active, mut others) = self.partition_active(keys);
            let mut timeline = Timeline::new(active, self.clock.now(), self.schedule);
            let result = edit(&mut timeline)?;
            timeline.set_retirements();
            others.extend(timeline.into_keys());
            Ok((others, result))
        };
        self.store.change_signing_keys(decide).await
    }

    fn create_due(&self, timeline: &mut Timeline) -> Result<(), KeysError> {
        if let Some(not_before) = timeline.due() {
            timeline.add(self.create(not_before)?);
        }
        timeline.set_retirements();
        Ok(())
    }

    fn create(&self, not_before: Timestamp) -> Result<SigningKey, KeysError> {
        let mut pair = KeyPair::generate(self.algorithm)?;
        // The command line would parse such an id as a flag.
        while pair.public().thumbprint().starts_with('-') {
            pair = KeyPair::generate(self.algorithm)?;
        }
        Ok(SigningKey {
            id: pair.public().thumbprint(),
            algorithm: self.algorithm.as_str().to_owned(),
            public_key: pair.public().as_bytes().to_vec(),
            sealed_private_key: self.sealer.seal(&pair)?,
            created_at: self.clock.now(),
            not_before,
            retire_at: None,
        })
    }

    /// The active keys of this algorithm, and all others.
    fn partition_active(&self, keys: Vec<SigningKey>) -> (Vec<SigningKey>, Vec<SigningKey>) {
        let now = self.clock.now();
        let is_active = |key: &SigningKey| {
            key.algorithm == self.algorithm.as_str() && key.retire_at.is_none_or(|retire_at| retire_at > now)
        };
        keys.into_iter().partition(is_active)
    }

    fn decrypt(&self, key: &SigningKey) -> Result<KeyPair, OpenError> {
        let pair = self.sealer.open(self.algorithm, &key.public_key, &key.sealed_private_key)?;
        if pair.public().thumbprint() == key.id { Ok(pair) } else { Err(OpenError) }
    }

    fn ensure_decryptable(&self, keys: &[SigningKey]) -> Result<(), KeysError> {
        let failed: Vec<_> = keys.iter().filter(|key| self.decrypt(key).is_err()).map(|key| key.id.clone()).collect();
        if failed.is_empty() { Ok(()) } else { Err(KeysError::WrongSecret(failed)) }
    }

    /// Replaces the ring. A key that cannot be opened is logged once and left out.
    fn install(&self, keys: Vec<SigningKey>, ring: &KeyRing, now: Timestamp) {
        let before = ring.keys();
        let timeline = Timeline::new(self.partition_active(keys).0, now, self.schedule);
        let mut after = Vec::new();
        for key in timeline.keys() {
            let known = before.iter().find(|known| known.id() == key.id).cloned();
            let opened = known.map_or_else(|| self.decrypt(key).map(|pair| RingKey::new(&pair)), Ok);
            match opened {
                Ok(opened) => after.push(opened.during(key.not_before, key.retire_at)),
                Err(error) => self.report(&key.id, error),
            }
        }
        report_changes(&before, &after);
        ring.replace(after);
    }

    fn report(&self, id: &str, error: OpenError) {
        let mut reported = self.reported.lock().unwrap_or_else(PoisonError::into_inner);
        if reported.insert(id.to_owned()) {
            tracing::error!(key_id = id, %error, "a signing key in the database is not used");
        }
    }
}

fn status(key: &SigningKey, timeline: &Timeline) -> KeyStatus {
    KeyStatus {
        id: key.id.clone(),
        algorithm: key.algorithm.clone(),
        phase: timeline.phase(&key.id),
        created_at: key.created_at,
        not_before: key.not_before,
        retire_at: key.retire_at,
    }
}

/// Logs published and withdrawn keys.
fn report_changes(before: &[RingKey], after: &[RingKey]) {
    let missing_in = |keys: &[RingKey], key: &RingKey| keys.iter().all(|other| other.id() != key.id());
    for key in after.iter().filter(|key| missing_in(before, key)) {
        let signs_from = key.not_before.to_rfc3339();
        tracing::info!(target: "latchkey::security", event = "signing_key_published", key_id = key.id(), signs_from);
    }
    for key in before.iter().filter(|key| missing_in(after, key)) {
        tracing::info!(target: "latchkey::security", event = "signing_key_withdrawn", key_id = key.id());
    }
}

impl fmt::Debug for StoredKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoredKeys({})", self.algorithm.as_str())
    }
}
