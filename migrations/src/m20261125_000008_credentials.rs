//! Credentials get ids of their own, so that a user can have several of one kind, and accounts a version of
//! their credentials, so that no session is opened with a replaced one.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let version = big_integer(Users::CredentialsVersion).default(0).to_owned();
        manager.alter_table(Table::alter().table(Users::Table).add_column(version).to_owned()).await?;
        let table: &[&str] = match manager.get_database_backend() {
            DbBackend::Sqlite => &ON_SQLITE,
            _ => &ON_POSTGRES,
        };
        for statement in table.iter().chain(&INDEXES) {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

const ON_POSTGRES: [&str; 3] = [
    "ALTER TABLE credentials ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid()",
    "ALTER TABLE credentials DROP CONSTRAINT credentials_pkey",
    "ALTER TABLE credentials ADD PRIMARY KEY (id)",
];

/// SQLite cannot change a primary key, so the table is copied.
const ON_SQLITE: [&str; 4] = [
    "CREATE TABLE credentials_with_id (
        id uuid_text NOT NULL PRIMARY KEY DEFAULT (randomblob(16)),
        user_id text NOT NULL,
        kind text NOT NULL,
        secret text NOT NULL,
        created_at bigint NOT NULL,
        updated_at bigint NOT NULL,
        FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
    )",
    "INSERT INTO credentials_with_id (user_id, kind, secret, created_at, updated_at) \
     SELECT user_id, kind, secret, created_at, updated_at FROM credentials",
    "DROP TABLE credentials",
    "ALTER TABLE credentials_with_id RENAME TO credentials",
];

const INDEXES: [&str; 2] = [
    "CREATE INDEX credentials_user_id_idx ON credentials (user_id)",
    "CREATE UNIQUE INDEX credentials_password_idx ON credentials (user_id) WHERE kind = 'password'",
];

#[derive(DeriveIden)]
enum Users {
    Table,
    CredentialsVersion,
}
