//! The key pairs in the database, and what can be done with them.

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

/// The key pairs in the database. Processes that share it see the same ones.
pub struct StoredKeys {
    store: Store,
    clock: Clock,
    algorithm: PairAlgorithm,
    schedule: Schedule,
    sealer: KeySealer,
    /// The ids of keys that could not be opened and have been logged.
    reported: Mutex<HashSet<String>>,
}

/// A key as it is listed.
#[derive(Clone, Debug)]
pub struct KeyStatus {
    /// Its name.
    pub id: String,
    /// Its algorithm.
    pub algorithm: String,
    /// What it is doing.
    pub phase: Phase,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it begins to sign.
    pub not_before: Timestamp,
    /// From when on it is not even accepted.
    pub retire_at: Option<Timestamp>,
}

/// What kept the keys from being used or changed.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Keys that another master secret has sealed.
    #[error(
        "the signing keys in the database ({}) were sealed with another master secret than this one; set \
         LATCHKEY_SECRET to the one used before, or restore the file `secret` in the data folder. If it is lost, \
         give each of them up with `latchkey keys retire KID --now`: the service then makes a new one, and everybody \
         gets a new access token",
        .0.join(", ")
    )]
    WrongSecret(Vec<String>),
    /// There is no key of this name.
    #[error("there is no signing key {0:?}; `latchkey keys list` shows them all")]
    Unknown(String),
    /// The key has been refused for some time.
    #[error("the signing key {0:?} is retired already: nothing it signed is accepted")]
    Retired(String),
    /// Making a key.
    #[error(transparent)]
    KeyPair(#[from] KeyPairError),
    /// Sealing a key.
    #[error(transparent)]
    Sealing(#[from] SealError),
}

impl StoredKeys {
    /// The keys of one algorithm in this database, sealed under the installation's key.
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

    /// Fills the ring before the first request, making the first key where there is none. Keys of another
    /// algorithm get an end: the settings have changed.
    pub(crate) async fn start(&self, ring: &KeyRing) -> Result<(), KeysError> {
        let now = self.clock.now();
        let keys = self.store.change_signing_keys(|keys| {
            let (ours, mut others) = self.split(keys);
            let mut timeline = Timeline::new(ours, now, self.schedule);
            self.open_all(timeline.keys())?;
            self.make_due(&mut timeline)?;
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
        let mut timeline = Timeline::new(self.split(keys.clone()).0, now, self.schedule);
        if timeline.settle() || timeline.due().is_some() {
            keys = self.change(|timeline| self.make_due(timeline)).await?.0;
        }
        self.install(keys, ring, now);
        Ok(())
    }

    /// Every key, also of another algorithm, in the order in which they begin to sign.
    pub async fn list(&self) -> Result<Vec<KeyStatus>, KeysError> {
        let keys = self.store.signing_keys().await?;
        let timeline = Timeline::new(self.split(keys.clone()).0, self.clock.now(), self.schedule);
        Ok(keys.iter().map(|key| status(key, &timeline)).collect())
    }

    /// Makes the next key. Nothing is refused for it, however often it is asked for.
    pub async fn rotate(&self) -> Result<KeyStatus, KeysError> {
        let edit = |timeline: &mut Timeline| {
            self.open_all(timeline.keys())?;
            let key = self.make(timeline.next())?;
            timeline.add(key.clone());
            Ok(status(&key, timeline))
        };
        Ok(self.change(edit).await?.1)
    }

    /// Takes a key out of service in good order: it signs no more, and what it has signed is accepted
    /// until it expires. Answers until when; `None` if it has signed nothing, and is gone.
    pub async fn retire(&self, id: &str) -> Result<Option<Timestamp>, KeysError> {
        self.ensure_exists(id).await?;
        let edit = |timeline: &mut Timeline| {
            self.open_all(timeline.keys())?;
            match timeline.phase(id) {
                Phase::Retired => return Err(KeysError::Retired(id.to_owned())),
                Phase::Next => _ = timeline.remove(id),
                Phase::Signing => {
                    if let Some(begins) = timeline.retire_current() {
                        timeline.add(self.make(begins)?);
                    }
                }
                Phase::VerifyingOnly => {}
            }
            Ok(timeline.keys().iter().find(|key| key.id == id).and_then(|key| key.retire_at))
        };
        Ok(self.change(edit).await?.1)
    }

    /// Gives a key up: from now on it is refused, and everything it signed. Works without the master
    /// secret; then the service itself makes the key that follows.
    pub async fn retire_now(&self, id: &str) -> Result<(), KeysError> {
        self.ensure_exists(id).await?;
        let now = self.clock.now();
        let decide = |keys| {
            let (ours, mut others) = self.split(keys);
            others.retain(|other| other.id != id);
            let mut timeline = Timeline::new(ours, now, self.schedule);
            let openable = self.open_all(timeline.keys()).is_ok();
            if let Some(begins) = timeline.remove(id).filter(|_| openable) {
                timeline.add(self.make(begins)?);
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

    /// Changes our keys while no other process does; answers with all keys as they then are, and with what
    /// `edit` answers.
    async fn change<T: Send>(
        &self,
        edit: impl FnOnce(&mut Timeline) -> Result<T, KeysError> + Send,
    ) -> Result<(Vec<SigningKey>, T), KeysError> {
        let decide = |keys| {
            let (ours, mut others) = self.split(keys);
            let mut timeline = Timeline::new(ours, self.clock.now(), self.schedule);
            let answer = edit(&mut timeline)?;
            timeline.settle();
            others.extend(timeline.into_keys());
            Ok((others, answer))
        };
        self.store.change_signing_keys(decide).await
    }

    fn make_due(&self, timeline: &mut Timeline) -> Result<(), KeysError> {
        if let Some(begins) = timeline.due() {
            timeline.add(self.make(begins)?);
        }
        timeline.settle();
        Ok(())
    }

    fn make(&self, not_before: Timestamp) -> Result<SigningKey, KeysError> {
        let mut pair = KeyPair::generate(self.algorithm)?;
        // On a command line, such a name would be taken for a flag.
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

    /// Those of our algorithm whose time is not over, and all others.
    fn split(&self, keys: Vec<SigningKey>) -> (Vec<SigningKey>, Vec<SigningKey>) {
        let now = self.clock.now();
        let is_ours = |key: &SigningKey| {
            key.algorithm == self.algorithm.as_str() && key.retire_at.is_none_or(|retire_at| retire_at > now)
        };
        keys.into_iter().partition(is_ours)
    }

    fn open(&self, key: &SigningKey) -> Result<KeyPair, OpenError> {
        let pair = self.sealer.open(self.algorithm, &key.public_key, &key.sealed_private_key)?;
        if pair.public().thumbprint() == key.id { Ok(pair) } else { Err(OpenError) }
    }

    fn open_all(&self, keys: &[SigningKey]) -> Result<(), KeysError> {
        let closed: Vec<_> = keys.iter().filter(|key| self.open(key).is_err()).map(|key| key.id.clone()).collect();
        if closed.is_empty() { Ok(()) } else { Err(KeysError::WrongSecret(closed)) }
    }

    /// Puts the keys into the ring. One that cannot be opened is left out and reported, once: the others go on.
    fn install(&self, keys: Vec<SigningKey>, ring: &KeyRing, now: Timestamp) {
        let before = ring.keys();
        let timeline = Timeline::new(self.split(keys).0, now, self.schedule);
        let mut after = Vec::new();
        for key in timeline.keys() {
            let known = before.iter().find(|known| known.id() == key.id).cloned();
            let opened = known.map_or_else(|| self.open(key).map(|pair| RingKey::new(&pair)), Ok);
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

/// Tells the security log which keys have come and gone.
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
