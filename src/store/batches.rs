//! Deletes many rows in short transactions, so that other writers wait for one batch at most.

use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QuerySelect, TryGetable, Value};

use super::database::Database;

/// Rows per transaction.
pub(super) const BATCH: u64 = 1000;

/// Deletes the rows that match `expired`, and returns their number. `key` is the primary key, of the type `K`.
///
/// The rows are found without a lock. A row that no longer matches when it is its turn stays.
pub(super) async fn delete_in_batches<E, K>(db: &Database, key: E::Column, expired: Condition) -> Result<u64, DbErr>
where
    E: EntityTrait,
    K: TryGetable + Into<Value> + Send + Sync,
{
    let mut deleted = 0;
    loop {
        let rows = E::find().select_only().column(key).filter(expired.clone()).limit(BATCH);
        let keys: Vec<K> = rows.into_tuple().all(db).await?;
        let found = keys.len() as u64;
        if found > 0 {
            let batch = E::delete_many().filter(key.is_in(keys)).filter(expired.clone());
            deleted += batch.exec(db).await?.rows_affected;
        }
        if found < BATCH {
            return Ok(deleted);
        }
        // The next batch queues behind the writers that wait now.
        tokio::task::yield_now().await;
    }
}
