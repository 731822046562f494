//! The append-only security log. It has no foreign keys, because it outlives deleted accounts.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(Events::Table)
                    .col(big_integer(Events::Id).auto_increment().primary_key())
                    .col(big_integer(Events::At))
                    .col(text(Events::Kind))
                    .col(uuid_null(Events::UserId))
                    .col(uuid_null(Events::SessionId))
                    .col(text_null(Events::Address))
                    .col(text_null(Events::UserAgent))
                    .col(text_null(Events::Detail))
                    .col(text_null(Events::RequestId))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("events_user_id_id_idx")
                    .table(Events::Table)
                    .col(Events::UserId)
                    .col(Events::Id)
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(Index::create().name("events_at_idx").table(Events::Table).col(Events::At).to_owned())
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Events::Table).to_owned()).await
    }
}

#[derive(DeriveIden)]
enum Events {
    Table,
    Id,
    At,
    Kind,
    UserId,
    SessionId,
    Address,
    UserAgent,
    Detail,
    RequestId,
}
