//! A transaction whose steps have a time limit.

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement,
    prelude::async_trait::async_trait,
};

use super::limits::Limits;

/// A transaction. Dropping it rolls it back.
pub(super) struct Transaction {
    inner: DatabaseTransaction,
    limits: Limits,
}

impl Transaction {
    pub const fn new(inner: DatabaseTransaction, limits: Limits) -> Self {
        Self { inner, limits }
    }

    /// The driver's transaction, for migrations. Its steps have no time limit.
    pub const fn inner(&self) -> &DatabaseTransaction {
        &self.inner
    }

    pub async fn commit(self) -> Result<(), DbErr> {
        self.limits.step(self.inner.commit()).await
    }

    pub async fn rollback(self) -> Result<(), DbErr> {
        self.limits.step(self.inner.rollback()).await
    }
}

#[async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.limits.step(self.inner.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.limits.step(self.inner.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.limits.step(self.inner.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.limits.step(self.inner.query_all_raw(statement)).await
    }
}
