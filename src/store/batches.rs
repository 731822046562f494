//! Deletes many rows in short transactions.

use std::time::Duration;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select};

use super::{Store, StoreError};

/// Rows per transaction.
const BATCH: u64 = 1_000;

/// The time for other writers between two transactions: SQLite has no queue for its lock.
const PAUSE: Duration = Duration::from_millis(10);

impl Store {
    /// Deletes the rows that `obsolete` selects, at most `limit`, in transactions of 1,000 rows, so that other writers
    /// wait only briefly. `key` is the primary key. Returns the number of deleted rows.
    pub(super) async fn delete_in_batches<E: EntityTrait>(
        &self,
        key: E::Column,
        obsolete: Select<E>,
        limit: u64,
    ) -> Result<u64, StoreError> {
        let mut deleted = 0;
        loop {
            let batch = BATCH.min(limit - deleted);
            let keys = obsolete.clone().select_only().column(key).limit(batch).into_query();
            let rows = E::delete_many().filter(key.in_subquery(keys)).exec(&self.db).await?.rows_affected;
            deleted += rows;
            if rows < batch || deleted >= limit {
                return Ok(deleted);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}
