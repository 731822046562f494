//! One-time secrets for addresses without an account, and codes that are bound to a browser.
//!
//! A secret is replaced by the next one of the same owner: a user, or a tag of an address. The table is created again,
//! because SQLite cannot make a column nullable.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(OwnedSecrets::Table)
                    .col(uuid(OwnedSecrets::Id).primary_key())
                    .col(text(OwnedSecrets::Purpose))
                    .col(text(OwnedSecrets::Owner))
                    .col(text_null(OwnedSecrets::UserId))
                    .col(blob(OwnedSecrets::Digest))
                    .col(text(OwnedSecrets::Payload))
                    .col(blob_null(OwnedSecrets::Browser))
                    .col(blob_null(OwnedSecrets::Code))
                    .col(integer(OwnedSecrets::Attempts).default(0))
                    .col(big_integer(OwnedSecrets::RequestedAt))
                    .col(big_integer(OwnedSecrets::ExpiresAt))
                    .col(big_integer_null(OwnedSecrets::UsedAt))
                    .to_owned(),
            )
            .await?;
        for statement in STATEMENTS {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

const STATEMENTS: [&str; 7] = [
    "INSERT INTO owned_secrets (id, purpose, owner, user_id, digest, payload, requested_at, expires_at, used_at) \
     SELECT id, purpose, user_id, user_id, digest, payload, requested_at, expires_at, used_at FROM one_time_secrets",
    "DROP TABLE one_time_secrets",
    "ALTER TABLE owned_secrets RENAME TO one_time_secrets",
    "CREATE UNIQUE INDEX one_time_secrets_owner_purpose_idx ON one_time_secrets (owner, purpose)",
    "CREATE UNIQUE INDEX one_time_secrets_digest_idx ON one_time_secrets (digest)",
    "CREATE INDEX one_time_secrets_user_id_idx ON one_time_secrets (user_id)",
    "CREATE INDEX one_time_secrets_expires_at_idx ON one_time_secrets (expires_at)",
];

#[derive(DeriveIden)]
enum OwnedSecrets {
    Table,
    Id,
    Purpose,
    Owner,
    UserId,
    Digest,
    Payload,
    Browser,
    Code,
    Attempts,
    RequestedAt,
    ExpiresAt,
    UsedAt,
}
