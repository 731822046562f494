//! Second factors: authenticator apps, recovery codes, and devices that need no second factor.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(TotpFactors::Table)
                    .col(text(TotpFactors::UserId).primary_key())
                    .col(blob(TotpFactors::Secret))
                    .col(uuid(TotpFactors::SessionId))
                    .col(big_integer(TotpFactors::CreatedAt))
                    .col(big_integer_null(TotpFactors::ConfirmedAt))
                    .col(big_integer(TotpFactors::LastStep).default(0))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table(RecoveryCodes::Table)
                    .col(big_integer(RecoveryCodes::Id).auto_increment().primary_key())
                    .col(text(RecoveryCodes::UserId))
                    .col(text(RecoveryCodes::Hash))
                    .col(big_integer_null(RecoveryCodes::UsedAt))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table(TrustedDevices::Table)
                    .col(uuid(TrustedDevices::Id).primary_key())
                    .col(text(TrustedDevices::UserId))
                    .col(blob(TrustedDevices::Digest))
                    .col(big_integer(TrustedDevices::CredentialsVersion))
                    .col(text(TrustedDevices::Device))
                    .col(text_null(TrustedDevices::Network))
                    .col(big_integer(TrustedDevices::LastUsedAt))
                    .col(big_integer(TrustedDevices::ExpiresAt))
                    .to_owned(),
            )
            .await?;
        for statement in INDEXES {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(TrustedDevices::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(RecoveryCodes::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(TotpFactors::Table).to_owned()).await
    }
}

const INDEXES: [&str; 4] = [
    "CREATE INDEX recovery_codes_user_id_idx ON recovery_codes (user_id)",
    "CREATE UNIQUE INDEX trusted_devices_digest_idx ON trusted_devices (digest)",
    "CREATE INDEX trusted_devices_user_id_idx ON trusted_devices (user_id)",
    "CREATE INDEX trusted_devices_expires_at_idx ON trusted_devices (expires_at)",
];

#[derive(DeriveIden)]
enum TotpFactors {
    Table,
    UserId,
    Secret,
    SessionId,
    CreatedAt,
    ConfirmedAt,
    LastStep,
}

#[derive(DeriveIden)]
enum RecoveryCodes {
    Table,
    Id,
    UserId,
    Hash,
    UsedAt,
}

#[derive(DeriveIden)]
enum TrustedDevices {
    Table,
    Id,
    UserId,
    Digest,
    CredentialsVersion,
    Device,
    Network,
    LastUsedAt,
    ExpiresAt,
}
