//! Rows in memory, so that the requests of an active user do not each read the database.
//!
//! - A change by this process removes the row after its commit, also one that is being read meanwhile.
//! - A change by another process is visible after [`Store::expire_cached_rows`], which is called every second.

use std::{
    fmt,
    hash::Hash,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use quick_cache::sync::{Cache, GuardResult};

use super::{Store, sessions::StoredSession};
use crate::domain::{SessionId, UserId, user::User};

/// The most rows of each kind: together about 10 MB.
const CAPACITY: usize = 10_000;

/// The cached rows of the database. Only accounts that exist and are enabled are among them, and sessions in any state.
#[derive(Debug)]
pub(super) struct CachedRows {
    pub users: Rows<UserId, User>,
    pub sessions: Rows<SessionId, StoredSession>,
}

/// The cached rows of one kind.
pub(super) struct Rows<K, V> {
    rows: Cache<K, Row<V>>,
    /// Only rows of the present period are used.
    period: AtomicU64,
}

struct Row<V> {
    period: u64,
    value: Arc<V>,
}

impl CachedRows {
    pub fn new() -> Self {
        Self { users: Rows::new(), sessions: Rows::new() }
    }

    /// Removes sessions that have changed.
    pub fn forget_sessions(&self, ids: &[SessionId]) {
        for id in ids {
            self.sessions.forget(id);
        }
    }
}

impl Store {
    /// Lets every later read see the changes that other processes have made until now.
    pub fn expire_cached_rows(&self) {
        self.cached.users.expire();
        self.cached.sessions.expire();
    }
}

impl<K: Copy + Eq + Hash, V> Rows<K, V> {
    fn new() -> Self {
        Self { rows: Cache::new(CAPACITY), period: AtomicU64::new(0) }
    }

    /// The row, if it was read in this period.
    pub fn get(&self, key: &K) -> Option<Arc<V>> {
        let row = self.rows.get(key)?;
        (row.period == self.period()).then_some(row.value)
    }

    /// Reads the row from the database, and keeps it unless it changes meanwhile.
    pub async fn load<E>(
        &self,
        key: &K,
        read: impl Future<Output = Result<Option<V>, E>>,
    ) -> Result<Option<Arc<V>>, E> {
        // Before the read: the row may be older than the end of its period.
        let period = self.period();
        self.rows.remove_if(key, |row| row.period != period);
        // Requests do not wait for each other's reads: each has a time limit of its own.
        let place = match self.rows.get_value_or_guard(key, Some(Duration::ZERO)) {
            GuardResult::Guard(place) => Some(place),
            GuardResult::Value(_) | GuardResult::Timeout => None,
        };
        let value = read.await?.map(Arc::new);
        if let (Some(place), Some(value)) = (place, &value) {
            // Refused if the row was forgotten since.
            let _ = place.insert(Row { period, value: Arc::clone(value) });
        }
        Ok(value)
    }

    /// Removes a row that has changed. A read that began before does not put it back.
    pub fn forget(&self, key: &K) {
        self.rows.remove(key);
    }

    /// Ends the period. Removes the rows, because a full cache would rather keep old rows than new ones.
    fn expire(&self) {
        self.period.fetch_add(1, Ordering::AcqRel);
        self.rows.clear();
    }

    fn period(&self) -> u64 {
        self.period.load(Ordering::Acquire)
    }
}

impl<K, V> fmt::Debug for Rows<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows").finish_non_exhaustive()
    }
}

impl<V> Clone for Row<V> {
    fn clone(&self) -> Self {
        Self { period: self.period, value: Arc::clone(&self.value) }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    async fn load(rows: &Rows<u8, &'static str>, value: &'static str) {
        rows.load(&1, async { Ok::<_, Infallible>(Some(value)) }).await.unwrap();
    }

    fn cached(rows: &Rows<u8, &'static str>) -> Option<&'static str> {
        rows.get(&1).map(|value| *value)
    }

    #[tokio::test]
    async fn row_is_kept_until_its_period_ends() {
        let rows = Rows::new();
        load(&rows, "old").await;
        assert_eq!(cached(&rows), Some("old"));
        rows.expire();
        assert_eq!(cached(&rows), None);
        load(&rows, "new").await;
        assert_eq!(cached(&rows), Some("new"));
    }

    #[tokio::test]
    async fn row_forgotten_while_read_is_not_kept() {
        let rows = Rows::new();
        let read = async {
            rows.forget(&1);
            Ok::<_, Infallible>(Some("old"))
        };
        assert_eq!(rows.load(&1, read).await.unwrap().map(|value| *value), Some("old"));
        assert_eq!(cached(&rows), None);
    }

    #[tokio::test]
    async fn row_read_over_the_end_of_a_period_expires() {
        let rows = Rows::new();
        let read = async {
            rows.expire();
            Ok::<_, Infallible>(Some("old"))
        };
        rows.load(&1, read).await.unwrap();
        assert_eq!(cached(&rows), None);
    }

    #[tokio::test]
    async fn read_does_not_wait_for_another_one() {
        let rows = Rows::new();
        let outer = async {
            load(&rows, "inner").await;
            Ok::<_, Infallible>(Some("outer"))
        };
        assert_eq!(rows.load(&1, outer).await.unwrap().map(|value| *value), Some("outer"));
    }

    #[tokio::test]
    async fn row_that_does_not_exist_is_not_kept() {
        let rows: Rows<u8, &'static str> = Rows::new();
        rows.load(&1, async { Ok::<_, Infallible>(None) }).await.unwrap();
        assert_eq!(cached(&rows), None);
        load(&rows, "created").await;
        assert_eq!(cached(&rows), Some("created"));
    }
}
