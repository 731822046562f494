//! The life of the keys that sign access tokens: made, published, signing, verifying only, gone.
//!
//! - [`timeline`]: the rules, as a pure function of the keys and the time.
//! - [`stored`]: applies them to the keys in the database, one process at a time.
//!
//! A key pair is published before it signs, for as long as a backend may keep the key set it has
//! ([`JWKS_MAX_AGE`]). It is accepted after it has signed its last token until that has expired, and
//! published for as long. So a backend that follows the published set never meets a good token whose key
//! it cannot have. Shared secrets come from the settings and live as long as those say.

pub mod algorithm;
pub mod key;
pub mod key_pair;
pub mod public_key;
pub mod ring;
pub mod seal;
pub mod stored;
pub mod timeline;

use std::time::Duration;

use super::Auth;
use crate::{
    clock::{CLOCK_SKEW, LEEWAY},
    crypto::secret::SharedSecret,
};

pub use algorithm::{Algorithm, PairAlgorithm, Signing};
pub use key_pair::KeyPair;
pub use public_key::{Jwk, PublicKey};
pub use ring::{KeyRing, RingKey};
pub use seal::KeySealer;
pub use stored::{KeysError, StoredKeys};

/// How long a backend may keep the published key set.
pub const JWKS_MAX_AGE: Duration = Duration::from_mins(5);

/// How long before it signs a key is published. Longer than [`JWKS_MAX_AGE`], because other processes
/// publish it up to a second later, and their clocks may be ahead.
pub const PUBLISHED_AHEAD: Duration = JWKS_MAX_AGE.saturating_add(CLOCK_SKEW);

/// When keys follow each other.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    /// How long a key signs before the next one does; `None`: until somebody says so.
    pub rotation: Option<Duration>,
    /// How long an access token is good for.
    pub access_ttl: Duration,
}

impl Schedule {
    /// How long a key is kept once its successor signs: until the last token it can have signed, on a
    /// machine whose clock is behind, has expired everywhere, and backends have had time to see it go.
    pub fn kept_after(self) -> Duration {
        self.access_ttl + LEEWAY + CLOCK_SKEW + JWKS_MAX_AGE
    }
}

/// The keys of a running service.
pub struct SigningKeys {
    ring: KeyRing,
    stored: Option<StoredKeys>,
}

impl SigningKeys {
    /// Secrets shared with the backends: `current` signs, and what `others` signed is accepted.
    pub fn shared(current: &SharedSecret, others: &[SharedSecret]) -> Self {
        Self { ring: KeyRing::hs256(current, others), stored: None }
    }

    /// The key pairs in the database, of which the first is made now if there is none.
    pub async fn start(stored: StoredKeys) -> Result<Self, KeysError> {
        let ring = KeyRing::default();
        stored.start(&ring).await?;
        Ok(Self { ring, stored: Some(stored) })
    }

    /// The keys as the issuer and the verifier see them.
    pub fn ring(&self) -> KeyRing {
        self.ring.clone()
    }
}

impl Auth {
    /// Whether there are public keys, with which anybody can check access tokens.
    pub const fn publishes_keys(&self) -> bool {
        self.keys.stored.is_some()
    }

    /// The public keys; none where tokens are signed with a shared secret.
    pub fn public_keys(&self) -> Vec<Jwk> {
        self.keys.ring.public_keys(self.clock.now())
    }

    /// Learns of keys made or given up by other processes, and makes the next key when its time has come.
    pub async fn refresh_keys(&self) -> Result<(), KeysError> {
        match &self.keys.stored {
            Some(stored) => stored.refresh(&self.keys.ring).await,
            None => Ok(()),
        }
    }
}
