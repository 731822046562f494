//! Counters of failed attempts. Keys are digests, so the table contains no personal data.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(Attempts::Table)
                    .col(text(Attempts::Key).primary_key())
                    .col(big_integer(Attempts::Failures))
                    .col(big_integer(Attempts::LastAttemptAt))
                    .col(big_integer(Attempts::NextAllowedAt))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("attempts_last_attempt_at_idx")
                    .table(Attempts::Table)
                    .col(Attempts::LastAttemptAt)
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Attempts::Table).to_owned()).await
    }
}

#[derive(DeriveIden)]
enum Attempts {
    Table,
    Key,
    Failures,
    LastAttemptAt,
    NextAllowedAt,
}
