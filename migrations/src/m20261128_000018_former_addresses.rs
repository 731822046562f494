//! The addresses that users have left, while the change can be undone.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(FormerAddresses::Table)
                    .col(big_integer(FormerAddresses::Id).auto_increment().primary_key())
                    .col(uuid(FormerAddresses::MailId))
                    .col(text(FormerAddresses::UserId))
                    .col(text(FormerAddresses::Email))
                    .col(text(FormerAddresses::EmailKey))
                    .col(blob_null(FormerAddresses::Digest))
                    .col(big_integer(FormerAddresses::ExpiresAt))
                    .col(big_integer_null(FormerAddresses::UsedAt))
                    .to_owned(),
            )
            .await?;
        for statement in INDEXES {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(FormerAddresses::Table).to_owned()).await
    }
}

/// A user can have left several addresses.
const INDEXES: [&str; 5] = [
    "CREATE UNIQUE INDEX former_addresses_mail_id_idx ON former_addresses (mail_id)",
    "CREATE UNIQUE INDEX former_addresses_digest_idx ON former_addresses (digest)",
    "CREATE INDEX former_addresses_user_id_idx ON former_addresses (user_id, id)",
    "CREATE INDEX former_addresses_email_key_idx ON former_addresses (email_key)",
    "CREATE INDEX former_addresses_expires_at_idx ON former_addresses (expires_at)",
];

#[derive(DeriveIden)]
enum FormerAddresses {
    Table,
    Id,
    MailId,
    UserId,
    Email,
    EmailKey,
    Digest,
    ExpiresAt,
    UsedAt,
}
