//! Connects to a PostgreSQL server, directly or through a pooler.

use std::time::Duration;

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, SqlxPostgresConnector, TransactionTrait,
    sqlx::{
        self, ConnectOptions, Connection, PgConnection, Row,
        postgres::{PgConnectOptions, PgPoolOptions},
    },
};

use super::{
    ConnectError,
    error::{CONNECT_TIMEOUT, Target},
    pooler,
    url::PostgresUrl,
};
use crate::store::{
    StoreError,
    database::{Database, no_statement_limit, prepare_pooled},
    limits::{LIMIT, WAIT, server_limits},
};

/// The smaller of the two limits, or null.
const CONNECTION_LIMIT: &str = "SELECT least(nullif(rolconnlimit, -1), nullif(datconnlimit, -1))::text \
     FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()";

/// A pool of connections.
struct Server {
    pool: DatabaseConnection,
    /// Whether a pooler assigns a connection's transactions to different servers.
    transaction_pooled: bool,
}

pub(super) async fn connect(url: &str, connections: u32) -> Result<Database, ConnectError> {
    let Server { pool, transaction_pooled } = open(url, connections).await?;
    Ok(Database::of_server(pool, transaction_pooled))
}

/// Connects once, to learn why that fails and whether a pooler is in between, and then creates the pool.
async fn open(url: &str, connections: u32) -> Result<Server, ConnectError> {
    let PostgresUrl { options, names_pooler } = PostgresUrl::parse(url)?;
    let options = options.disable_statement_logging();
    let began = tokio::time::Instant::now();
    let mut first = first_connection(&options).await?;
    let patience = (4 * began.elapsed()).max(Duration::from_secs(1));
    let transaction_pooled = names_pooler || detect_pooler(&mut first, &options, patience).await?;
    // Behind a pooler, the limit applies to the pooler's own connections.
    let connections = if transaction_pooled { connections } else { within_limit(connections, &mut first).await };
    // The server may have closed the connection already.
    let _ = first.close().await;
    let options = if transaction_pooled {
        tracing::info!("a transaction-mode pooler is in front of PostgreSQL; every statement runs in a transaction");
        // A prepared statement lasts as long as its transaction.
        options.statement_cache_capacity(0)
    } else {
        options
    };
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(WAIT)
        // After a restart of the server, all idle connections are dead.
        .test_before_acquire(true)
        .after_connect(move |connection, _| {
            Box::pin(async move {
                // A pooler passes session settings on to other clients.
                if !transaction_pooled {
                    sqlx::raw_sql(sqlx::AssertSqlSafe(server_limits("SET"))).execute(connection).await?;
                }
                Ok(())
            })
        })
        .after_release(|connection, _| Box::pin(async { Ok(responds(connection).await) }))
        .connect_lazy_with(options);
    Ok(Server { pool: SqlxPostgresConnector::from_sqlx_postgres_pool(pool), transaction_pooled })
}

/// Whether a connection can be used again: its server answers, and no transaction is open. The pool itself waits for the answer without a limit, and a statement
/// that was given up leaves a connection to a server that may never answer. sqlx has no timeout of its own, and sets
/// no TCP option.
async fn responds(connection: &mut PgConnection) -> bool {
    let answered = tokio::time::timeout(LIMIT, connection.ping()).await.is_ok_and(|answered| answered.is_ok());
    answered && !connection.is_in_transaction()
}

/// Begins a read-only transaction with a consistent view of another PostgreSQL database.
pub async fn postgres_snapshot(url: &str) -> Result<DatabaseTransaction, ConnectError> {
    let Server { pool, transaction_pooled } = open(url, 1).await?;
    let snapshot = pool.begin().await.map_err(StoreError::from)?;
    // Not prepared, and before any other statement.
    let mode = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";
    snapshot.execute_unprepared(mode).await.map_err(StoreError::from)?;
    if transaction_pooled {
        prepare_pooled(&snapshot).await.map_err(StoreError::from)?;
    }
    no_statement_limit(&snapshot).await.map_err(StoreError::from)?;
    Ok(snapshot)
}

async fn first_connection(options: &PgConnectOptions) -> Result<PgConnection, ConnectError> {
    let server = server(options);
    let began = tokio::time::Instant::now();
    if options.get_socket().is_none() && !options.get_host().starts_with('/') {
        resolve(options.get_host(), options.get_port()).await?;
    }
    let connecting =
        async { PgConnection::connect_with(options).await.map_err(|error| target(options, &server).error(error)) };
    match tokio::time::timeout(CONNECT_TIMEOUT.saturating_sub(began.elapsed()), connecting).await {
        Ok(connected) => connected,
        Err(_) => Err(ConnectError::Timeout(server)),
    }
}

/// A pooler accepts connections while its server is down, and fails or waits at the first statement.
async fn detect_pooler(
    first: &mut PgConnection,
    options: &PgConnectOptions,
    patience: Duration,
) -> Result<bool, ConnectError> {
    let server = server(options);
    match tokio::time::timeout(CONNECT_TIMEOUT, first.ping()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => return Err(target(options, &server).error(error)),
        Err(_) => return Err(ConnectError::Timeout(server)),
    }
    let detected = pooler::is_transaction_pooled(first, options, patience).await;
    detected.map_err(|error| target(options, &server).error(error))
}

/// The number of connections that the role and the database admit. A pool that tries to open more makes requests wait
/// for connections that never come, although others are free.
async fn within_limit(connections: u32, first: &mut PgConnection) -> u32 {
    let query = sqlx::raw_sql(CONNECTION_LIMIT).fetch_one(first);
    let Ok(Ok(row)) = tokio::time::timeout(CONNECT_TIMEOUT, query).await else { return connections };
    let limit = row.try_get::<Option<String>, _>(0).ok().flatten().and_then(|limit| limit.parse().ok());
    match limit {
        Some(limit @ 1..) if limit < connections => {
            tracing::warn!(
                limit,
                "the PostgreSQL role or database admits fewer connections than LATCHKEY_DATABASE_CONNECTIONS; using \
                 the limit. If several replicas share it, set LATCHKEY_DATABASE_CONNECTIONS to each one's part"
            );
            limit
        }
        _ => connections,
    }
}

/// Distinguishes an unknown host from other network errors.
async fn resolve(host: &str, port: u16) -> Result<(), ConnectError> {
    let host = host.trim_matches(['[', ']']);
    let lookup = tokio::time::timeout(CONNECT_TIMEOUT, tokio::net::lookup_host((host, port))).await;
    let found = lookup.is_ok_and(|found| found.is_ok_and(|mut addresses| addresses.next().is_some()));
    if found { Ok(()) } else { Err(ConnectError::UnknownHost(host.to_owned())) }
}

fn target<'a>(options: &'a PgConnectOptions, server: &'a str) -> Target<'a> {
    // Without a name, the database is the user's.
    let database = options.get_database().unwrap_or_else(|| options.get_username());
    Target { server, user: options.get_username(), database }
}

/// Host and port, or the folder of the socket.
fn server(options: &PgConnectOptions) -> String {
    match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    }
}
