//! Password hashing: argon2id on threads of its own, with bounded memory.
//!
//! Imported hashes are verified in their original format (`stored`) and replaced with argon2id at the next sign-in.

mod argon;
mod bcrypt;
mod better_auth;
mod codes;
mod cost;
mod django;
pub mod firebase;
mod memory;
mod parameters;
mod pbkdf2;
mod phc;
mod scrypt;
mod stored;
mod unsupported;
#[cfg(test)]
mod vectors;

use std::{fmt, sync::Arc, time::Duration};

use argon2::{
    Algorithm, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash as PhcString, Salt},
};

use super::workers::{WorkError, Workers};
use crate::{
    auth::{
        error::{Busy, InternalError, Interrupted},
        throttle::Network,
    },
    crypto::random::random_bytes,
    domain::Password,
};
use memory::MemoryPool;
pub use parameters::{HashLimits, HashParameters};
use stored::StoredHash;
pub use unsupported::{Scheme, UnsupportedHash};

/// NIST SP 800-63B-4 §3.1.1.2 requires at least 4 bytes.
const SALT_BYTES: usize = 16;

const OUTPUT_BYTES: usize = 32;

/// The memory for imported hashes that need more than the pool has, in MiB: all of them together.
const IMPORTED_MIB: u32 = cost::MAX_MEMORY_MIB;

/// The retry delay after [`HasherError::Busy`]: a full queue empties in about this time.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// A password hash as a PHC string: `$argon2id$v=19$m=19456,t=2,p=1$…$…`. An imported hash keeps its scheme until
/// the next sign-in.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// A hash as read from the database, not validated.
    pub fn from_stored(phc: String) -> Self {
        Self(phc)
    }

    /// Parses a hash of another system, to be stored until the next sign-in. Refuses unknown formats and
    /// excessive cost.
    pub fn import(text: &str) -> Result<Self, UnsupportedHash> {
        let text = text.trim();
        let stored = better_auth::to_phc(text).unwrap_or_else(|| text.to_owned());
        StoredHash::parse(&stored).map(|_| Self(stored))
    }

    /// The PHC string.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// The result of comparing a password with a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The password matches.
    Match {
        /// The stored hash has outdated parameters: replace it with [`upgrade`](PasswordHasher::upgrade).
        rehash: bool,
    },
    /// The password does not match.
    Mismatch,
}

/// Why a password was not hashed or compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HasherError {
    /// The queue is full (503 with `Retry-After`).
    #[error("too many passwords are waiting to be hashed")]
    Busy {
        /// How long to wait before the next attempt.
        retry_after: Duration,
    },
    /// The stored hash has an unknown format or excessive parameters. No password matches it.
    #[error("the stored password hash is damaged")]
    Corrupt,
    /// Out of memory, no randomness, or the service is shutting down.
    #[error("passwords cannot be hashed at the moment")]
    Unavailable,
}

impl From<HasherError> for Interrupted {
    fn from(error: HasherError) -> Self {
        match error {
            HasherError::Busy { retry_after } => Busy { retry_after }.into(),
            error => InternalError::Failed(error.to_string()).into(),
        }
    }
}

/// Hashes and verifies passwords. Cheap to clone; all clones share threads and queue. The networks of the requesters take
/// turns in the queue.
#[derive(Clone)]
pub struct PasswordHasher(Arc<Inner>);

struct Inner {
    parameters: HashParameters,
    params: Params,
    dummy: PasswordHash,
    workers: Workers,
    memory: Arc<MemoryPool>,
}

impl PasswordHasher {
    /// A hasher with these parameters for new hashes.
    pub fn new(parameters: HashParameters, limits: HashLimits) -> Result<Self, HasherError> {
        let params = parameters.params()?;
        let dummy = dummy_hash(&params)?;
        let memory = Arc::new(MemoryPool::new(params.block_count()));
        let idle = Arc::clone(&memory);
        let workers = Workers::start(limits.permits, limits.queue, IMPORTED_MIB, move || idle.wipe());
        let workers = workers.map_err(|_| HasherError::Unavailable)?;
        Ok(Self(Arc::new(Inner { parameters, params, dummy, workers, memory })))
    }

    /// Hashes a password with the current parameters and a new salt.
    pub async fn hash(&self, password: Password, network: Network) -> Result<PasswordHash, HasherError> {
        self.run(network, 0, move |inner| {
            let salt = random_bytes::<SALT_BYTES>().map_err(|_| HasherError::Unavailable)?;
            let password = password.expose();
            let output =
                argon::compute(&inner.memory, Algorithm::Argon2id, Version::V0x13, &inner.params, password, &salt)?;
            phc_string(&inner.params, &salt, output)
        })
        .await
    }

    /// Hashes a password that matched an outdated hash. Hashes the compatible Unicode form, so that the new hash
    /// accepts every spelling that the old hash accepted.
    pub async fn upgrade(&self, password: &Password, network: Network) -> Result<PasswordHash, HasherError> {
        self.hash(password.compatible(), network).await
    }

    /// Compares a password with a stored hash, in constant time.
    pub async fn verify(
        &self,
        password: Password,
        stored: &PasswordHash,
        network: Network,
    ) -> Result<Verdict, HasherError> {
        let stored = StoredHash::parse(stored.as_str()).map_err(|_| HasherError::Corrupt)?;
        self.run(network, self.extra_mib(&stored), move |inner| {
            for form in stored.forms(password) {
                if stored.matches(&inner.memory, &form)? {
                    return Ok(Verdict::Match { rehash: !stored.has_parameters(inner.parameters) });
                }
            }
            Ok(Verdict::Mismatch)
        })
        .await
    }

    /// Verifies against a dummy hash: takes as long as [`verify`](Self::verify) and never matches. Prevents
    /// account enumeration by response time if the account or its password does not exist (ASVS 6.3.8).
    pub async fn verify_unknown(&self, password: Password, network: Network) -> Result<Verdict, HasherError> {
        self.verify(password, &self.0.dummy, network).await.map(|_| Verdict::Mismatch)
    }

    /// Runs another expensive check of a password, in the queue of the hashes.
    pub(super) async fn check<T: Send + 'static>(
        &self,
        network: Network,
        check: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HasherError> {
        self.run(network, 0, move |_| Ok(check())).await
    }

    /// The highest number of concurrent hashes and checks so far.
    pub fn peak(&self) -> usize {
        self.0.workers.peak()
    }

    /// The memory that a hash needs beyond the pool, in MiB.
    fn extra_mib(&self, stored: &StoredHash) -> u32 {
        let bytes = stored.cost().memory;
        let pooled = matches!(stored, StoredHash::Argon2(_)) && bytes <= u64::from(self.0.parameters.memory_kib) << 10;
        if pooled { 0 } else { u32::try_from(bytes >> 20).unwrap_or(IMPORTED_MIB) }
    }

    async fn run<T: Send + 'static>(
        &self,
        network: Network,
        memory: u32,
        work: impl FnOnce(&Inner) -> Result<T, HasherError> + Send + 'static,
    ) -> Result<T, HasherError> {
        let inner = Arc::clone(&self.0);
        self.0.workers.run(network, memory, move || work(&inner)).await.map_err(|error| match error {
            WorkError::Full => HasherError::Busy { retry_after: RETRY_AFTER },
            WorkError::Failed => HasherError::Unavailable,
        })?
    }
}

/// A dummy hash that matches no password: random salt *and* output, with the current parameters.
fn dummy_hash(params: &Params) -> Result<PasswordHash, HasherError> {
    let random = random_bytes::<{ SALT_BYTES + OUTPUT_BYTES }>().map_err(|_| HasherError::Unavailable)?;
    let (salt, output) = random.split_at(SALT_BYTES);
    phc_string(params, salt, Output::new(output).map_err(|_| HasherError::Unavailable)?)
}

fn phc_string(params: &Params, salt: &[u8], output: Output) -> Result<PasswordHash, HasherError> {
    let phc = PhcString {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params).map_err(|_| HasherError::Unavailable)?,
        salt: Some(Salt::new(salt).map_err(|_| HasherError::Unavailable)?),
        hash: Some(output),
    };
    Ok(PasswordHash(phc.to_string()))
}

#[cfg(test)]
mod tests {
    use futures::future::join_all;

    use super::*;

    const LIMITS: HashLimits = HashLimits { permits: 3, queue: 47 };

    fn cheap() -> PasswordHasher {
        PasswordHasher::new(HashParameters::cheap_for_tests(), LIMITS).unwrap()
    }

    fn home() -> Network {
        Network::of([192, 0, 2, 1].into())
    }

    fn password(text: &str) -> Password {
        Password::parse(text).unwrap()
    }

    #[tokio::test]
    async fn verify_matches_only_the_same_password() {
        let hasher = cheap();
        for text in ["correct horse battery staple", " spaces ", "🔑🗝️ schlüssel ключ 钥匙", &"é".repeat(128)]
        {
            let hash = hasher.hash(password(text), home()).await.unwrap();
            let verdict = hasher.verify(password(text), &hash, home()).await;
            assert_eq!(verdict, Ok(Verdict::Match { rehash: false }), "{text:?}");
            let other = text.chars().skip(1).collect::<String>();
            assert_eq!(hasher.verify(password(&other), &hash, home()).await, Ok(Verdict::Mismatch), "{other:?}");
        }
    }

    #[tokio::test]
    async fn verify_reference_hash_matches() {
        // From the test vectors of the reference implementation (argon2id, version 19).
        let reference = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        let reference = PasswordHash::from_stored(reference.to_owned());
        let hasher = cheap();
        assert_eq!(hasher.verify(password("password"), &reference, home()).await, Ok(Verdict::Match { rehash: true }));
        assert_eq!(hasher.verify(password("Password"), &reference, home()).await, Ok(Verdict::Mismatch));
    }

    #[tokio::test]
    async fn hash_has_standard_parameters_and_new_salt() {
        let hasher = PasswordHasher::new(HashParameters::STANDARD, LIMITS).unwrap();
        let one = hasher.hash(password("correct horse"), home()).await.unwrap();
        let two = hasher.hash(password("correct horse"), home()).await.unwrap();
        assert_ne!(one, two);
        assert!(one.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", one.as_str());
        let lengths: Vec<_> = one.as_str().split('$').skip(4).map(str::len).collect();
        assert_eq!(lengths, [22, 43], "16 bytes of salt, 32 of hash");
    }

    #[tokio::test]
    async fn verify_with_other_parameters_needs_rehash() {
        let old = HashParameters { passes: 2, ..HashParameters::cheap_for_tests() };
        let old = PasswordHasher::new(old, LIMITS).unwrap();
        let hash = old.hash(password("correct horse"), home()).await.unwrap();
        let hasher = cheap();
        assert_eq!(hasher.verify(password("correct horse"), &hash, home()).await, Ok(Verdict::Match { rehash: true }));
        assert_eq!(hasher.verify(password("wrong horse"), &hash, home()).await, Ok(Verdict::Mismatch));
    }

    #[tokio::test]
    async fn dummy_hash_has_same_cost_and_no_match() {
        for parameters in [HashParameters::STANDARD, HashParameters::cheap_for_tests()] {
            let hasher = PasswordHasher::new(parameters, LIMITS).unwrap();
            let real = hasher.hash(password("correct horse"), home()).await.unwrap();
            // Format, version, parameters, and the lengths of salt and output.
            let form = |hash: &PasswordHash| {
                hash.as_str()
                    .split('$')
                    .map(|part| if part.contains('=') { part.to_owned() } else { part.len().to_string() })
                    .collect::<Vec<_>>()
            };
            assert_eq!(form(&real), form(&hasher.0.dummy));
            assert_eq!(hasher.verify_unknown(password("correct horse"), home()).await, Ok(Verdict::Mismatch));
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn hash_concurrent_calls_stay_within_permits() {
        let hasher = cheap();
        let all = join_all((0..50).map(|_| hasher.hash(password("correct horse"), home()))).await;
        assert!(all.iter().all(Result::is_ok));
        assert!(hasher.peak() <= LIMITS.permits, "{}", hasher.peak());
    }

    #[tokio::test(flavor = "current_thread")]
    async fn verify_with_full_queue_returns_busy() {
        let hasher = PasswordHasher::new(HashParameters::STANDARD, HashLimits { permits: 1, queue: 2 }).unwrap();
        let all = join_all((0..5).map(|_| hasher.verify_unknown(password("correct horse"), home()))).await;
        let busy = all.iter().filter(|one| **one == Err(HasherError::Busy { retry_after: RETRY_AFTER })).count();
        assert_eq!(busy, 2, "one running, two queued, two refused: {all:?}");
    }

    #[tokio::test]
    async fn verify_damaged_hash_returns_corrupt() {
        let rest = "c2FsdHNhbHRzYWx0c2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g";
        let hasher = cheap();
        let acceptable = PasswordHash(format!("$argon2id$v=19$m=65536,t=3,p=4${rest}"));
        assert_eq!(hasher.verify(password("x"), &acceptable, home()).await, Ok(Verdict::Mismatch));
        let before = hasher.peak();
        for bad in [
            String::new(),
            "correct horse".to_owned(),
            "$argon2id$v=19$m=8,t=1,p=1".to_owned(),
            "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA".to_owned(),
            format!("$argon2id$v=19$m=4294967295,t=2,p=1${rest}"),
            format!("$argon2id$v=19$m=262145,t=2,p=1${rest}"),
            format!("$argon2id$v=19$m=19456,t=4294967295,p=1${rest}"),
            format!("$argon2id$v=19$m=65536,t=400,p=1${rest}"),
            format!("$argon2id$v=19$m=8,t=1,p=16777215${rest}"),
            format!("$argon2id$v=17$m=19456,t=2,p=1${rest}"),
            format!("$argon2$v=19$m=19456,t=2,p=1${rest}"),
            "$2b$31$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW".to_owned(),
        ] {
            let stored = PasswordHash::from_stored(bad);
            assert_eq!(
                hasher.verify(password("x"), &stored, home()).await,
                Err(HasherError::Corrupt),
                "{}",
                stored.as_str()
            );
        }
        assert_eq!(hasher.peak(), before);
    }

    #[test]
    fn password_hash_debug_hides_the_hash() {
        assert!(!format!("{:?}", PasswordHash("$argon2id$secret".to_owned())).contains("secret"));
    }
}
