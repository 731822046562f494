//! Group commit for SQLite: changes that arrive while another one is written share the next transaction.
//!
//! A commit waits for the disk, so a transaction for each change would limit all changes of the service to one per write
//! of the disk. A change is still durable before its caller continues.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sea_orm::{ConnectionTrait, DbErr, ExecResult, SqlErr, Statement};
use tokio::sync::{OwnedMutexGuard, oneshot};

use super::{database::Writer, transaction::Transaction};

/// The most changes of one transaction. Bounds the time that others wait for the writer.
const MAX_CHANGES: usize = 256;

/// The changes that wait for the next transaction.
#[derive(Debug, Default)]
pub(super) struct Group {
    waiting: Mutex<Vec<Change>>,
    /// Held while a transaction is written.
    turn: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Debug)]
struct Change {
    statement: Statement,
    done: Caller,
}

type Caller = oneshot::Sender<Result<ExecResult, DbErr>>;

impl Group {
    /// Executes a statement that changes data, and waits until the change is stored.
    pub async fn execute(self: &Arc<Self>, writer: &Writer, statement: Statement) -> Result<ExecResult, DbErr> {
        let (done, mut result) = oneshot::channel();
        self.waiting().push(Change { statement, done });
        loop {
            tokio::select! {
                biased;
                result = &mut result => return result.unwrap_or_else(|_| Err(lost())),
                turn = Arc::clone(&self.turn).lock_owned() => self.write_waiting(writer, turn),
            }
        }
    }

    /// Writes the waiting changes in a task of its own: it continues if the caller is cancelled.
    fn write_waiting(self: &Arc<Self>, writer: &Writer, turn: OwnedMutexGuard<()>) {
        let (group, writer) = (Arc::clone(self), writer.clone());
        tokio::spawn(async move {
            let begun = writer.begin().await;
            // Taken now: more changes may have arrived while the transaction waited for the lock.
            let (statements, callers) = group.take();
            match write(begun, statements).await {
                Ok(results) => callers.into_iter().zip(results).for_each(|(caller, result)| answer(caller, result)),
                Err(error) => callers.into_iter().for_each(|caller| answer(caller, Err(error.clone()))),
            }
            drop(turn);
        });
    }

    fn take(&self) -> (Vec<Statement>, Vec<Caller>) {
        let mut waiting = self.waiting();
        let number = waiting.len().min(MAX_CHANGES);
        waiting.drain(..number).map(|change| (change.statement, change.done)).unzip()
    }

    // No code panics while it has the lock.
    fn waiting(&self) -> MutexGuard<'_, Vec<Change>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A statement that violates a constraint changes nothing, and the others continue. Any other failure undoes all of
/// them: SQLite may have ended the transaction.
async fn write(
    begun: Result<Transaction, DbErr>,
    statements: Vec<Statement>,
) -> Result<Vec<Result<ExecResult, DbErr>>, DbErr> {
    let transaction = begun?;
    let mut results = Vec::with_capacity(statements.len());
    for statement in statements {
        match transaction.execute_raw(statement).await {
            Err(error) if !violates_constraint(&error) => return Err(error),
            result => results.push(result),
        }
    }
    transaction.commit().await?;
    Ok(results)
}

fn violates_constraint(error: &DbErr) -> bool {
    use SqlErr::{ForeignKeyConstraintViolation, UniqueConstraintViolation};
    matches!(error.sql_err(), Some(UniqueConstraintViolation(_) | ForeignKeyConstraintViolation(_)))
}

fn answer(caller: Caller, result: Result<ExecResult, DbErr>) {
    // The caller may have been cancelled.
    let _ = caller.send(result);
}

/// The task that wrote the change has panicked: a bug.
fn lost() -> DbErr {
    DbErr::Custom("the result of a change was lost".to_owned())
}

#[cfg(test)]
mod tests {
    use futures::future::join_all;
    use sea_orm::{DbBackend, EntityTrait, PaginatorTrait};

    use crate::store::{Store, entity::attempt::Entity};

    use super::*;

    async fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::connect(&format!("sqlite:{}", folder.path().join("x.db").display()), 2).await.unwrap();
        store.migrate().await.unwrap();
        (folder, store)
    }

    fn insert(key: usize) -> Statement {
        let sql = "INSERT INTO attempts (key, failures, last_attempt_at, next_allowed_at) VALUES (?, 0, 0, 0)";
        Statement::from_sql_and_values(DbBackend::Sqlite, sql, [format!("key {key}").into()])
    }

    async fn stored(store: &Store) -> u64 {
        Entity::find().count(&store.db.read).await.unwrap()
    }

    #[tokio::test]
    async fn every_change_has_its_own_result() {
        let (_folder, store) = store().await;
        // More than one transaction, and two changes of each key.
        let changes = (0..1_000).map(|number| store.db.write.execute_raw(insert(number % 500)));
        let results = join_all(changes).await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 500);
        assert!(results[..500].iter().all(Result::is_ok) && results[500..].iter().all(Result::is_err));
        assert_eq!(stored(&store).await, 500);
    }

    #[tokio::test]
    async fn failed_statement_undoes_its_group() {
        let (_folder, store) = store().await;
        let broken = Statement::from_string(DbBackend::Sqlite, "INSERT INTO nothing VALUES (1)");
        let changes = [insert(1), broken, insert(2)].map(|change| store.db.write.execute_raw(change));
        assert!(join_all(changes).await.iter().all(Result::is_err));
        assert_eq!(stored(&store).await, 0);
        store.db.write.execute_raw(insert(1)).await.unwrap();
        assert_eq!(stored(&store).await, 1);
    }

    #[tokio::test]
    async fn cancelled_caller_stops_no_other_one() {
        let (_folder, store) = store().await;
        let first = tokio::time::timeout(std::time::Duration::ZERO, store.db.write.execute_raw(insert(1)));
        let (_, second) = tokio::join!(first, store.db.write.execute_raw(insert(2)));
        second.unwrap();
        assert_eq!(stored(&store).await, 2);
    }
}
