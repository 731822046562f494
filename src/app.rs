//! Assembles the service from its settings.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    auth::{
        Auth, Parts,
        factors::{
            FactorSettings, ImportedCodes, TotpSealer,
            passkeys::{InvalidRelyingParty, RelyingParty, RelyingPartySettings},
        },
        keys::{KeysError, PairAlgorithm, Schedule, Signing, SigningKeys, StoredKeys},
        mailing::MailParts,
        password::{
            NewPasswordRules,
            breach::BreachApi,
            hasher::{HasherError, PasswordHasher},
            policy::PasswordPolicy,
        },
        sessions::Lifetimes,
        throttle::DeviceCookies,
        token::TokenSettings,
    },
    clock::Clock,
    config::{BlocklistFileError, Config, PasswordConfig, SecretFileError, private},
    crypto::{
        derive::{DerivationFailed, DerivedKeys},
        seal::SealError,
    },
    domain::session::BROWSER_SESSION_IDLE,
    http::state::{AppState, HttpSettings},
    mail::{
        Letterhead, Mailer, Outbox,
        links::Links,
        transport::{MailTarget, Transport, TransportError},
    },
    outbound::OutboundError,
    store::{Store, StoreError, connection::ConnectError},
    webhooks::Webhooks,
};

/// Connects to the database. Creates an SQLite file, and the data folder if the file is in it.
pub async fn connect(config: &Config) -> Result<Store, StartError> {
    if let Some(file) = &config.database.file {
        create_database_file(file, &config.database.data_dir)?;
    }
    Ok(Store::connect(&config.database.url, config.database.connections).await?)
}

fn create_database_file(file: &Path, data_dir: &Path) -> Result<(), StartError> {
    if file.parent() == Some(data_dir) {
        private::create_folder(data_dir).map_err(StartError::DataFolder)?;
    }
    private::create_database_file(file).map_err(|source| StartError::DatabaseFile { file: file.to_owned(), source })
}

/// Assembles the service on a database that has been migrated, and loads the revocations.
pub async fn assemble(
    config: &Config,
    store: Store,
    clock: Clock,
    hasher: PasswordHasher,
) -> Result<AppState, StartError> {
    log_warnings(config);
    let derived = DerivedKeys::of(&config.master_secret()?)?;
    let keys = match &config.tokens.signing {
        Signing::SharedSecrets(current, others) => SigningKeys::shared(current, others, clock.clone()),
        Signing::KeyPairs(algorithm) => {
            let stored = stored_keys(config, *algorithm, store.clone(), clock.clone(), &derived)?;
            SigningKeys::start(stored, clock.clone()).await?
        }
    };
    let tokens = TokenSettings {
        issuer: config.server.base_url.as_str().to_owned(),
        audience: config.tokens.audience.clone(),
        access_ttl: config.tokens.access_ttl,
        email_claim: config.tokens.claims.email,
        name_claim: config.tokens.claims.name,
        second_factor: config.factors.rule,
    };
    let mail = mail(config, store.clone(), clock.clone(), &derived)?;
    let webhooks = config.webhooks.target().map(|target| Webhooks::new(store.clone(), clock.clone(), target));
    let auth = Auth::new(Parts {
        store,
        clock,
        hasher,
        new_passwords: new_passwords(&config.passwords)?,
        keys,
        tokens,
        lifetimes: Lifetimes {
            idle: config.sessions.idle,
            absolute: config.sessions.max,
            idle_unless_kept: BROWSER_SESSION_IDLE,
            fresh: config.sessions.fresh,
        },
        devices: DeviceCookies::new(&derived.device_cookie)?,
        attempts_secret: config.server.rate_limit.then(|| derived.attempts.clone()),
        sign_up: config.sign_up.mode,
        sign_up_budget: config.sign_up.budget,
        webhooks: webhooks.transpose()?,
        mail,
        email_sign_in: config.email_sign_in.offered,
        factors: FactorSettings {
            sealer: TotpSealer::new(&derived.totp)?,
            imported_codes: ImportedCodes::new(&derived.imported_codes),
            issuer: config.mail.product.as_str().to_owned(),
            trust: config.factors.trust,
            rule: config.factors.rule,
            relying_party: relying_party(config)?,
            mail_signs_in: config.email_sign_in.offered,
        },
        event_retention: config.events.retention,
    });
    auth.sessions.load_revocations().await?;
    Ok(AppState { auth, settings: Arc::new(HttpSettings::new(config, &derived)) })
}

/// `None`: the service sends no mail.
fn mail(config: &Config, store: Store, clock: Clock, derived: &DerivedKeys) -> Result<Option<MailParts>, StartError> {
    let Some(target) = &config.mail.target else { return Ok(None) };
    let outbox = Arc::new(Outbox::new(&derived.outbox, clock.clone())?);
    let transport = Transport::new(target, config.server.base_url.host()).map_err(StartError::Mail)?;
    let mailer = Mailer::new(store, clock, outbox, transport);
    Ok(Some(MailParts {
        mailer,
        links: Arc::new(Links::new(&derived.links)),
        letterhead: letterhead(config),
        sign_in_notices: config.mail.notices,
    }))
}

/// `None`: passkeys are not offered.
fn relying_party(config: &Config) -> Result<Option<RelyingParty>, InvalidRelyingParty> {
    let Some(id) = &config.passkeys.rp_id else { return Ok(None) };
    let settings = RelyingPartySettings {
        id: id.clone(),
        name: config.mail.product.as_str().to_owned(),
        origin: config.server.base_url.as_str().to_owned(),
        related_origins: config.passkeys.origins.clone(),
    };
    let trusted = config.origins.clone();
    RelyingParty::new(settings, move |origin| trusted.trusts(origin)).map(Some)
}

/// What all messages have in common.
pub fn letterhead(config: &Config) -> Letterhead {
    Letterhead {
        sender: config.mail.sender.clone(),
        product: config.mail.product.clone(),
        base_url: config.server.base_url.as_str().to_owned(),
    }
}

fn new_passwords(config: &PasswordConfig) -> Result<NewPasswordRules, StartError> {
    let policy = PasswordPolicy {
        min_length: config.min_length,
        composition: config.composition,
        check: config.check,
        blocklist: config.blocklist()?,
    };
    let breaches = config.breach_api.clone().map(BreachApi::new).transpose().map_err(StartError::BreachApi)?;
    Ok(NewPasswordRules { policy, breaches })
}

/// The key pairs in the database, for the service and `latchkey keys`.
pub fn stored_keys(
    config: &Config,
    algorithm: PairAlgorithm,
    store: Store,
    clock: Clock,
    derived: &DerivedKeys,
) -> Result<StoredKeys, StartError> {
    let schedule = Schedule { rotation: config.tokens.key_rotation, access_ttl: config.tokens.access_ttl };
    Ok(StoredKeys::new(store, clock, algorithm, schedule, derived)?)
}

/// Logs settings that are valid and probably unintended.
fn log_warnings(config: &Config) {
    if let Some(file) = config.obsolete_secret_file() {
        tracing::warn!(
            file = %file.display(),
            "this secret of an older version no longer signs access tokens: key pairs in the database do. If backends \
             verify tokens with it, set LATCHKEY_JWT_SECRET to the content of the file; otherwise delete the file"
        );
    }
    if config.passkeys.rp_id.is_none() {
        tracing::warn!(
            "passkeys are not offered: browsers allow them only on a domain with https, or on localhost; set \
             LATCHKEY_BASE_URL to such a URL to offer them"
        );
    }
    match &config.mail.target {
        None => tracing::warn!(
            "no mail is sent: password reset and the verification of addresses are not offered; set LATCHKEY_MAIL and \
             LATCHKEY_MAIL_FROM to offer them"
        ),
        Some(MailTarget::Mailbox) => tracing::info!(
            mailbox = format_args!("{}/dev/mailbox", config.server.base_url.as_str()),
            "messages are not sent, but shown on a page for development"
        ),
        Some(MailTarget::Smtp(_) | MailTarget::Folder(_)) => {}
    }
    let shared = matches!(config.tokens.signing, Signing::SharedSecrets(..));
    if shared && config.secrets.master.is_none() && !config.database.is_sqlite() {
        tracing::warn!(
            "this machine has generated its own master secret; if several machines use this database, set the same \
             LATCHKEY_SECRET on all of them, so that they count failed attempts together"
        );
    }
}

/// Why the service cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder cannot be created.
    #[error("cannot create the data folder: {0}; make its parent folder writable, or set LATCHKEY_DATA")]
    DataFolder(io::Error),
    /// The SQLite file cannot be created or opened.
    #[error(
        "cannot open the database file {}: {source}; make it writable, or choose another place with LATCHKEY_DATA or \
         LATCHKEY_DATABASE_URL",
        file.display()
    )]
    DatabaseFile {
        /// The file.
        file: PathBuf,
        /// The error of the file system.
        source: io::Error,
    },
    /// The master secret cannot be read or generated.
    #[error(transparent)]
    Secret(#[from] SecretFileError),
    /// The database cannot be reached.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The database cannot be migrated or read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The keys cannot be derived from the master secret.
    #[error(transparent)]
    Derivation(#[from] DerivationFailed),
    /// A key that seals values cannot be used.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The signing keys cannot be used.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The operator's list of passwords cannot be used.
    #[error("LATCHKEY_PASSWORD_BLOCKLIST: {0}")]
    Blocklist(#[from] BlocklistFileError),
    /// The API of breached passwords cannot be used.
    #[error("LATCHKEY_PASSWORD_BREACH_API: {0}")]
    BreachApi(OutboundError),
    /// Password hashing cannot be set up.
    #[error(transparent)]
    Hasher(#[from] HasherError),
    /// Passkeys cannot be bound to the configured domain.
    #[error("LATCHKEY_PASSKEY_RP_ID: {0}")]
    Passkeys(#[from] InvalidRelyingParty),
    /// Mail cannot be sent.
    #[error("LATCHKEY_MAIL: {0}")]
    Mail(TransportError),
    /// Webhooks cannot be sent.
    #[error("LATCHKEY_WEBHOOK_URL: {0}")]
    Webhooks(#[from] OutboundError),
}
