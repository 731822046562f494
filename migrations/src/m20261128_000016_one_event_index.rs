//! Removes the index of a user's events that another one covers: every event writes to each index, and on a large table
//! to a different page of each.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // `events_user_id_routine_id_idx` finds the same rows.
        manager.get_connection().execute_unprepared("DROP INDEX events_user_id_id_idx").await?;
        Ok(())
    }
}
