//! Users and their credentials.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(Users::Table)
                    .col(uuid(Users::Id).primary_key())
                    .col(text(Users::Email))
                    .col(text_uniq(Users::EmailKey))
                    .col(boolean(Users::EmailVerified))
                    .col(text(Users::Name))
                    .col(text_null(Users::Image))
                    .col(big_integer(Users::CreatedAt))
                    .col(big_integer(Users::UpdatedAt))
                    .col(big_integer_null(Users::LastSignInAt))
                    .col(big_integer_null(Users::DisabledAt))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table(Credentials::Table)
                    .col(uuid(Credentials::UserId))
                    .col(text(Credentials::Kind))
                    .col(text(Credentials::Secret))
                    .col(big_integer(Credentials::CreatedAt))
                    .col(big_integer(Credentials::UpdatedAt))
                    .primary_key(Index::create().col(Credentials::UserId).col(Credentials::Kind))
                    .foreign_key(
                        ForeignKey::create()
                            .from(Credentials::Table, Credentials::UserId)
                            .to(Users::Table, Users::Id)
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Credentials::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Users::Table).to_owned()).await
    }
}

#[derive(DeriveIden)]
pub(crate) enum Users {
    Table,
    Id,
    Email,
    EmailKey,
    EmailVerified,
    Name,
    Image,
    CreatedAt,
    UpdatedAt,
    LastSignInAt,
    DisabledAt,
}

#[derive(DeriveIden)]
enum Credentials {
    Table,
    UserId,
    Kind,
    Secret,
    CreatedAt,
    UpdatedAt,
}
