//! The connections of this process: `read` for statements that only read, `write` for all others.
//!
//! On SQLite these are two pools, so that readers never wait for a writer: one connection that writes, with a queue
//! that is bounded in time, and several that only read. On PostgreSQL both are the same pool.

use std::sync::Arc;

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait, prelude::async_trait::async_trait,
};

use super::{
    StoreError, Unavailable,
    file::OpenedFile,
    group_commit::Group,
    limits::{Limits, refusal, server_limits},
    transaction::Transaction,
};

/// How often a long transaction waits for the lock of another process on SQLite. Together half a minute.
const LONG_WAITS: usize = 20;

/// The connections of this process.
#[derive(Clone, Debug)]
pub(super) struct Database {
    pub read: Reader,
    pub write: Writer,
}

/// Connections that only read. A statement that changes data fails.
#[derive(Clone, Debug)]
pub(super) struct Reader(Pool);

/// Connections that change data, and read within the transaction of a change.
#[derive(Clone, Debug)]
pub(super) struct Writer {
    pool: Pool,
    /// Changes of one statement. `None` on PostgreSQL, which groups commits itself.
    group: Option<Arc<Group>>,
}

#[derive(Clone, Debug)]
struct Pool {
    connections: DatabaseConnection,
    /// Whether a pooler assigns a connection's transactions to different servers.
    transaction_pooled: bool,
    limits: Limits,
    /// The SQLite file.
    file: Option<Arc<OpenedFile>>,
}

impl Database {
    /// The two pools of an SQLite file. `file` is `None` for a database in memory.
    pub fn of_file(readers: DatabaseConnection, writer: DatabaseConnection, file: Option<OpenedFile>) -> Self {
        let file = file.map(Arc::new);
        let pool = |connections| Pool {
            connections,
            transaction_pooled: false,
            limits: Limits::of_file(),
            file: file.clone(),
        };
        Self { read: Reader(pool(readers)), write: Writer { pool: pool(writer), group: Some(Arc::default()) } }
    }

    /// The pool of a PostgreSQL server.
    pub fn of_server(connections: DatabaseConnection, transaction_pooled: bool) -> Self {
        let pool = Pool { connections, transaction_pooled, limits: Limits::of_server(), file: None };
        Self { read: Reader(pool.clone()), write: Writer { pool, group: None } }
    }

    /// Waits for running statements and closes the connections.
    pub async fn close(self) -> Result<(), DbErr> {
        // The last connection to an SQLite file copies the write-ahead log into it, which a reader cannot.
        self.read.0.connections.close().await?;
        self.write.pool.connections.close().await
    }
}

impl Writer {
    /// Begins a transaction that reads and then writes. On SQLite it takes the write lock at the start, because an
    /// upgrade from a read lock can fail.
    pub async fn begin(&self) -> Result<Transaction, DbErr> {
        let Self { pool, .. } = self;
        pool.check_file()?;
        let transaction = pool.limits.enter(pool.begin()).await?;
        Ok(Transaction::new(transaction, pool.limits.clone()))
    }

    /// Begins a transaction whose statements have no time limit, for migrations and imports. Waits half a minute for
    /// locks.
    pub async fn begin_long(&self) -> Result<Transaction, DbErr> {
        let Self { pool, .. } = self;
        pool.check_file()?;
        let mut begun = pool.begin().await;
        for _ in 0..LONG_WAITS {
            if !is_locked(&begun) {
                break;
            }
            begun = pool.begin().await;
        }
        let transaction = begun?;
        if transaction.get_database_backend() == DbBackend::Postgres {
            no_statement_limit(&transaction).await?;
        }
        Ok(Transaction::new(transaction, Limits::none()))
    }
}

/// Lets the statements of a transaction run as long as they need, and wait half a minute for locks.
pub(super) async fn no_statement_limit(transaction: &DatabaseTransaction) -> Result<(), DbErr> {
    transaction.execute_unprepared("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '30s'").await?;
    Ok(())
}

fn is_locked(begun: &Result<DatabaseTransaction, DbErr>) -> bool {
    let error = begun.as_ref().err().cloned().map(StoreError::from);
    error.and_then(|error| error.unavailable()) == Some(Unavailable::Locked)
}

impl Pool {
    async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let transaction = self.connections.begin_with_options(options).await?;
        if self.transaction_pooled {
            prepare_pooled(&transaction).await?;
        }
        Ok(transaction)
    }

    fn check_file(&self) -> Result<(), DbErr> {
        match &self.file {
            Some(file) if !file.is_in_place() => Err(refusal(Unavailable::FileLost)),
            _ => Ok(()),
        }
    }
}

/// Prepares the server connection that a pooler assigned to a transaction: removes the prepared statements that other
/// clients left, and sets the limits that a direct connection has for its whole life.
///
/// sqlx names its statements `sqlx_s_1`, `sqlx_s_2`, … on each of its connections, so the names of two clients are
/// equal. Within a transaction the pooler keeps the server connection.
pub(super) async fn prepare_pooled(transaction: &DatabaseTransaction) -> Result<(), DbErr> {
    transaction.execute_unprepared(&format!("DEALLOCATE ALL; {}", server_limits("SET LOCAL"))).await?;
    Ok(())
}

#[async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        self.0.connections.get_database_backend()
    }

    async fn execute_raw(&self, _: Statement) -> Result<ExecResult, DbErr> {
        Err(not_a_read())
    }

    async fn execute_unprepared(&self, _: &str) -> Result<ExecResult, DbErr> {
        Err(not_a_read())
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let Self(pool) = self;
        pool.check_file()?;
        if !pool.transaction_pooled {
            return pool.limits.enter(pool.connections.query_one_raw(statement)).await;
        }
        let in_transaction = async {
            let transaction = pool.begin().await?;
            let row = transaction.query_one_raw(statement).await?;
            transaction.commit().await?;
            Ok(row)
        };
        pool.limits.enter(in_transaction).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let Self(pool) = self;
        pool.check_file()?;
        if !pool.transaction_pooled {
            return pool.limits.enter(pool.connections.query_all_raw(statement)).await;
        }
        let in_transaction = async {
            let transaction = pool.begin().await?;
            let rows = transaction.query_all_raw(statement).await?;
            transaction.commit().await?;
            Ok(rows)
        };
        pool.limits.enter(in_transaction).await
    }
}

/// A bug: on SQLite the connection would refuse the statement, on PostgreSQL it would not.
fn not_a_read() -> DbErr {
    DbErr::Custom("a statement that changes data was sent to the connections that only read".to_owned())
}

/// A single change runs in a transaction. Only on a direct connection to PostgreSQL a statement is one already.
#[async_trait]
impl ConnectionTrait for Writer {
    fn get_database_backend(&self) -> DbBackend {
        self.pool.connections.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let Self { pool, group } = self;
        if let Some(group) = group {
            return group.execute(self, statement).await;
        }
        if !pool.transaction_pooled {
            return pool.limits.enter(pool.connections.execute_raw(statement)).await;
        }
        let transaction = self.begin().await?;
        let result = transaction.execute_raw(statement).await?;
        transaction.commit().await?;
        Ok(result)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let transaction = self.begin().await?;
        let result = transaction.execute_unprepared(sql).await?;
        transaction.commit().await?;
        Ok(result)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let transaction = self.begin().await?;
        let row = transaction.query_one_raw(statement).await?;
        transaction.commit().await?;
        Ok(row)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let transaction = self.begin().await?;
        let rows = transaction.query_all_raw(statement).await?;
        transaction.commit().await?;
        Ok(rows)
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{EntityTrait, Set};

    use super::*;
    use crate::store::{
        Store,
        entity::attempt::{ActiveModel, Entity},
    };

    #[tokio::test]
    async fn reader_refuses_every_change() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("x.db").display());
        let store = Store::connect(&url, 2).await.unwrap();
        store.migrate().await.unwrap();
        let Database { read, write } = &store.db;
        let row = ActiveModel {
            key: Set("key".to_owned()),
            failures: Set(0),
            last_attempt_at: Set(0),
            next_allowed_at: Set(0),
        };
        let insert = |row: &ActiveModel| Entity::insert(row.clone());
        assert!(insert(&row).exec_without_returning(read).await.is_err());
        assert!(read.execute_unprepared("DELETE FROM attempts").await.is_err());
        let returning = Statement::from_string(
            DbBackend::Sqlite,
            "INSERT INTO attempts (key, failures, last_attempt_at, next_allowed_at) VALUES ('x', 0, 0, 0) RETURNING key",
        );
        let refused = StoreError::from(read.query_one_raw(returning.clone()).await.unwrap_err());
        assert_eq!(refused.unavailable(), Some(Unavailable::ReadOnly));
        insert(&row).exec_without_returning(write).await.unwrap();
        assert!(write.query_one_raw(returning).await.unwrap().is_some());
        assert_eq!(Entity::find().all(read).await.unwrap().len(), 2);
    }
}
