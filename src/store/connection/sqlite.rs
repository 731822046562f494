//! Opens an SQLite file.

use std::{io, sync::Arc, time::Duration};

use sea_orm::{
    DbErr, RuntimeErr, SqlxSqliteConnector,
    sqlx::{
        self, ConnectOptions, Connection, SqliteConnection,
        sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions},
    },
};

use super::ConnectError;
use crate::store::{StoreError, Unavailable, database::Database, file::OpenedFile, limits::WAIT};

/// Retries while another process creates the file. During the switch to write-ahead logging, SQLite refuses
/// connections at once, regardless of the busy timeout.
const LOCKED_RETRIES: usize = 100;
const LOCKED_RETRY_DELAY: Duration = Duration::from_millis(50);

/// Opens one connection that writes, and up to `readers` connections that read, when they are needed.
pub(super) async fn connect(url: &str, readers: u32) -> Result<Database, ConnectError> {
    let options = url.parse::<SqliteConnectOptions>().map_err(|error| ConnectError::Sqlite(failure(error)))?;
    let options = options
        .disable_statement_logging()
        .foreign_keys(true)
        .busy_timeout(WAIT)
        .pragma("synchronous", "FULL")
        // Only the first connection creates the file: a later one would replace a deleted database by an empty one.
        .create_if_missing(false);
    let writing = options.clone().pragma("journal_mode", "WAL");
    let writer = open(writing.clone().create_if_missing(true)).await.map_err(ConnectError::Sqlite)?;
    writer.set_connect_options(writing);
    let file = match OpenedFile::at(options.get_filename()) {
        Ok(file) => Some(file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(ConnectError::Sqlite(failure(error.into()))),
    };
    let readers = pool(readers).connect_lazy_with(options.pragma("query_only", "ON"));
    let [readers, writer] = [readers, writer].map(SqlxSqliteConnector::from_sqlx_sqlite_pool);
    Ok(Database::of_file(readers, writer, file))
}

async fn open(options: SqliteConnectOptions) -> Result<SqlitePool, StoreError> {
    let open = || async { pool(1).connect_with(options.clone()).await.map_err(failure) };
    let mut attempt = open().await;
    for _ in 0..LOCKED_RETRIES {
        if !attempt.as_ref().is_err_and(|error| error.unavailable() == Some(Unavailable::Locked)) {
            break;
        }
        tokio::time::sleep(LOCKED_RETRY_DELAY).await;
        attempt = open().await;
    }
    attempt
}

/// The connections stay open: SQLite deletes the write-ahead log with the last one.
fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(WAIT)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .after_release(|connection, _| Box::pin(is_outside_transaction(connection)))
}

/// Whether a connection can be used again. When a full disk fails a commit, SQLite ends the transaction by itself, and
/// the rollback that follows fails. The driver then takes the next transaction for a nested one, which is never stored.
async fn is_outside_transaction(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    // The rollback of a dropped transaction is in the queue before the ping.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}

fn failure(error: sqlx::Error) -> StoreError {
    DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error))).into()
}
