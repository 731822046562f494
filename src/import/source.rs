//! Reads the database of a Better Auth 1.x installation, SQLite or PostgreSQL. Never writes to it.
//!
//! Better Auth's adapters name tables in the singular or plural, and columns in camel or snake case: all are
//! supported. Values of any column type are read as text.

mod schema;
mod time;

use std::path::{Path, PathBuf};

use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, Database, DatabaseTransaction, DbBackend, DbErr, IsolationLevel,
    QueryResult, Statement, TransactionTrait, Value,
};

use crate::domain::Timestamp;
use schema::{Schema, Table};

/// Users per query.
const PAGE: usize = 500;

/// A user as stored by Better Auth, not validated.
#[derive(Clone)]
pub struct SourceUser {
    /// `user.id`
    pub id: String,
    /// `user.email`
    pub email: String,
    /// `user.emailVerified`
    pub email_verified: bool,
    /// `user.name`
    pub name: String,
    /// `user.image`
    pub image: Option<String>,
    /// `user.createdAt`; `None` if it is not a time.
    pub created_at: Option<Timestamp>,
    /// `user.updatedAt`; `None` if it is not a time.
    pub updated_at: Option<Timestamp>,
    /// `account.password` of the credential account that Better Auth would sign in with.
    pub password: Option<String>,
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

/// A consistent snapshot of a Better Auth database.
pub struct Source {
    snapshot: DatabaseTransaction,
    schema: Schema,
    /// The last id of the previous page.
    before: Option<String>,
    /// The last id of the current page.
    last: Option<String>,
}

impl Source {
    /// Opens an SQLite file, given as a path or `sqlite:path`, or a PostgreSQL database, given as a
    /// `postgres://` URL. Never creates a file.
    pub async fn open(from: &str) -> Result<Self, SourceError> {
        let snapshot = match from.split_once("://") {
            Some(("postgres" | "postgresql", _)) => snapshot_of_postgres(from).await?,
            Some((other, _)) if !matches!(other, "sqlite" | "file") => {
                return Err(SourceError::OtherKind(other.to_owned()));
            }
            _ => snapshot_of_file(path_of(from)).await?,
        };
        let schema = Schema::read(&snapshot).await?;
        Ok(Self { snapshot, schema, before: None, last: None })
    }

    /// The number of users.
    pub async fn count_users(&self) -> Result<u64, SourceError> {
        self.count(&self.schema.user).await
    }

    /// Includes expired sessions.
    pub async fn count_sessions(&self) -> Result<u64, SourceError> {
        self.count(&self.schema.session).await
    }

    async fn count(&self, table: &Table) -> Result<u64, SourceError> {
        let rows = self.query(format!("SELECT CAST(count(*) AS text) FROM {}", table.quoted()), Vec::new()).await?;
        let count = rows.first().map(|row| text(row, 0)).transpose()?.flatten();
        Ok(count.and_then(|count| count.parse().ok()).unwrap_or(0))
    }

    /// The next page of users, ordered by id; empty at the end.
    pub async fn next_users(&mut self) -> Result<Vec<SourceUser>, SourceError> {
        let Schema { user, account, .. } = &self.schema;
        let id = user.text("u", "id");
        let columns = [
            id.clone(),
            user.text("u", "email"),
            user.text("u", "emailVerified"),
            user.text("u", "name"),
            user.text("u", "image"),
            user.time("u", "createdAt"),
            user.time("u", "updatedAt"),
            account.text("a", "password"),
        ];
        // Better Auth accepts a password only if the account id of the credential account is the user id.
        let sql = format!(
            "SELECT {} FROM {} u LEFT JOIN {} a ON {} = {} AND {} = 'credential' AND {} = {id} {} ORDER BY {} LIMIT {PAGE}",
            columns.join(", "),
            user.quoted(),
            account.quoted(),
            account.column_name("a", "userId"),
            user.column_name("u", "id"),
            account.column_name("a", "providerId"),
            account.text("a", "accountId"),
            self.last.as_ref().map_or_else(String::new, |_| {
                format!("WHERE {} > {}", user.column_name("u", "id"), user.parameter("id", 1))
            }),
            user.column_name("u", "id"),
        );
        let rows = self.query(sql, self.last.clone().map(Value::from).into_iter().collect()).await?;
        let users = rows.iter().map(to_user).collect::<Result<Vec<_>, _>>()?;
        self.before = self.last.take();
        self.last = users.last().map(|user| user.id.clone());
        Ok(users)
    }

    /// The sessions of the last page of users, grouped by user, latest expiry first.
    pub async fn sessions_of_page(&self) -> Result<Vec<SourceSession>, SourceError> {
        let Some(last) = &self.last else { return Ok(Vec::new()) };
        let session = &self.schema.session;
        let owner = session.column_name("s", "userId");
        let columns = [
            session.text("s", "id"),
            session.text("s", "userId"),
            session.text("s", "token"),
            session.time("s", "expiresAt"),
            session.time("s", "createdAt"),
            session.time("s", "updatedAt"),
            session.text("s", "ipAddress"),
            session.text("s", "userAgent"),
        ];
        let mut values = vec![Value::from(last.clone())];
        let mut range = format!("{owner} <= {}", session.parameter("userId", 1));
        if let Some(before) = &self.before {
            values.push(Value::from(before.clone()));
            range = format!("{range} AND {owner} > {}", session.parameter("userId", 2));
        }
        let sql = format!(
            "SELECT {} FROM {} s WHERE {range} ORDER BY {owner}, {} DESC, {}",
            columns.join(", "),
            session.quoted(),
            session.column_name("s", "expiresAt"),
            session.column_name("s", "id"),
        );
        self.query(sql, values).await?.iter().map(to_session).collect()
    }

    async fn query(&self, sql: String, values: Vec<Value>) -> Result<Vec<QueryResult>, SourceError> {
        let statement = Statement::from_sql_and_values(self.snapshot.get_database_backend(), sql, values);
        Ok(self.snapshot.query_all_raw(statement).await?)
    }
}

/// `dev.db`, `sqlite:dev.db`, `sqlite://dev.db`, `file:dev.db`.
fn path_of(from: &str) -> &Path {
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

async fn snapshot_of_postgres(url: &str) -> Result<DatabaseTransaction, SourceError> {
    let mut options = ConnectOptions::new(url);
    options.sqlx_logging(false).max_connections(1);
    let database = Database::connect(options).await?;
    Ok(database.begin_with_config(Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly)).await?)
}

fn to_user(row: &QueryResult) -> Result<SourceUser, SourceError> {
    Ok(SourceUser {
        id: text(row, 0)?.unwrap_or_default(),
        email: text(row, 1)?.unwrap_or_default(),
        email_verified: text(row, 2)?.is_some_and(|text| matches!(text.as_str(), "1" | "true" | "t")),
        name: text(row, 3)?.unwrap_or_default(),
        image: text(row, 4)?,
        created_at: moment(row, 5)?,
        updated_at: moment(row, 6)?,
        password: text(row, 7)?,
    })
}

fn to_session(row: &QueryResult) -> Result<SourceSession, SourceError> {
    Ok(SourceSession {
        id: text(row, 0)?.unwrap_or_default(),
        user_id: text(row, 1)?.unwrap_or_default(),
        token: text(row, 2)?.unwrap_or_default(),
        expires_at: moment(row, 3)?,
        created_at: moment(row, 4)?,
        updated_at: moment(row, 5)?,
        address: text(row, 6)?,
        user_agent: text(row, 7)?,
    })
}

fn text(row: &QueryResult, at: usize) -> Result<Option<String>, SourceError> {
    Ok(row.try_get_by_index(at)?)
}

fn moment(row: &QueryResult, at: usize) -> Result<Option<Timestamp>, SourceError> {
    Ok(text(row, at)?.and_then(|text| time::parse(&text)))
}

fn is_postgres(db: &impl ConnectionTrait) -> bool {
    db.get_database_backend() == DbBackend::Postgres
}

/// Why a Better Auth database cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The file does not exist.
    #[error("there is no file {}; use an SQLite file or a postgres:// URL", .0.display())]
    NoFile(PathBuf),
    /// The URL has another scheme.
    #[error("{0} databases cannot be read; use an SQLite file or a postgres:// URL")]
    OtherKind(String),
    /// The file has another format.
    #[error("{} is not an SQLite database", .0.display())]
    NotSqlite(PathBuf),
    /// A table or column is missing.
    #[error("this is not a Better Auth database: {0}")]
    NotBetterAuth(String),
    /// The database cannot be reached, or a query failed.
    #[error("the Better Auth database cannot be read: {0}")]
    Database(#[from] DbErr),
}
