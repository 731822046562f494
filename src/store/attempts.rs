//! Counters of failed attempts.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Set,
    sea_query::{OnConflict, SelectStatement},
};

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

/// A counter before and after an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedAttempt {
    /// The key of the row.
    pub key: String,
    /// The row before the attempt. `None`: there was none.
    pub before: Option<Attempts>,
    /// The row after the attempt.
    pub after: Attempts,
}

impl Store {
    /// The counters with these `keys`, by key.
    pub async fn attempts(&self, keys: &[&str]) -> Result<HashMap<String, Attempts>, StoreError> {
        let rows = Entity::find().filter(Column::Key.is_in(keys.iter().copied())).all(&self.db.read).await?;
        let attempts = rows.into_iter().map(|row| {
            let attempts = Attempts {
                failures: u32::try_from(row.failures).unwrap_or(u32::MAX),
                last_attempt_at: Timestamp::from_millis(row.last_attempt_at),
                next_allowed_at: Timestamp::from_millis(row.next_allowed_at),
            };
            (row.key, attempts)
        });
        Ok(attempts.collect())
    }

    /// Writes all counters of an attempt, if each still is as it was before. `false` if another request changed one
    /// of them first; then nothing is written.
    pub async fn count_attempt(&self, counted: &[CountedAttempt]) -> Result<bool, StoreError> {
        let changes = counted.iter().map(|counted| (&*counted.key, counted.before, counted.after)).collect();
        let transaction = self.begin_write().await?;
        let written = replace(changes, &transaction).await?;
        if usize::try_from(written).is_ok_and(|written| written == counted.len()) {
            transaction.commit().await?;
            return Ok(true);
        }
        transaction.rollback().await?;
        Ok(false)
    }

    /// Withdraws an attempt: restores the counters that it changed and deletes those that it created. A counter that
    /// another attempt has changed since stays.
    pub async fn withdraw_attempt(&self, counted: &[CountedAttempt]) -> Result<(), StoreError> {
        let restored = counted.iter().filter_map(|counted| Some((&*counted.key, Some(counted.after), counted.before?)));
        let restored: Vec<_> = restored.collect();
        if !restored.is_empty() {
            replace(restored, &self.db.write).await?;
        }
        let created: Vec<_> = counted.iter().filter(|counted| counted.before.is_none()).collect();
        if !created.is_empty() {
            let keys = locked(created.iter().map(|counted| &*counted.key));
            let unchanged = any(created.iter().map(|counted| is(&counted.key, counted.after)));
            Entity::delete_many().filter(Column::Key.in_subquery(keys)).filter(unchanged).exec(&self.db.write).await?;
        }
        Ok(())
    }

    /// Deletes the counters with these `keys`.
    pub async fn clear_attempts(&self, keys: impl Iterator<Item = &str>) -> Result<(), StoreError> {
        Entity::delete_many().filter(Column::Key.in_subquery(locked(keys))).exec(&self.db.write).await?;
        Ok(())
    }

    /// Deletes the counters last changed before `before`. Returns their number.
    pub async fn delete_attempts_before(&self, before: Timestamp) -> Result<u64, StoreError> {
        let expired = Condition::all().add(Column::LastAttemptAt.lt(before.millis()));
        Ok(delete_in_batches::<Entity, String>(&self.db, Column::Key, expired).await?)
    }
}

/// Writes rows in one statement: each a key, the row as it was seen, and the next one. Returns the number of rows
/// written; rows that have changed since they were seen are not written.
async fn replace(
    mut changes: Vec<(&str, Option<Attempts>, Attempts)>,
    db: &impl sea_orm::ConnectionTrait,
) -> Result<u64, DbErr> {
    // PostgreSQL locks the rows in this order. With one order for all, concurrent attempts do not deadlock.
    changes.sort_unstable_by_key(|(key, ..)| *key);
    let seen = changes.iter().filter_map(|(key, seen, _)| Some(is(key, (*seen)?)));
    let update = OnConflict::column(Column::Key)
        .update_columns([Column::Failures, Column::LastAttemptAt, Column::NextAllowedAt])
        // Without any row that was seen, no conflict may change a row.
        .action_cond_where(any(seen.chain([is_none()])))
        .to_owned();
    let rows = changes.iter().map(|(key, _, next)| ActiveModel {
        key: Set((*key).to_owned()),
        failures: Set(next.failures.into()),
        last_attempt_at: Set(next.last_attempt_at.millis()),
        next_allowed_at: Set(next.next_allowed_at.millis()),
    });
    match Entity::insert_many(rows).on_conflict(update).exec_without_returning(db).await {
        Err(DbErr::RecordNotInserted) => Ok(0),
        written => written,
    }
}

/// The row with this key is as it was seen.
fn is(key: &str, seen: Attempts) -> Condition {
    Condition::all()
        .add(Column::Key.eq(key))
        .add(Column::Failures.eq(i64::from(seen.failures)))
        .add(Column::LastAttemptAt.eq(seen.last_attempt_at.millis()))
}

/// No row.
fn is_none() -> Condition {
    Condition::all().add(Column::Key.is_null())
}

fn any(conditions: impl Iterator<Item = Condition>) -> Condition {
    conditions.fold(Condition::any(), Condition::add)
}

/// Selects rows and locks them in the order of [`replace`]. SQLite has no row locks.
fn locked<'a>(keys: impl Iterator<Item = &'a str>) -> SelectStatement {
    Entity::find()
        .select_only()
        .column(Column::Key)
        .filter(Column::Key.is_in(keys))
        .order_by_asc(Column::Key)
        .lock_exclusive()
        .into_query()
}
