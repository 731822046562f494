//! When a replaced session token was last used while its successor was not.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = big_integer_null(Sessions::StaleTokenAt);
        manager.alter_table(Table::alter().table(Sessions::Table).add_column(column).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = Sessions::StaleTokenAt;
        manager.alter_table(Table::alter().table(Sessions::Table).drop_column(column).to_owned()).await
    }
}

#[derive(DeriveIden)]
enum Sessions {
    Table,
    StaleTokenAt,
}
