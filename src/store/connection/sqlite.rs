//! Opens an SQLite file.

use std::time::Duration;

use sea_orm::{ConnectOptions, Database as SeaOrm, DatabaseConnection};

use super::{ACQUIRE_TIMEOUT, ConnectError};
use crate::store::{StoreError, Unavailable, database::Database};

/// How long a statement waits for the lock of another process.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Retries while another process creates the file. During the switch to write-ahead logging, SQLite refuses
/// connections at once, regardless of the busy timeout.
const LOCKED_RETRIES: usize = 100;
const LOCKED_RETRY_DELAY: Duration = Duration::from_millis(50);

pub(super) async fn connect(url: &str, connections: u32) -> Result<Database, ConnectError> {
    let mut options = ConnectOptions::new(url);
    options
        .sqlx_logging(false)
        .test_before_acquire(false)
        // A connection can be busy until the lock that its statement waits for is free.
        .acquire_timeout(BUSY_TIMEOUT + ACQUIRE_TIMEOUT)
        .max_connections(connections)
        .map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .create_if_missing(true)
                .foreign_keys(true)
                .busy_timeout(BUSY_TIMEOUT)
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", "FULL")
        });
    let mut attempt = open(&options).await;
    for _ in 0..LOCKED_RETRIES {
        if !attempt.as_ref().is_err_and(|error| error.unavailable() == Some(Unavailable::Locked)) {
            break;
        }
        tokio::time::sleep(LOCKED_RETRY_DELAY).await;
        attempt = open(&options).await;
    }
    let pool = attempt.map_err(ConnectError::Sqlite)?;
    Ok(Database { pool, transaction_pooled: false })
}

async fn open(options: &ConnectOptions) -> Result<DatabaseConnection, StoreError> {
    Ok(SeaOrm::connect(options.clone()).await?)
}
