//! User events for other systems, and their delivery as webhooks.
//!
//! Existing users get an event each, so that a copy of the users made from the events is complete.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(UserEvents::Table)
                    .col(big_integer(UserEvents::Id).auto_increment().primary_key())
                    .col(text(UserEvents::UserId))
                    .col(text(UserEvents::Kind))
                    .col(text(UserEvents::Data))
                    .col(big_integer(UserEvents::CreatedAt))
                    .col(integer(UserEvents::Delivery).default(0))
                    .col(integer(UserEvents::Attempts).default(0))
                    .col(big_integer(UserEvents::NextAttemptAt).default(0))
                    .to_owned(),
            )
            .await?;
        // One row: the greatest id that the retention has deleted.
        manager
            .create_table(
                Table::create()
                    .table(UserEventsPurged::Table)
                    .col(integer(UserEventsPurged::Id).primary_key())
                    .col(big_integer(UserEventsPurged::Through))
                    .to_owned(),
            )
            .await?;
        let existing = match manager.get_database_backend() {
            DbBackend::Sqlite => EXISTING_ON_SQLITE,
            _ => EXISTING_ON_POSTGRES,
        };
        for statement in INDEXES.iter().chain(&["INSERT INTO user_events_purged (id, through) VALUES (1, 0)", existing])
        {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(UserEventsPurged::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(UserEvents::Table).to_owned()).await
    }
}

/// The partial indexes are for deliveries: the oldest pending event of each user, and the time of the next
/// attempt.
const INDEXES: [&str; 4] = [
    "CREATE INDEX user_events_user_id_idx ON user_events (user_id, id)",
    "CREATE INDEX user_events_created_at_idx ON user_events (created_at)",
    "CREATE INDEX user_events_pending_idx ON user_events (user_id, id) WHERE delivery = 0",
    "CREATE INDEX user_events_due_idx ON user_events (next_attempt_at, id) WHERE delivery = 0",
];

const EXISTING_ON_SQLITE: &str = "
    INSERT INTO user_events (user_id, kind, data, created_at)
    SELECT id, 'user.created', json_object(
        'email', email, 'emailVerified', json(CASE WHEN email_verified THEN 'true' ELSE 'false' END), 'name', name,
        'image', image, 'disabled', json(CASE WHEN disabled_at IS NULL THEN 'false' ELSE 'true' END),
        'createdAt', created_at, 'updatedAt', updated_at
    ), created_at FROM users ORDER BY created_at, id";

const EXISTING_ON_POSTGRES: &str = "
    INSERT INTO user_events (user_id, kind, data, created_at)
    SELECT id, 'user.created', json_build_object(
        'email', email, 'emailVerified', email_verified, 'name', name, 'image', image,
        'disabled', disabled_at IS NOT NULL, 'createdAt', created_at, 'updatedAt', updated_at
    )::text, created_at FROM users ORDER BY created_at, id";

#[derive(DeriveIden)]
enum UserEvents {
    Table,
    Id,
    UserId,
    Kind,
    Data,
    CreatedAt,
    Delivery,
    Attempts,
    NextAttemptAt,
}

#[derive(DeriveIden)]
enum UserEventsPurged {
    Table,
    Id,
    Through,
}
