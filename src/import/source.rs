//! Reads the users of another system. Never writes to it.
//!
//! - `better_auth` reads a Better Auth database with its accounts and sessions.
//! - `users` reads a table, a CSV file or a JSON file, whose values a [`Mapping`] names.

pub mod better_auth;
mod boolean;
mod database;
pub mod mapping;
pub mod preset;
mod time;
mod users;
mod values;

use std::{io, path::PathBuf};

use sea_orm::DbErr;
use zeroize::Zeroizing;

use super::report::LineSkipped;
use crate::{
    auth::password::hasher::{PasswordHash, UnsupportedHash},
    domain::Timestamp,
    store::{StoreError, connection::ConnectError},
};
use better_auth::{BetterAuth, Tables};
use mapping::Mapping;
use users::Users;

/// A time of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceTime {
    /// No value.
    Absent,
    /// A value that is not a time.
    Unreadable,
    /// A time.
    At(Timestamp),
}

/// A yes-or-no value of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceFlag {
    /// A value that is neither yes nor no.
    Unreadable,
    /// A value, or the default without one.
    Is(bool),
}

/// A user as stored in the source, not validated.
#[derive(Clone)]
pub struct SourceUser {
    /// The line in the source file.
    pub line: Option<u64>,
    /// The user id.
    pub id: String,
    /// The address.
    pub email: String,
    /// Whether the address is verified.
    pub email_verified: SourceFlag,
    /// The name.
    pub name: String,
    /// The address of a picture.
    pub image: Option<String>,
    /// When the account was created.
    pub created_at: SourceTime,
    /// When the account last changed.
    pub updated_at: SourceTime,
    /// Whether the account may not sign in.
    pub disabled: SourceFlag,
    /// The password's hash, or why it cannot be imported. `None`: there is no password.
    pub password: Option<Result<PasswordHash, UnsupportedHash>>,
    /// Whether sign-ins have two steps.
    pub two_step: SourceFlag,
    /// The authenticator apps.
    pub authenticators: Vec<SourceAuthenticator>,
    /// The passkeys.
    pub passkeys: Vec<SourcePasskey>,
}

/// An authenticator app as stored by Better Auth, not validated.
#[derive(Clone)]
pub struct SourceAuthenticator {
    /// `twoFactor.secret`: the encrypted key.
    pub sealed_key: String,
    /// `twoFactor.backupCodes`: a JSON array, encrypted or not.
    pub backup_codes: Option<Zeroizing<String>>,
    /// `twoFactor.verified`: whether the set-up is complete.
    pub verified: SourceFlag,
}

/// A passkey as stored by Better Auth, not validated.
#[derive(Clone)]
pub struct SourcePasskey {
    /// `passkey.id`
    pub id: String,
    /// `passkey.name`
    pub name: String,
    /// `passkey.publicKey`: base64.
    pub public_key: String,
    /// `passkey.credentialID`: base64url.
    pub credential_id: String,
    /// `passkey.counter`
    pub counter: String,
    /// `passkey.deviceType`
    pub device_type: String,
    /// `passkey.backedUp`
    pub backed_up: SourceFlag,
    /// `passkey.transports`, separated by commas.
    pub transports: String,
    /// `passkey.createdAt`
    pub created_at: SourceTime,
    /// `passkey.aaguid`
    pub aaguid: Option<String>,
}

/// A session as stored by Better Auth, not validated.
#[derive(Clone)]
pub struct SourceSession {
    /// `session.id`
    pub id: String,
    /// `session.userId`
    pub user_id: String,
    /// `session.token`: secret.
    pub token: String,
    /// `session.expiresAt`; `None` if it is not a time.
    pub expires_at: Option<Timestamp>,
    /// `session.createdAt`; `None` if it is not a time.
    pub created_at: Option<Timestamp>,
    /// `session.updatedAt`; `None` if it is not a time.
    pub updated_at: Option<Timestamp>,
    /// `session.ipAddress`
    pub address: Option<String>,
    /// `session.userAgent`
    pub user_agent: Option<String>,
}

/// One record of a source.
pub enum Record {
    /// A user with sessions, latest expiry first.
    User(Box<SourceUser>, Vec<SourceSession>),
    /// A session whose user does not exist.
    Orphan(Box<SourceSession>),
    /// The id of a passkey whose user does not exist.
    OrphanPasskey(String),
    /// A line or row that is not a record.
    Unreadable(u64, LineSkipped),
}

/// What is read besides the users.
#[derive(Clone, Copy, Debug)]
pub struct Parts {
    /// Their sessions.
    pub sessions: bool,
    /// Their passkeys.
    pub passkeys: bool,
}

/// A source of users. A database is read as one consistent snapshot.
pub struct Source(Kind);

enum Kind {
    BetterAuth(BetterAuth),
    Users(Users),
}

impl Source {
    /// Opens a Better Auth database: an SQLite file, given as a path or `sqlite:path`, or a PostgreSQL database,
    /// given as a `postgres://` URL. Never creates a file.
    pub async fn better_auth(from: &str, tables: &Tables) -> Result<Self, SourceError> {
        Ok(Self(Kind::BetterAuth(BetterAuth::open(from, tables).await?)))
    }

    /// Opens a CSV or JSON file, or a database whose users are in `table`.
    pub async fn users(from: &str, table: Option<&str>, mapping: Mapping) -> Result<Self, SourceError> {
        Ok(Self(Kind::Users(Users::open(from, table, mapping).await?)))
    }

    /// The number of users. `None` if it is not known before reading.
    pub async fn count_users(&self) -> Result<Option<u64>, SourceError> {
        match &self.0 {
            Kind::BetterAuth(source) => source.count_users().await.map(Some),
            Kind::Users(source) => source.count().await,
        }
    }

    /// The number of sessions, expired ones included. `None` if the source has none that can be imported.
    pub async fn count_sessions(&self) -> Result<Option<u64>, SourceError> {
        match &self.0 {
            Kind::BetterAuth(source) => source.count_sessions().await.map(Some),
            Kind::Users(_) => Ok(None),
        }
    }

    /// The number of users whose sign-ins have two steps.
    pub async fn count_second_factors(&self) -> Result<u64, SourceError> {
        match &self.0 {
            Kind::BetterAuth(source) => source.count_second_factors().await,
            Kind::Users(_) => Ok(0),
        }
    }

    /// The number of passkeys. `None` if the source has none that can be imported.
    pub async fn count_passkeys(&self) -> Result<Option<u64>, SourceError> {
        match &self.0 {
            Kind::BetterAuth(source) => source.count_passkeys().await,
            Kind::Users(_) => Ok(None),
        }
    }

    /// Passes every record to `each`, in one pass.
    pub async fn read<E: From<SourceError>>(
        self,
        parts: Parts,
        now: Timestamp,
        each: impl AsyncFnMut(Record) -> Result<(), E>,
    ) -> Result<(), E> {
        match self.0 {
            Kind::BetterAuth(source) => source.read(parts, each).await,
            Kind::Users(source) => source.read(now, each).await,
        }
    }
}

/// Why a source cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The file does not exist.
    #[error("there is no file {}; use a file or a postgres:// URL", .0.display())]
    NoFile(PathBuf),
    /// The URL has another scheme.
    #[error("{0} databases cannot be read; use a file or a postgres:// URL")]
    OtherKind(String),
    /// The file has another format.
    #[error("{} is not an SQLite database", .0.display())]
    NotSqlite(PathBuf),
    /// The file is not UTF-8.
    #[error("{} is UTF-16 text; save it as UTF-8", .0.display())]
    Utf16(PathBuf),
    /// The file cannot be read.
    #[error("the file cannot be read: {0}")]
    File(#[from] io::Error),
    /// A table or column of Better Auth is missing.
    #[error("this is not a Better Auth database: {0}")]
    NotBetterAuth(String),
    /// Two tables have the columns of one.
    #[error("both \"{0}\" and \"{0}s\" have the columns of Better Auth; choose one with --table {0}=NAME")]
    TwoTables(String),
    /// `--table` is missing.
    #[error("a database has many tables; name the one with the users with --table")]
    NoTableNamed,
    /// The table does not exist.
    #[error("there is no table {0}")]
    NoTable(String),
    /// A column does not exist.
    #[error("there is no column {0}; name it with {1}")]
    NoColumn(String, &'static str),
    /// The password hash parameters are missing.
    #[error("the passwords of Firebase need the project's hash parameters; give a file with --hash-config")]
    NoHashConfig,
    /// The database cannot be reached.
    #[error("the old database cannot be read: {0}; check --from")]
    Connect(#[from] ConnectError),
    /// A query failed.
    #[error("the old database cannot be read: {0}")]
    Database(#[from] StoreError),
}

impl From<DbErr> for SourceError {
    fn from(error: DbErr) -> Self {
        Self::Database(error.into())
    }
}
