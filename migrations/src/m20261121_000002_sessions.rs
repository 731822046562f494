//! Sessions. Session tokens are stored as digests only.

use sea_orm_migration::{prelude::*, schema::*};

use crate::m20261121_000001_accounts::Users;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(Sessions::Table)
                    .col(uuid(Sessions::Id).primary_key())
                    .col(uuid(Sessions::UserId))
                    .col(blob(Sessions::FamilyKey))
                    .col(blob(Sessions::SecretHash))
                    .col(blob_null(Sessions::PreviousSecretHash))
                    .col(big_integer_null(Sessions::SecretUsedAt))
                    .col(big_integer(Sessions::Generation))
                    .col(boolean(Sessions::Persistent))
                    .col(big_integer(Sessions::CreatedAt))
                    .col(big_integer(Sessions::LastSeenAt))
                    .col(big_integer(Sessions::IdleExpiresAt))
                    .col(big_integer(Sessions::AbsoluteExpiresAt))
                    .col(big_integer_null(Sessions::EndedAt))
                    .col(text_null(Sessions::EndReason))
                    .col(text_null(Sessions::Address))
                    .col(text_null(Sessions::UserAgent))
                    .foreign_key(
                        ForeignKey::create()
                            .from(Sessions::Table, Sessions::UserId)
                            .to(Users::Table, Users::Id)
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await?;
        for (name, column) in [("sessions_user_id_idx", Sessions::UserId), ("sessions_ended_at_idx", Sessions::EndedAt)]
        {
            manager.create_index(Index::create().name(name).table(Sessions::Table).col(column).to_owned()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Sessions::Table).to_owned()).await
    }
}

#[derive(DeriveIden)]
enum Sessions {
    Table,
    Id,
    UserId,
    FamilyKey,
    SecretHash,
    PreviousSecretHash,
    SecretUsedAt,
    Generation,
    Persistent,
    CreatedAt,
    LastSeenAt,
    IdleExpiresAt,
    AbsoluteExpiresAt,
    EndedAt,
    EndReason,
    Address,
    UserAgent,
}
