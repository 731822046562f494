//! Group commit for SQLite: changes that arrive while another one is written share the next transaction.
//!
//! A commit waits for the disk, so a transaction for each change would limit all changes of the service to one per write
//! of the disk. A change is still durable before its caller continues.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sea_orm::{ConnectionTrait, DbErr, ExecResult, SqlErr, Statement};
use tokio::sync::oneshot;

use super::{database::Writer, transaction::Transaction};

/// The most changes of one transaction. Bounds the time that others wait for the writer.
const MAX_CHANGES: usize = 256;

/// The changes that wait for the next transaction.
#[derive(Debug, Default)]
pub(super) struct Group(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    waiting: Vec<Change>,
    /// Whether a task writes the waiting changes. It ends when none is left.
    writing: bool,
}

#[derive(Debug)]
struct Change {
    statement: Statement,
    done: Caller,
}

type Caller = oneshot::Sender<Result<ExecResult, DbErr>>;

impl Group {
    /// Executes a statement that changes data, and waits until the change is stored. A task writes it: it is stored at
    /// once also if the caller is cancelled.
    pub async fn execute(self: &Arc<Self>, writer: &Writer, statement: Statement) -> Result<ExecResult, DbErr> {
        let (done, result) = oneshot::channel();
        if self.add(Change { statement, done }) {
            tokio::spawn(Writing(Arc::clone(self)).run(writer.clone()));
        }
        result.await.unwrap_or_else(|_| Err(lost()))
    }

    /// Whether the caller must start the task that writes.
    fn add(&self, change: Change) -> bool {
        let mut state = self.state();
        state.waiting.push(change);
        !std::mem::replace(&mut state.writing, true)
    }

    fn take(&self) -> (Vec<Statement>, Vec<Caller>) {
        let waiting = &mut self.state().waiting;
        let number = waiting.len().min(MAX_CHANGES);
        waiting.drain(..number).map(|change| (change.statement, change.done)).unzip()
    }

    /// Whether no change is left. The task then ends: the next change starts another one.
    fn finish_if_empty(&self) -> bool {
        let mut state = self.state();
        state.writing = !state.waiting.is_empty();
        !state.writing
    }

    // No code panics while it has the lock.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The task that writes the changes of a group.
struct Writing(Arc<Group>);

impl Writing {
    async fn run(self, writer: Writer) {
        let Self(group) = &self;
        loop {
            let begun = writer.begin().await;
            // Taken now: more changes may have arrived while the transaction waited for the lock.
            let (statements, callers) = group.take();
            match write(begun, statements).await {
                Ok(results) => callers.into_iter().zip(results).for_each(|(caller, result)| answer(caller, result)),
                Err(error) => callers.into_iter().for_each(|caller| answer(caller, Err(error.clone()))),
            }
            if group.finish_if_empty() {
                return;
            }
        }
    }
}

/// After a panic the next change starts another task. Callers that waited for this one get an error.
impl Drop for Writing {
    fn drop(&mut self) {
        if std::thread::panicking() {
            *self.0.state() = State::default();
        }
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
    async fn change_of_a_cancelled_caller_is_stored() {
        let (_folder, store) = store().await;
        let busy = store.db.write.begin().await.unwrap();
        // More than one transaction takes.
        for number in 0..=MAX_CHANGES {
            let change = store.db.write.execute_raw(insert(number));
            tokio::time::timeout(std::time::Duration::ZERO, change).await.unwrap_err();
        }
        busy.commit().await.unwrap();
        let all = async { while stored(&store).await <= MAX_CHANGES as u64 {} };
        // Ends a test that would hang; the time is not measured.
        tokio::time::timeout(std::time::Duration::from_mins(1), all).await.unwrap();
    }
}
