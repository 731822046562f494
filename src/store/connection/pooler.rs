//! Detects a pooler that assigns the transactions of one connection to different servers, such as PgBouncer with
//! `pool_mode=transaction`.
//!
//! All statements use the simple protocol: prepared statements are what such a pooler breaks.

use std::time::Duration;

use sea_orm::sqlx::{self, Connection, PgConnection, Row, postgres::PgConnectOptions};

/// How many other connections hold a transaction at the same time. The first one usually decides: poolers hand out
/// the server that was used last.
const HOLDERS: usize = 3;

/// Identifies a server process, also among several servers.
const IDENTITY: &str = "SELECT pg_backend_pid()::text || '@' || pg_postmaster_start_time()::text";

/// Whether the server process behind `connection` changes between transactions, or also serves another connection
/// while `connection` is open. Neither happens on a direct connection or with a pooler in session mode.
///
/// `patience` is much longer than a connection needs to open.
pub(super) async fn is_transaction_pooled(
    connection: &mut PgConnection,
    options: &PgConnectOptions,
    patience: Duration,
) -> Result<bool, sqlx::Error> {
    let mut holders = Vec::new();
    let pooled = server_changes(connection, options, patience, &mut holders).await;
    for mut holder in holders {
        let end = async {
            sqlx::raw_sql("ROLLBACK").execute(&mut holder).await?;
            holder.close().await
        };
        // The server may have closed the connection already.
        let _ = tokio::time::timeout(patience, end).await;
    }
    pooled
}

async fn server_changes(
    connection: &mut PgConnection,
    options: &PgConnectOptions,
    patience: Duration,
    holders: &mut Vec<PgConnection>,
) -> Result<bool, sqlx::Error> {
    let own = server_of(connection).await?;
    while holders.len() < HOLDERS {
        // Without another connection nothing can be concluded: the role may be limited to one.
        let Ok(Ok((holder, server))) = tokio::time::timeout(patience, hold_server(options)).await else { break };
        holders.push(holder);
        if server == own {
            return Ok(true);
        }
        match tokio::time::timeout(patience, server_of(connection)).await {
            Ok(Ok(again)) if again == own => {}
            // Another server, or a wait for one because all of the pooler's are in use.
            Ok(Ok(_)) | Err(_) => return Ok(true),
            Ok(Err(error)) => return Err(error),
        }
    }
    Ok(false)
}

/// Opens a connection with a transaction, which keeps its server process.
async fn hold_server(options: &PgConnectOptions) -> Result<(PgConnection, String), sqlx::Error> {
    let mut holder = PgConnection::connect_with(options).await?;
    sqlx::raw_sql("BEGIN").execute(&mut holder).await?;
    let server = server_of(&mut holder).await?;
    Ok((holder, server))
}

async fn server_of(connection: &mut PgConnection) -> Result<String, sqlx::Error> {
    sqlx::raw_sql(IDENTITY).fetch_one(connection).await?.try_get(0)
}
