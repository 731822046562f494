//! Users, credentials, second factors, sessions, events, user events, attempt counters, signing keys, one-time secrets,
//! former addresses and messages, in SQLite or PostgreSQL. The only module with SQL.
//!
//! Every query for a user's data takes the user's [`UserId`]: no row is found by its own id alone. The
//! exceptions are [`Store::session_of_token`] and [`Store::imported_session`]: before authentication, the
//! token's secret decides. The secret of a link, a code, a sign-in or a ceremony decides too ([`one_time`], [`codes`],
//! [`second_step`], [`ceremonies`], [`former_addresses`]), and so does the signature of a [passkey](passkeys).
//!
//! [`UserId`]: crate::domain::UserId

pub mod attempts;
mod batches;
mod breaker;
mod cache;
pub mod ceremonies;
pub mod codes;
pub mod connection;
pub mod credentials;
mod database;
pub mod deletion;
pub mod disabling;
pub mod email_change;
mod email_verification;
mod entity;
pub mod error;
mod event_retention;
pub mod events;
pub mod factors;
mod file;
mod first_password;
pub mod former_addresses;
mod group_commit;
pub mod import;
pub mod imported;
mod known_networks;
mod limits;
pub mod mailbox_proof;
pub mod one_time;
pub mod outbox;
pub mod passkeys;
pub mod password_reset;
mod probe;
pub mod reauthentication;
mod recovery_codes;
pub mod second_step;
mod session_ends;
pub mod sessions;
pub mod signing_keys;
mod transaction;
pub mod trusted_devices;
pub mod user_events;
pub mod users;
pub mod webhooks;

pub use error::{StoreError, Unavailable};

use std::sync::Arc;

use migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DbBackend, DbErr};

use cache::CachedRows;
use connection::ConnectError;
use database::Database;
use transaction::Transaction;

/// Rows per statement. Databases limit the number of bound values.
const ROWS: usize = 500;

/// The connections to the database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    db: Database,
    cached: Arc<CachedRows>,
}

/// The PostgreSQL advisory lock for migrations.
const MIGRATION_LOCK: i64 = 7_592_019_384_756_103;

impl Store {
    /// Connects to `url` (`sqlite:` or `postgres:`) with at most `connections` connections. Creates an SQLite file that
    /// does not exist yet; there, one more connection writes.
    pub async fn connect(url: &str, connections: u32) -> Result<Self, ConnectError> {
        Ok(Self { db: connection::connect(url, connections).await?, cached: Arc::new(CachedRows::new()) })
    }

    /// Applies the pending migrations and returns their number. Concurrent processes apply each migration only once.
    pub async fn migrate(&self) -> Result<usize, StoreError> {
        let transaction = self.db.write.begin_long().await?;
        let applied = migrate_within(&transaction).await?;
        transaction.commit().await?;
        Ok(applied)
    }

    /// Whether all migrations have been applied.
    pub async fn is_migrated(&self) -> Result<bool, StoreError> {
        let transaction = self.begin_write().await?;
        let pending = Migrator::get_pending_migrations(transaction.inner()).await?;
        transaction.rollback().await?;
        Ok(pending.is_empty())
    }

    /// Whether other processes may use the database too. SQLite is for a single one.
    pub fn is_shared(&self) -> bool {
        self.db.read.get_database_backend() != DbBackend::Sqlite
    }

    /// Waits for running statements and closes the connections.
    pub async fn close(self) -> Result<(), StoreError> {
        Ok(self.db.close().await?)
    }

    /// Begins a write transaction that excludes all others with the same `lock`, in all processes. On SQLite
    /// every write transaction excludes the others.
    async fn begin_write_alone(&self, lock: i64) -> Result<Transaction, DbErr> {
        let transaction = self.begin_write().await?;
        take_lock(&transaction, lock).await?;
        Ok(transaction)
    }

    /// Begins a transaction that reads and then writes.
    async fn begin_write(&self) -> Result<Transaction, DbErr> {
        self.db.write.begin().await
    }
}

async fn migrate_within(transaction: &Transaction) -> Result<usize, DbErr> {
    if transaction.get_database_backend() == DbBackend::Postgres {
        // Another process may take long to migrate.
        transaction.execute_unprepared("SET LOCAL lock_timeout = 0").await?;
    }
    take_lock(transaction, MIGRATION_LOCK).await?;
    let pending = Migrator::get_pending_migrations(transaction.inner()).await?.len();
    Migrator::up(transaction.inner(), None).await?;
    Ok(pending)
}

async fn take_lock(transaction: &Transaction, lock: i64) -> Result<(), DbErr> {
    if transaction.get_database_backend() == DbBackend::Postgres {
        transaction.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({lock})")).await?;
    }
    Ok(())
}
