//! Passkeys, and the random handles by which they name their users.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(Passkeys::Table)
                    .col(uuid(Passkeys::Id).primary_key())
                    .col(text(Passkeys::UserId))
                    .col(blob(Passkeys::CredentialId))
                    .col(blob(Passkeys::PublicKey))
                    .col(big_integer(Passkeys::Counter))
                    .col(boolean(Passkeys::BackupEligible))
                    .col(boolean(Passkeys::BackedUp))
                    .col(text(Passkeys::Transports))
                    .col(uuid(Passkeys::Aaguid))
                    .col(text(Passkeys::Name))
                    .col(boolean(Passkeys::HandleKnown))
                    .col(big_integer(Passkeys::CreatedAt))
                    .col(big_integer_null(Passkeys::LastUsedAt))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table(PasskeyHandles::Table)
                    .col(text(PasskeyHandles::UserId).primary_key())
                    .col(uuid(PasskeyHandles::Handle))
                    .to_owned(),
            )
            .await?;
        for statement in INDEXES {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(PasskeyHandles::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Passkeys::Table).to_owned()).await
    }
}

const INDEXES: [&str; 3] = [
    "CREATE UNIQUE INDEX passkeys_credential_id_idx ON passkeys (credential_id)",
    "CREATE INDEX passkeys_user_id_idx ON passkeys (user_id)",
    "CREATE UNIQUE INDEX passkey_handles_handle_idx ON passkey_handles (handle)",
];

#[derive(DeriveIden)]
enum Passkeys {
    Table,
    Id,
    UserId,
    CredentialId,
    PublicKey,
    Counter,
    BackupEligible,
    BackedUp,
    Transports,
    Aaguid,
    Name,
    HandleKnown,
    CreatedAt,
    LastUsedAt,
}

#[derive(DeriveIden)]
enum PasskeyHandles {
    Table,
    UserId,
    Handle,
}
