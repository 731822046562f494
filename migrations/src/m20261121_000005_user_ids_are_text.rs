//! Changes user ids to text, because imported users keep their ids.
//!
//! Removes the cascade from users to sessions: replicas must learn that the sessions of a deleted user
//! have ended until the last access token expires.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statements = match manager.get_database_backend() {
            DbBackend::Sqlite => on_sqlite(),
            _ => on_postgres(),
        };
        for statement in statements {
            manager.get_connection().execute_unprepared(&statement).await?;
        }
        Ok(())
    }
}

fn on_postgres() -> Vec<String> {
    [
        "ALTER TABLE sessions DROP CONSTRAINT sessions_user_id_fkey",
        "ALTER TABLE credentials DROP CONSTRAINT credentials_user_id_fkey",
        "ALTER TABLE users ALTER COLUMN id TYPE text USING id::text",
        "ALTER TABLE credentials ALTER COLUMN user_id TYPE text USING user_id::text",
        "ALTER TABLE sessions ALTER COLUMN user_id TYPE text USING user_id::text",
        "ALTER TABLE events ALTER COLUMN user_id TYPE text USING user_id::text",
        "ALTER TABLE credentials ADD CONSTRAINT credentials_user_id_fkey \
         FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE",
    ]
    .map(str::to_owned)
    .into()
}

/// SQLite does not enforce column types, so only the foreign key is removed.
fn on_sqlite() -> Vec<String> {
    let mut statements = vec!["PRAGMA defer_foreign_keys = ON".to_owned()];
    for (table, column) in [("users", "id"), ("credentials", "user_id"), ("sessions", "user_id"), ("events", "user_id")]
    {
        let text = hyphenated(column);
        statements.push(format!("UPDATE {table} SET {column} = {text} WHERE typeof({column}) = 'blob'"));
    }
    statements.extend(
        [
            "CREATE TABLE sessions_without_key (
                id uuid_text NOT NULL PRIMARY KEY,
                user_id text NOT NULL,
                family_key blob NOT NULL,
                secret_hash blob NOT NULL,
                previous_secret_hash blob,
                secret_used_at bigint,
                generation bigint NOT NULL,
                persistent boolean NOT NULL,
                created_at bigint NOT NULL,
                last_seen_at bigint NOT NULL,
                idle_expires_at bigint NOT NULL,
                absolute_expires_at bigint NOT NULL,
                ended_at bigint,
                end_reason text,
                address text,
                user_agent text
            )",
            "INSERT INTO sessions_without_key SELECT id, user_id, family_key, secret_hash, previous_secret_hash, \
             secret_used_at, generation, persistent, created_at, last_seen_at, idle_expires_at, \
             absolute_expires_at, ended_at, end_reason, address, user_agent FROM sessions",
            "DROP TABLE sessions",
            "ALTER TABLE sessions_without_key RENAME TO sessions",
            "CREATE INDEX sessions_user_id_idx ON sessions (user_id)",
            "CREATE INDEX sessions_ended_at_idx ON sessions (ended_at)",
        ]
        .map(str::to_owned),
    );
    statements
}

/// Formats a 16-byte blob as a canonical UUID in SQL.
fn hyphenated(column: &str) -> String {
    let part = |start: u8, length: u8| format!("substr(lower(hex({column})), {start}, {length})");
    [part(1, 8), part(9, 4), part(13, 4), part(17, 4), part(21, 12)].join(" || '-' || ")
}
