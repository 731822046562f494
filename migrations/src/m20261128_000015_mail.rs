//! Messages that wait to be sent, and the one-time secrets of links in messages.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(Outbox::Table)
                    .col(uuid(Outbox::Id).primary_key())
                    .col(text(Outbox::Kind))
                    .col(text(Outbox::Account))
                    .col(blob_null(Outbox::Sealed))
                    .col(integer(Outbox::State).default(0))
                    .col(integer(Outbox::Attempts).default(0))
                    .col(big_integer(Outbox::NextAttemptAt))
                    .col(big_integer(Outbox::CreatedAt))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table(OneTimeSecrets::Table)
                    .col(uuid(OneTimeSecrets::Id).primary_key())
                    .col(text(OneTimeSecrets::Purpose))
                    .col(text(OneTimeSecrets::UserId))
                    .col(blob(OneTimeSecrets::Digest))
                    .col(text(OneTimeSecrets::Payload))
                    .col(big_integer(OneTimeSecrets::RequestedAt))
                    .col(big_integer(OneTimeSecrets::ExpiresAt))
                    .col(big_integer_null(OneTimeSecrets::UsedAt))
                    .to_owned(),
            )
            .await?;
        for statement in INDEXES {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(OneTimeSecrets::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Outbox::Table).to_owned()).await
    }
}

/// A user has one secret per purpose: a new one replaces the older one.
const INDEXES: [&str; 6] = [
    "CREATE INDEX outbox_due_idx ON outbox (next_attempt_at, id) WHERE state = 0",
    "CREATE INDEX outbox_account_idx ON outbox (account, created_at)",
    "CREATE INDEX outbox_created_at_idx ON outbox (created_at)",
    "CREATE UNIQUE INDEX one_time_secrets_user_id_purpose_idx ON one_time_secrets (user_id, purpose)",
    "CREATE UNIQUE INDEX one_time_secrets_digest_idx ON one_time_secrets (digest)",
    "CREATE INDEX one_time_secrets_expires_at_idx ON one_time_secrets (expires_at)",
];

#[derive(DeriveIden)]
enum Outbox {
    Table,
    Id,
    Kind,
    Account,
    Sealed,
    State,
    Attempts,
    NextAttemptAt,
    CreatedAt,
}

#[derive(DeriveIden)]
enum OneTimeSecrets {
    Table,
    Id,
    Purpose,
    UserId,
    Digest,
    Payload,
    RequestedAt,
    ExpiresAt,
    UsedAt,
}
