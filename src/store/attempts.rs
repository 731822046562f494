//! Counters of failed attempts.

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, Set, SqlErr, sea_query::Expr};

use super::{
    Store, StoreError,
    batches::delete_in_batches,
    entity::attempt::{ActiveModel, Column, Entity},
};
use crate::domain::Timestamp;

/// A counter of failed attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempts {
    /// Consecutive failures.
    pub failures: u32,
    /// When the last attempt was made.
    pub last_attempt_at: Timestamp,
    /// When the next attempt is allowed.
    pub next_allowed_at: Timestamp,
}

impl Store {
    /// The counter with this `key`.
    pub async fn attempts(&self, key: &str) -> Result<Option<Attempts>, StoreError> {
        let row = Entity::find_by_id(key).one(&self.db.read).await?;
        Ok(row.map(|row| Attempts {
            failures: u32::try_from(row.failures).unwrap_or(u32::MAX),
            last_attempt_at: Timestamp::from_millis(row.last_attempt_at),
            next_allowed_at: Timestamp::from_millis(row.next_allowed_at),
        }))
    }

    /// Replaces the counter with `next` if it still is `seen`. `false` if another request changed it first.
    pub async fn replace_attempts(
        &self,
        key: &str,
        seen: Option<Attempts>,
        next: Attempts,
    ) -> Result<bool, StoreError> {
        let Some(seen) = seen else { return self.insert_attempts(key, next).await };
        let updated = Entity::update_many()
            .col_expr(Column::Failures, Expr::value(i64::from(next.failures)))
            .col_expr(Column::LastAttemptAt, Expr::value(next.last_attempt_at.millis()))
            .col_expr(Column::NextAllowedAt, Expr::value(next.next_allowed_at.millis()))
            .filter(Column::Key.eq(key))
            .filter(Column::Failures.eq(i64::from(seen.failures)))
            .filter(Column::LastAttemptAt.eq(seen.last_attempt_at.millis()))
            .exec(&self.db.write)
            .await?;
        Ok(updated.rows_affected == 1)
    }

    async fn insert_attempts(&self, key: &str, first: Attempts) -> Result<bool, StoreError> {
        let row = ActiveModel {
            key: Set(key.to_owned()),
            failures: Set(i64::from(first.failures)),
            last_attempt_at: Set(first.last_attempt_at.millis()),
            next_allowed_at: Set(first.next_allowed_at.millis()),
        };
        match Entity::insert(row).exec_without_returning(&self.db.write).await {
            Ok(_) => Ok(true),
            Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Deletes the counters with these `keys`.
    pub async fn clear_attempts(&self, keys: impl Iterator<Item = &str>) -> Result<(), StoreError> {
        Entity::delete_many().filter(Column::Key.is_in(keys)).exec(&self.db.write).await?;
        Ok(())
    }

    /// Deletes the counters last changed before `before`. Returns their number.
    pub async fn delete_attempts_before(&self, before: Timestamp) -> Result<u64, StoreError> {
        let expired = Condition::all().add(Column::LastAttemptAt.lt(before.millis()));
        Ok(delete_in_batches::<Entity, String>(&self.db, Column::Key, expired).await?)
    }
}
