//! Reads the database of a Better Auth 1.x installation, SQLite or PostgreSQL.
//!
//! Second factors and passkeys are those of its plugins. Better Auth's adapters name tables in the singular or plural, and columns in camel or snake case: all are
//! supported. Values of any column type are read as text.

mod row;
mod schema;

use futures_util::TryStreamExt;
use sea_orm::{ConnectionTrait, DatabaseTransaction, Statement};

pub use schema::{NamedTable, Tables};

use super::{Parts, Record, SourceError, SourceSession, SourceTime, SourceUser, database, time, values};
use crate::domain::Timestamp;
use row::Row;
use schema::{Schema, StandardTable, TWO_FACTOR_ENABLED};

/// A consistent snapshot of a Better Auth database.
pub(crate) struct BetterAuth {
    snapshot: DatabaseTransaction,
    schema: Schema,
}

/// The kinds of rows in the single query.
const USER: i32 = 0;
const ACCOUNT: i32 = 1;
const SESSION: i32 = 2;
const TWO_FACTOR: i32 = 3;
const PASSKEY: i32 = 4;

/// The most columns that a kind of row has.
const COLUMNS: usize = 10;

impl BetterAuth {
    pub(crate) async fn open(from: &str, tables: &Tables) -> Result<Self, SourceError> {
        let snapshot = database::snapshot(from).await?;
        let schema = Schema::read(&snapshot, tables).await?;
        Ok(Self { snapshot, schema })
    }

    pub(crate) async fn count_users(&self) -> Result<u64, SourceError> {
        self.schema.user.table.count(&self.snapshot).await
    }

    pub(crate) async fn count_sessions(&self) -> Result<u64, SourceError> {
        self.schema.session.table.count(&self.snapshot).await
    }

    /// The number of users whose sign-ins have two steps, or may have.
    pub(crate) async fn count_second_factors(&self) -> Result<u64, SourceError> {
        let users = &self.schema.user;
        if !users.has(TWO_FACTOR_ENABLED) {
            return Ok(0);
        }
        let (enabled, table) = (users.text(TWO_FACTOR_ENABLED), &users.table.sql);
        let sql = format!(
            "SELECT CAST(count(*) AS text) FROM {table} \
             WHERE lower({enabled}) NOT IN ('0', '0.0', 'false', 'f', 'no', 'n', 'off', '')"
        );
        let backend = self.snapshot.get_database_backend();
        let row = self.snapshot.query_one_raw(Statement::from_string(backend, sql)).await?;
        let count: Option<String> = row.map(|row| row.try_get_by_index(0)).transpose()?;
        Ok(count.and_then(|count| count.parse().ok()).unwrap_or(0))
    }

    /// The number of passkeys. `None` if there is no table of them.
    pub(crate) async fn count_passkeys(&self) -> Result<Option<u64>, SourceError> {
        match &self.schema.passkey {
            Some(passkey) => passkey.table.count(&self.snapshot).await.map(Some),
            None => Ok(None),
        }
    }

    /// Reads users with what belongs to them in one pass, grouped by user.
    pub(crate) async fn read<E: From<SourceError>>(
        self,
        parts: Parts,
        mut each: impl AsyncFnMut(Record) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut rows = database::stream(&self.snapshot, self.query(parts)).await?;
        let mut current = None;
        while let Some(row) = rows.try_next().await.map_err(SourceError::from)? {
            match Row::from_result(&row).map_err(SourceError::from)? {
                Row::User(user) => {
                    if let Some(previous) = current.replace((user, Vec::new())) {
                        each(record(previous)).await?;
                    }
                }
                Row::Password(owner, hash) => {
                    if let Some((user, _)) = current.as_mut().filter(|(user, _)| user.id == owner) {
                        user.password = user.password.take().or_else(|| values::password(hash));
                    }
                }
                Row::TwoFactor(owner, authenticator) => {
                    if let Some((user, _)) = current.as_mut().filter(|(user, _)| user.id == owner) {
                        user.authenticators.push(authenticator);
                    }
                }
                Row::Passkey(owner, passkey) => match &mut current {
                    Some((user, _)) if user.id == owner => user.passkeys.push(*passkey),
                    _ => each(Record::OrphanPasskey(passkey.id)).await?,
                },
                Row::Session(session) => match &mut current {
                    Some((user, sessions)) if user.id == session.user_id => sessions.push(*session),
                    _ => each(Record::Orphan(session)).await?,
                },
            }
        }
        match current {
            Some(last) => each(record(last)).await,
            None => Ok(()),
        }
    }

    /// One sorted query instead of a join: older schemas have no index on `account.userId` or `session.userId`.
    fn query(&self, wanted: Parts) -> String {
        let Schema { user, account, session, two_factor, passkey } = &self.schema;
        let users = ["email", "emailVerified", "name", "image", "createdAt", "updatedAt", TWO_FACTOR_ENABLED];
        let mut parts = vec![
            select(USER, user, "id", &users),
            // Better Auth accepts a password only if the account id of the credential account is the user id.
            format!(
                "{} WHERE {} = 'credential' AND {} = {}",
                select(ACCOUNT, account, "userId", &["password"]),
                account.text("providerId"),
                account.text("accountId"),
                account.text("userId"),
            ),
        ];
        if let Some(two_factor) = two_factor {
            parts.push(select(TWO_FACTOR, two_factor, "userId", &["secret", "backupCodes", "verified"]));
        }
        if let Some(passkey) = passkey.as_ref().filter(|_| wanted.passkeys) {
            let keys = ["id", "name", "publicKey", "credentialID", "counter", "deviceType", "backedUp", "transports"];
            parts.push(select(PASSKEY, passkey, "userId", &[&keys[..], &["createdAt", "aaguid"]].concat()));
        }
        if wanted.sessions {
            let columns = ["id", "token", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent"];
            parts.push(select(SESSION, session, "userId", &columns));
        }
        let bytewise = if database::is_postgres(&self.snapshot) { " COLLATE \"C\"" } else { "" };
        format!("SELECT * FROM ({}) AS everything ORDER BY owner{bytewise}, kind", parts.join(" UNION ALL "))
    }
}

/// Selects the kind, the owner and [`COLUMNS`] values of a table.
fn select(kind: i32, table: &StandardTable, owner: &str, columns: &[&str]) -> String {
    let values = columns.iter().map(|column| table.text(column));
    let values: Vec<_> = values.chain(std::iter::repeat("CAST(NULL AS text)".to_owned())).take(COLUMNS).collect();
    let owner = table.text(owner);
    format!("SELECT {kind} AS kind, {owner} AS owner, {} FROM {}", values.join(", "), table.table.sql)
}

/// Sorts the sessions.
fn record((user, mut sessions): (Box<SourceUser>, Vec<SourceSession>)) -> Record {
    sessions.sort_by(|one, other| other.expires_at.cmp(&one.expires_at).then_with(|| one.id.cmp(&other.id)));
    Record::User(user, sessions)
}

impl SourceTime {
    /// The time in a text. An empty text is no value.
    pub(crate) fn of(text: Option<String>) -> Self {
        match text.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
            None => Self::Absent,
            Some(text) => time::parse(text).map_or(Self::Unreadable, Self::At),
        }
    }

    /// The time, if it can be read.
    pub(crate) const fn moment(self) -> Option<Timestamp> {
        match self {
            Self::At(time) => Some(time),
            Self::Absent | Self::Unreadable => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectionTrait, Database, Statement};

    use super::*;

    /// Older schemas have no index on `account.userId` and `session.userId`.
    #[tokio::test]
    async fn query_scans_each_table_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("old.db").display().to_string();
        let db = Database::connect(format!("sqlite:{file}?mode=rwc")).await.unwrap();
        db.execute_unprepared(
            "create table user (id text primary key, name text, email text, emailVerified integer, image text, \
               createdAt date, updatedAt date, twoFactorEnabled integer);
             create table session (id text primary key, expiresAt date, token text unique, createdAt date, \
               updatedAt date, ipAddress text, userAgent text, userId text);
             create table twoFactor (id text primary key, secret text, backupCodes text, userId text);
             create table passkey (id text primary key, name text, publicKey text, userId text, credentialID text, \
               counter integer, deviceType text, backedUp integer, transports text, createdAt date, aaguid text);
             create table account (id text primary key, accountId text, providerId text, userId text, password text);",
        )
        .await
        .unwrap();
        let source = BetterAuth::open(&file, &Tables::default()).await.unwrap();
        let query = Statement::from_string(
            source.snapshot.get_database_backend(),
            format!("EXPLAIN QUERY PLAN {}", source.query(Parts { sessions: true, passkeys: true })),
        );
        let rows = source.snapshot.query_all_raw(query).await.unwrap();
        let plan: Vec<String> = rows.iter().map(|row| row.try_get("", "detail").unwrap()).collect();
        for table in ["user", "account", "session", "twoFactor", "passkey"] {
            assert_eq!(plan.iter().filter(|step| step.starts_with(&format!("SCAN {table}"))).count(), 1, "{plan:?}");
        }
        assert!(plan.iter().all(|step| !step.contains("CORRELATED") && !step.contains("SEARCH")), "{plan:?}");
    }
}
