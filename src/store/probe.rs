//! Checks that the database accepts changes.

use sea_orm::{EntityTrait, Set, sea_query::OnConflict};

use super::{
    Store, StoreError,
    entity::attempt::{ActiveModel, Column, Entity},
};
use crate::domain::Timestamp;

/// The key of the row that the check writes. Keys of attempts have another form.
const KEY: &str = "readyz";

impl Store {
    /// Writes a row and commits it, and fails if that is not possible. A check that only reads, or that rolls its
    /// change back, does not notice a full disk.
    pub async fn check_writable(&self, now: Timestamp) -> Result<(), StoreError> {
        let row = ActiveModel {
            key: Set(KEY.to_owned()),
            failures: Set(0),
            last_attempt_at: Set(now.millis()),
            next_allowed_at: Set(now.millis()),
        };
        let update = OnConflict::column(Column::Key).update_column(Column::LastAttemptAt).to_owned();
        Entity::insert(row).on_conflict(update).exec_without_returning(&self.db.write).await?;
        Ok(())
    }
}
