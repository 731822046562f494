//! Opens another system's database read-only, and finds its tables and columns.

use std::path::Path;

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseTransaction, DbBackend, QueryResult, Statement, StreamTrait,
    TransactionStream, TransactionTrait, Value,
};

use super::SourceError;
use crate::store::connection::postgres_snapshot;

/// A table name as SQL, with its columns.
pub(crate) struct Table {
    /// Quoted, with its schema if one was given.
    pub sql: String,
    pub columns: Vec<Column>,
}

/// A column of a table.
#[derive(Clone)]
pub(crate) struct Column {
    pub name: String,
    /// The type, as the database names it.
    pub kind: String,
}

/// Begins a read-only snapshot of an SQLite file or a PostgreSQL database.
pub(crate) async fn snapshot(from: &str) -> Result<DatabaseTransaction, SourceError> {
    match from.split_once("://") {
        Some(("postgres" | "postgresql", _)) => Ok(postgres_snapshot(from).await?),
        Some((other, _)) if !matches!(other, "sqlite" | "file") => Err(SourceError::OtherKind(other.to_owned())),
        _ => snapshot_of_file(path_of(from)).await,
    }
}

/// `dev.db`, `sqlite:dev.db`, `sqlite://dev.db`, `file:dev.db`.
pub(crate) fn path_of(from: &str) -> &Path {
    let named = ["sqlite://", "sqlite:", "file://", "file:"].iter().find_map(|scheme| from.strip_prefix(scheme));
    Path::new(named.unwrap_or(from))
}

async fn snapshot_of_file(path: &Path) -> Result<DatabaseTransaction, SourceError> {
    if !path.is_file() {
        return Err(SourceError::NoFile(path.to_owned()));
    }
    let file = path.to_owned();
    let mut options = ConnectOptions::new("sqlite:source");
    options
        .sqlx_logging(false)
        .max_connections(1)
        .map_sqlx_sqlite_opts(move |sqlite| sqlite.filename(&file).read_only(true).create_if_missing(false));
    let not_sqlite = |_| SourceError::NotSqlite(path.to_owned());
    let snapshot = Database::connect(options).await.map_err(not_sqlite)?.begin().await?;
    snapshot.execute_unprepared("SELECT count(*) FROM sqlite_master").await.map_err(not_sqlite)?;
    Ok(snapshot)
}

impl Table {
    /// Finds a table or view by its name, or by `schema.name` on PostgreSQL. `None` if it does not exist.
    pub(crate) async fn find(db: &DatabaseTransaction, name: &str) -> Result<Option<Self>, SourceError> {
        let mut spellings = vec![quoted(name)];
        spellings.extend(name.split_once('.').map(|(schema, name)| format!("{}.{}", quoted(schema), quoted(name))));
        for (at, sql) in spellings.into_iter().enumerate() {
            // The query of PostgreSQL takes the quoted name, that of SQLite the bare one.
            let columns = match (is_postgres(db), at) {
                (true, _) => columns(db, &sql).await?,
                (false, 0) => columns(db, name).await?,
                (false, _) => Vec::new(),
            };
            if !columns.is_empty() {
                return Ok(Some(Self { sql, columns }));
            }
        }
        Ok(None)
    }

    /// The number of rows.
    pub(crate) async fn count(&self, db: &DatabaseTransaction) -> Result<u64, SourceError> {
        let sql = format!("SELECT CAST(count(*) AS text) FROM {}", self.sql);
        let backend = ConnectionTrait::get_database_backend(db);
        let row = db.query_one_raw(Statement::from_string(backend, sql)).await?;
        let count: Option<String> = row.map(|row| row.try_get_by_index(0)).transpose()?;
        Ok(count.and_then(|count| count.parse().ok()).unwrap_or(0))
    }
}

impl Column {
    /// The value as text. A time is Unix milliseconds if the column has a time type (`infinity` is no
    /// time, and a time before all others is no value), and a binary value is text.
    pub(crate) fn text(&self, postgres: bool) -> String {
        let column = quoted(&self.name);
        match self.kind.as_str() {
            kind if postgres && kind.starts_with("timestamp") => format!(
                "CASE WHEN isfinite({column}) THEN \
                 CAST(CAST(ROUND(EXTRACT(EPOCH FROM {column}) * 1000) AS bigint) AS text) \
                 WHEN {column} > '-infinity' THEN 'infinity' END"
            ),
            "bytea" if postgres => format!("encode({column}, 'escape')"),
            _ => format!("CAST({column} AS text)"),
        }
    }
}

/// Empty if the table does not exist.
async fn columns(db: &DatabaseTransaction, table: &str) -> Result<Vec<Column>, SourceError> {
    let sql = if is_postgres(db) {
        "SELECT CAST(attname AS text), format_type(atttypid, NULL) FROM pg_attribute \
         WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
    } else {
        "SELECT name, type FROM pragma_table_info(?1)"
    };
    let statement =
        Statement::from_sql_and_values(ConnectionTrait::get_database_backend(db), sql, [Value::from(table)]);
    let column = |row: &QueryResult| Ok(Column { name: row.try_get_by_index(0)?, kind: row.try_get_by_index(1)? });
    db.query_all_raw(statement).await?.iter().map(column).collect()
}

/// Runs a query and returns its rows as they arrive.
pub(crate) async fn stream(db: &DatabaseTransaction, sql: String) -> Result<TransactionStream<'_>, SourceError> {
    let statement = Statement::from_string(ConnectionTrait::get_database_backend(db), sql);
    Ok(db.stream_raw(statement).await?)
}

pub(crate) fn is_postgres(db: &DatabaseTransaction) -> bool {
    ConnectionTrait::get_database_backend(db) == DbBackend::Postgres
}

/// A name as an SQL identifier.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
