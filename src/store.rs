//! Users, credentials, sessions, events, attempt counters and signing keys, in SQLite or PostgreSQL. The only
//! module with SQL.
//!
//! Every query for a user's data takes the user's [`UserId`]: no row is found by its own id alone. The
//! exceptions are [`Store::session_of_token`] and [`Store::imported_session`]: before authentication, the
//! token's secret decides.
//!
//! [`UserId`]: crate::domain::UserId

pub mod attempts;
pub mod credentials;
mod deletion;
pub mod disabling;
mod entity;
pub mod events;
pub mod import;
pub mod imported;
pub mod sessions;
pub mod signing_keys;
pub mod users;

use std::time::Duration;

use migrations::{Migrator, MigratorTrait};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};

/// The database failed or is unavailable. Its message is only logged.
#[derive(Debug, thiserror::Error)]
#[error("the database failed: {0}")]
pub struct StoreError(#[from] DbErr);

/// A pool of database connections. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    db: DatabaseConnection,
}

/// Retries while another process creates the SQLite file. During the switch to write-ahead logging, SQLite
/// refuses connections at once, regardless of `busy_timeout`.
const LOCKED_RETRIES: usize = 100;
const LOCKED_RETRY_DELAY: Duration = Duration::from_millis(50);

fn is_locked(error: &DbErr) -> bool {
    matches!(error, DbErr::Conn(_)) && error.to_string().contains("database is locked")
}

/// The PostgreSQL advisory lock for migrations.
const MIGRATION_LOCK: i64 = 7_592_019_384_756_103;

impl Store {
    /// Connects to `url` (`sqlite:` or `postgres:`), creating an SQLite file that does not exist yet.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        let mut options = ConnectOptions::new(url);
        options
            .sqlx_logging(false)
            .test_before_acquire_if_idle_for(Duration::from_secs(30))
            .acquire_timeout(Duration::from_secs(8))
            .max_connections(if url.starts_with("sqlite") { 8 } else { 16 })
            .map_sqlx_sqlite_opts(|sqlite| {
                sqlite
                    .create_if_missing(true)
                    .foreign_keys(true)
                    .busy_timeout(Duration::from_secs(5))
                    .pragma("journal_mode", "WAL")
                    .pragma("synchronous", "FULL")
            });
        let mut attempt = Database::connect(options.clone()).await;
        for _ in 0..LOCKED_RETRIES {
            if !attempt.as_ref().is_err_and(is_locked) {
                break;
            }
            tokio::time::sleep(LOCKED_RETRY_DELAY).await;
            attempt = Database::connect(options.clone()).await;
        }
        Ok(Self { db: attempt? })
    }

    /// Applies the pending migrations and returns their number. Concurrent processes apply each migration only once.
    pub async fn migrate(&self) -> Result<usize, StoreError> {
        let transaction = self.begin_write().await?;
        let applied = migrate_within(&transaction).await?;
        transaction.commit().await?;
        Ok(applied)
    }

    /// Fails if the database does not respond.
    pub async fn ping(&self) -> Result<(), StoreError> {
        Ok(self.db.ping().await?)
    }

    /// Waits for running statements and closes the pool.
    pub async fn close(self) -> Result<(), StoreError> {
        Ok(self.db.close().await?)
    }

    /// Begins a write transaction that excludes all others with the same `lock`, in all processes. On SQLite
    /// every write transaction excludes the others.
    async fn begin_write_alone(&self, lock: i64) -> Result<DatabaseTransaction, DbErr> {
        let transaction = self.begin_write().await?;
        take_lock(&transaction, lock).await?;
        Ok(transaction)
    }

    /// Begins a transaction that reads and then writes. On SQLite it takes the write lock at the start, because
    /// an upgrade from a read lock can fail.
    async fn begin_write(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        self.db.begin_with_options(options).await
    }
}

async fn migrate_within(transaction: &DatabaseTransaction) -> Result<usize, DbErr> {
    take_lock(transaction, MIGRATION_LOCK).await?;
    let pending = Migrator::get_pending_migrations(transaction).await?.len();
    Migrator::up(transaction, None).await?;
    Ok(pending)
}

async fn take_lock(transaction: &DatabaseTransaction, lock: i64) -> Result<(), DbErr> {
    if transaction.get_database_backend() == DbBackend::Postgres {
        transaction.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({lock})")).await?;
    }
    Ok(())
}
