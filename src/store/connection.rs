//! Connects to the database, and says why it cannot.

mod error;
mod pooler;
mod postgres;
mod sqlite;
mod url;

use super::database::Database;

pub use error::ConnectError;
pub use postgres::postgres_snapshot;

/// Connects to `url` with at most `connections` connections. Creates an SQLite file that does not exist yet; there, one
/// more connection writes.
pub(super) async fn connect(url: &str, connections: u32) -> Result<Database, ConnectError> {
    if url.starts_with("sqlite") {
        sqlite::connect(url, connections).await
    } else {
        postgres::connect(url, connections).await
    }
}
