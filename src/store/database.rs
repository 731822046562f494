//! Runs statements, each in a transaction of its own when a pooler is in between.

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait, prelude::async_trait::async_trait,
};

/// A pool of connections.
#[derive(Clone, Debug)]
pub(super) struct Database {
    pub pool: DatabaseConnection,
    /// Whether a pooler assigns a connection's transactions to different servers.
    pub transaction_pooled: bool,
}

impl Database {
    /// Begins a transaction that reads and then writes. On SQLite it takes the write lock at the start, because
    /// an upgrade from a read lock can fail.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let transaction = self.pool.begin_with_options(options).await?;
        if self.transaction_pooled {
            prepare_pooled(&transaction).await?;
        }
        Ok(transaction)
    }
}

/// Prepares the server connection that a pooler assigned to a transaction: removes the prepared statements that other
/// clients left, and sets the limits that a direct connection has for its whole life.
///
/// sqlx names its statements `sqlx_s_1`, `sqlx_s_2`, … on each of its connections, so the names of two clients are
/// equal. Within a transaction the pooler keeps the server connection.
pub(super) async fn prepare_pooled(transaction: &DatabaseTransaction) -> Result<(), DbErr> {
    transaction.execute_unprepared("DEALLOCATE ALL; SET LOCAL lock_timeout = '5s'").await?;
    Ok(())
}

#[async_trait]
impl ConnectionTrait for Database {
    fn get_database_backend(&self) -> DbBackend {
        self.pool.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        if !self.transaction_pooled {
            return self.pool.execute_raw(statement).await;
        }
        let transaction = self.begin().await?;
        let result = transaction.execute_raw(statement).await?;
        transaction.commit().await?;
        Ok(result)
    }

    /// The simple protocol has no prepared statements.
    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.pool.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        if !self.transaction_pooled {
            return self.pool.query_one_raw(statement).await;
        }
        let transaction = self.begin().await?;
        let row = transaction.query_one_raw(statement).await?;
        transaction.commit().await?;
        Ok(row)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        if !self.transaction_pooled {
            return self.pool.query_all_raw(statement).await;
        }
        let transaction = self.begin().await?;
        let rows = transaction.query_all_raw(statement).await?;
        transaction.commit().await?;
        Ok(rows)
    }
}
