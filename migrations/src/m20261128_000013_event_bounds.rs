//! Marks routine events, so that an index leads past them, and adds a number for rows that stand for several events.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column per statement.
        for column in [boolean(Events::Routine).default(false).to_owned(), big_integer_null(Events::Count)] {
            manager.alter_table(Table::alter().table(Events::Table).add_column(column).to_owned()).await?;
        }
        for statement in STATEMENTS {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

/// The first index is for the activity page and for the retention per user, the second for the retention by size.
const STATEMENTS: [&str; 3] = [
    "UPDATE events SET routine = true WHERE kind IN ('session_created', 'session_renewed')",
    "CREATE INDEX events_user_id_routine_id_idx ON events (user_id, routine, id)",
    "CREATE INDEX events_routine_idx ON events (id) WHERE routine",
];

#[derive(DeriveIden)]
enum Events {
    Table,
    Routine,
    Count,
}
