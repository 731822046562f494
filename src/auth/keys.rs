//! The keys that sign access tokens, and their rotation: published, signing, verifying only, retired.
//!
//! - [`ring`]: the keys in use, each with exactly one algorithm. [`key`]: signing and verifying.
//! - [`key_pair`], [`public_key`], [`seal`]: key pairs, their published form and their stored form.
//! - [`timeline`]: the rotation rules, as a pure function of the keys and the time.
//! - [`stored`]: applies the rules to the keys in the database, one process at a time.
//!
//! A key pair is published before it signs, for as long as a backend may cache the key set
//! ([`JWKS_MAX_AGE`]). It stays accepted and published until its last token has expired. A backend that
//! follows the published set therefore always has the key of a valid token. Shared secrets come from the
//! settings and are never rotated automatically.

pub mod algorithm;
pub mod key;
pub mod key_pair;
pub mod public_key;
pub mod ring;
pub mod seal;
pub mod stored;
pub mod timeline;

use std::time::Duration;

use crate::{
    clock::{CLOCK_SKEW, Clock, LEEWAY},
    crypto::secret::SharedSecret,
};

pub use algorithm::{Algorithm, PairAlgorithm, Signing};
pub use key_pair::KeyPair;
pub use public_key::{Jwk, PublicKey};
pub use ring::{KeyRing, RingKey};
pub use seal::KeySealer;
pub use stored::{KeysError, StoredKeys};

/// How long a backend may cache the published key set.
pub const JWKS_MAX_AGE: Duration = Duration::from_mins(5);

/// How long a key is published before it signs. Longer than [`JWKS_MAX_AGE`], because other processes
/// publish it up to a second later, and clocks differ.
pub const PUBLISHED_AHEAD: Duration = JWKS_MAX_AGE.saturating_add(CLOCK_SKEW);

/// The rotation schedule.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    /// How long a key signs. `None`: manual rotation only.
    pub rotation: Option<Duration>,
    /// How long an access token is valid.
    pub access_ttl: Duration,
}

impl Schedule {
    /// How long a key is kept after its successor signs: until its last token, signed on a machine whose
    /// clock is behind, has expired for every verifier, and backends have reloaded the key set.
    pub fn kept_after(self) -> Duration {
        self.access_ttl + LEEWAY + CLOCK_SKEW + JWKS_MAX_AGE
    }
}

/// The keys of a running service.
pub struct SigningKeys {
    ring: KeyRing,
    clock: Clock,
    /// `None`: shared secrets from the settings sign.
    stored: Option<StoredKeys>,
}

impl SigningKeys {
    /// Secrets shared with backends: `current` signs, and tokens signed with `others` are accepted.
    pub fn shared(current: &SharedSecret, others: &[SharedSecret], clock: Clock) -> Self {
        Self { ring: KeyRing::hs256(current, others), clock, stored: None }
    }

    /// The key pairs in the database. Creates the first one if there is none.
    pub async fn start(stored: StoredKeys, clock: Clock) -> Result<Self, KeysError> {
        let ring = KeyRing::default();
        stored.start(&ring).await?;
        Ok(Self { ring, clock, stored: Some(stored) })
    }

    /// The keys for the issuer and the verifier.
    pub fn ring(&self) -> KeyRing {
        self.ring.clone()
    }

    /// Whether there are public keys with which any backend can verify access tokens.
    pub const fn are_published(&self) -> bool {
        self.stored.is_some()
    }

    /// The public keys. None if tokens are signed with a shared secret.
    pub fn public_keys(&self) -> Vec<Jwk> {
        self.ring.public_keys(self.clock.now())
    }

    /// Loads the changes of other processes, and creates the next key when it is due.
    pub async fn refresh(&self) -> Result<(), KeysError> {
        match &self.stored {
            Some(stored) => stored.refresh(&self.ring).await,
            None => Ok(()),
        }
    }
}
