//! Connects to the database, and says why it cannot.

mod error;
mod pooler;
mod postgres;
mod sqlite;
mod url;

use super::database::Database;

pub use error::ConnectError;
pub use postgres::postgres_snapshot;

/// How long a statement waits for a free connection. Much shorter than the time limit of a request, so that the
/// request is answered with 503.
const ACQUIRE_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(4);

/// Connects to `url` with at most `connections` connections, creating an SQLite file that does not exist yet.
pub(super) async fn connect(url: &str, connections: u32) -> Result<Database, ConnectError> {
    if url.starts_with("sqlite") {
        sqlite::connect(url, connections).await
    } else {
        postgres::connect(url, connections).await
    }
}
