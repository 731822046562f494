//! Digests of imported session tokens, each with the id of its session.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(ImportedSessions::Table)
                    .col(uuid(ImportedSessions::SessionId).primary_key())
                    .col(blob(ImportedSessions::CookieHash))
                    .col(blob(ImportedSessions::TokenHash))
                    .foreign_key(
                        ForeignKey::create()
                            .from(ImportedSessions::Table, ImportedSessions::SessionId)
                            .to(Sessions::Table, Sessions::Id)
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await?;
        for (name, column) in [
            ("imported_sessions_cookie_hash_idx", ImportedSessions::CookieHash),
            ("imported_sessions_token_hash_idx", ImportedSessions::TokenHash),
        ] {
            let index = Index::create().name(name).table(ImportedSessions::Table).col(column).unique().to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(ImportedSessions::Table).to_owned()).await
    }
}

#[derive(DeriveIden)]
enum ImportedSessions {
    Table,
    SessionId,
    CookieHash,
    TokenHash,
}

#[derive(DeriveIden)]
enum Sessions {
    Table,
    Id,
}
