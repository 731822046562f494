//! Events beyond their budget: counted in memory, and stored as one row per kind and window of time.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{
    domain::{Timestamp, UserId, event::EventKind},
    store::events::NewEvent,
};

/// How long events of one account are counted before they are stored as one row.
const ACCOUNT_WINDOW: Duration = Duration::from_hours(1);

/// The same for events without an account.
const WINDOW: Duration = Duration::from_mins(1);

/// The most counters: about 1 MB. Beyond, events are counted without their account.
const MAX_COUNTERS: usize = 10_000;

/// The events that were not stored one by one.
#[derive(Default)]
pub(super) struct Surplus(Mutex<HashMap<Key, Counter>>);

type Key = (EventKind, Option<UserId>);

struct Counter {
    since: Timestamp,
    count: u64,
}

impl Surplus {
    /// Counts an event.
    pub fn count(&self, kind: EventKind, user: Option<UserId>, now: Timestamp) {
        let mut counters = self.counters();
        let is_full = counters.len() >= MAX_COUNTERS && !counters.contains_key(&(kind, user));
        let user = user.filter(|_| !is_full);
        counters.entry((kind, user)).or_insert(Counter { since: now, count: 0 }).count += 1;
    }

    /// Takes the rows of the windows that have ended.
    pub fn ended(&self, now: Timestamp) -> Vec<NewEvent> {
        self.take(now, |(_, user), counter| {
            let window = if user.is_some() { ACCOUNT_WINDOW } else { WINDOW };
            // A clock that was set back must not prolong the window.
            now.since(counter.since) >= window || now < counter.since
        })
    }

    /// Takes the rows of all windows.
    pub fn all(&self, now: Timestamp) -> Vec<NewEvent> {
        self.take(now, |_, _| true)
    }

    fn take(&self, now: Timestamp, is_due: impl Fn(&Key, &Counter) -> bool) -> Vec<NewEvent> {
        let mut counters = self.counters();
        let due = counters.extract_if(|key, counter| is_due(key, counter));
        due.map(|((kind, user), counter)| row(kind, user, counter.count, now)).collect()
    }

    fn counters(&self) -> MutexGuard<'_, HashMap<Key, Counter>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn row(kind: EventKind, user_id: Option<UserId>, count: u64, at: Timestamp) -> NewEvent {
    NewEvent {
        at,
        kind,
        user_id,
        session_id: None,
        address: None,
        user_agent: None,
        detail: None,
        request_id: None,
        count: Some(count),
    }
}
