//! Puts the service together from its settings.

use std::{fs, io, path::Path, sync::Arc, time::Duration};

use crate::{
    auth::{
        Auth, Lifetimes, Parts,
        admission::Throttle,
        password_hasher::{HasherError, PasswordHasher},
        password_policy::PasswordPolicy,
        revocation::Revocations,
        token::{Issuer, SigningKeys, TokenSettings, Verifier},
    },
    clock::Clock,
    config::{Config, SecretFileError},
    http::{AppState, HttpSettings},
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
    /// The signing secret cannot be had.
    #[error(transparent)]
    Secret(#[from] SecretFileError),
    /// The database cannot be reached or brought up to date.
    #[error("{0}; check LATCHKEY_DATABASE_URL")]
    Store(#[from] StoreError),
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
    if config.jwt_secret.is_none() && !config.database_url.starts_with("sqlite:") {
        tracing::warn!("several machines need one and the same LATCHKEY_JWT_SECRET; this one has made its own");
    }
    let secret = config.signing_secret()?;
    let keys = SigningKeys::hs256(&secret, &[]);
    let settings = TokenSettings {
        issuer: config.base_url.as_str().to_owned(),
        audience: config.jwt_audience.clone(),
        access_ttl: config.access_ttl,
        email_claim: config.jwt_claims.email,
        name_claim: config.jwt_claims.name,
    };
    let revocations = Revocations::default();
    let throttle = if config.rate_limit { Throttle::new(secret.expose(), &clock) } else { Throttle::off() };
    let auth = Auth::new(Parts {
        store,
        clock,
        hasher,
        policy: PasswordPolicy { min_length: config.password_min_length, composition: config.password_composition },
        throttle,
        verifier: Verifier::new(keys.clone(), &settings, revocations.clone()),
        issuer: Issuer::new(keys, settings),
        revocations,
        lifetimes: Lifetimes {
            idle: config.session_idle,
            absolute: config.session_max,
            idle_unless_kept: IDLE_UNLESS_KEPT,
            access: config.access_ttl,
        },
    });
    auth.load_revocations().await?;
    Ok(AppState { auth, settings: Arc::new(HttpSettings::new(config, secret.expose())) })
}
