//! When recovery codes were made.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = big_integer_null(RecoveryCodes::CreatedAt);
        manager.alter_table(Table::alter().table(RecoveryCodes::Table).add_column(column).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = RecoveryCodes::CreatedAt;
        manager.alter_table(Table::alter().table(RecoveryCodes::Table).drop_column(column).to_owned()).await
    }
}

#[derive(DeriveIden)]
enum RecoveryCodes {
    Table,
    CreatedAt,
}
