//! Puts the service together from its settings.

use std::{fs, io, path::Path, sync::Arc, time::Duration};

use crate::{
    auth::{
        Auth, Lifetimes, Parts,
        keys::{KeysError, PairAlgorithm, Schedule, Signing, SigningKeys, StoredKeys},
        password::{
            hasher::{HasherError, PasswordHasher},
            policy::PasswordPolicy,
        },
        sessions::revocations::Revocations,
        throttle::admission::Throttle,
        token::{Issuer, TokenSettings, Verifier},
    },
    clock::Clock,
    config::{Config, SecretFileError},
    crypto::derive::{DerivationFailed, DerivedKeys},
    http::state::{AppState, HttpSettings},
    store::{Store, StoreError},
};

/// A session that is not to outlive the browser's closing ends after this long without use, since no
/// browser tells us that it was closed.
const IDLE_UNLESS_KEPT: Duration = Duration::from_hours(24);

/// Why the service cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder cannot be made.
    #[error("the data folder cannot be made: {0}; make its parent writable, or set LATCHKEY_DATA")]
    DataFolder(io::Error),
    /// The master secret cannot be had.
    #[error(transparent)]
    Secret(#[from] SecretFileError),
    /// The database cannot be reached or brought up to date.
    #[error("{0}; check LATCHKEY_DATABASE_URL")]
    Store(#[from] StoreError),
    /// The keys derived from the master secret cannot be had.
    #[error(transparent)]
    Derivation(#[from] DerivationFailed),
    /// The signing keys cannot be used.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// Password hashing cannot be set up.
    #[error(transparent)]
    Hasher(#[from] HasherError),
}

/// Connects to the database the settings name, making the data folder where needed.
pub async fn connect(config: &Config) -> Result<Store, StartError> {
    make_private_folder(&config.data_dir).map_err(StartError::DataFolder)?;
    Ok(Store::connect(&config.database_url).await?)
}

/// What is kept there is nobody else's to read. A folder that exists keeps the mode its owner gave it.
fn make_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// The service over a database that is up to date, ready to be routed to: it knows every sign-out
/// that still matters.
pub async fn assemble(
    config: &Config,
    store: Store,
    clock: Clock,
    hasher: PasswordHasher,
) -> Result<AppState, StartError> {
    warn_of_surprises(config);
    let derived = DerivedKeys::of(&config.master_secret()?)?;
    let keys = match &config.signing {
        Signing::SharedSecrets(current, others) => SigningKeys::shared(current, others),
        Signing::KeyPairs(algorithm) => {
            let stored = stored_keys(config, *algorithm, store.clone(), clock.clone(), &derived)?;
            SigningKeys::start(stored).await?
        }
    };
    let settings = TokenSettings {
        issuer: config.base_url.as_str().to_owned(),
        audience: config.jwt_audience.clone(),
        access_ttl: config.access_ttl,
        email_claim: config.jwt_claims.email,
        name_claim: config.jwt_claims.name,
    };
    let revocations = Revocations::default();
    let throttle = if config.rate_limit { Throttle::new(&*derived.attempts, &clock) } else { Throttle::off() };
    let auth = Auth::new(Parts {
        store,
        clock,
        hasher,
        policy: PasswordPolicy { min_length: config.password_min_length, composition: config.password_composition },
        throttle,
        verifier: Verifier::new(keys.ring(), &settings, revocations.clone()),
        issuer: Issuer::new(keys.ring(), settings),
        keys,
        revocations,
        lifetimes: Lifetimes {
            idle: config.session_idle,
            absolute: config.session_max,
            idle_unless_kept: IDLE_UNLESS_KEPT,
            access: config.access_ttl,
        },
    });
    auth.load_revocations().await?;
    Ok(AppState { auth, settings: Arc::new(HttpSettings::new(config, &derived)) })
}

/// The key pairs in the database, for the service and for the commands beside it.
pub fn stored_keys(
    config: &Config,
    algorithm: PairAlgorithm,
    store: Store,
    clock: Clock,
    derived: &DerivedKeys,
) -> Result<StoredKeys, StartError> {
    let schedule = Schedule { rotation: config.key_rotation, access_ttl: config.access_ttl };
    Ok(StoredKeys::new(store, clock, algorithm, schedule, derived)?)
}

/// What is no mistake for certain, and will be missed if it is one.
fn warn_of_surprises(config: &Config) {
    if let Some(file) = config.abandoned_secret() {
        tracing::warn!(
            file = %file.display(),
            "this secret signs no more: key pairs in the database do. For backends that check tokens with it, set \
             LATCHKEY_JWT_SECRET to what the file holds; else remove it"
        );
    }
    let shared = matches!(config.signing, Signing::SharedSecrets(..));
    if shared && config.secret.is_none() && !config.database_url.starts_with("sqlite:") {
        tracing::warn!(
            "several machines need one and the same LATCHKEY_SECRET, to count failed attempts together; this one has \
             made its own"
        );
    }
}
