//! The way of events to the database: a bounded queue and one task that writes it in batches.
//!
//! No request waits for the write of an event: the time of an answer must not depend on the events that its request
//! causes.

use std::{
    slice,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{Notify, mpsc, watch},
    time::{MissedTickBehavior, interval, sleep, timeout},
};

use crate::store::{Store, StoreError, events::NewEvent};

/// The most events in memory: 4 MB at most, usually 1 MB. Further ones are only logged.
const CAPACITY: usize = 4_096;

/// Rows per transaction.
const BATCH: usize = 256;

/// How long the first event of a batch waits for others.
const GATHER: Duration = Duration::from_millis(100);

/// The pause before a failed write is repeated. It doubles up to [`MAX_RETRY`].
const FIRST_RETRY: Duration = Duration::from_millis(200);
const MAX_RETRY: Duration = Duration::from_secs(10);

/// The interval of the work that depends on time alone.
const TICK: Duration = Duration::from_mins(1);

/// Accepts events.
pub(super) struct Queue {
    events: mpsc::Sender<NewEvent>,
    /// The number of accepted events. Locked while one is sent, so that it is the position of the last one.
    accepted: Mutex<u64>,
    state: Arc<State>,
    written: watch::Receiver<u64>,
}

#[derive(Default)]
struct State {
    /// Ends a pause of the writer.
    hurry: Notify,
    /// Events that found the queue full, since the last report.
    dropped: AtomicU64,
}

/// Writes the events of a [`Queue`].
pub(super) struct Writer {
    events: mpsc::Receiver<NewEvent>,
    state: Arc<State>,
    store: Store,
    /// The number of events that were written, or given up.
    written: watch::Sender<u64>,
}

/// A queue and its writer.
pub(super) fn queue(store: Store) -> (Queue, Writer) {
    let (sender, receiver) = mpsc::channel(CAPACITY);
    let (written, progress) = watch::channel(0);
    let state = Arc::<State>::default();
    let queue = Queue { events: sender, accepted: Mutex::new(0), state: Arc::clone(&state), written: progress };
    (queue, Writer { events: receiver, state, store, written })
}

impl Queue {
    /// Accepts an event, or drops it if the queue is full. Never waits.
    pub fn push(&self, event: NewEvent) {
        let mut accepted = self.accepted.lock().unwrap_or_else(PoisonError::into_inner);
        if self.events.try_send(event).is_ok() {
            *accepted += 1;
        } else if self.state.dropped.fetch_add(1, Ordering::Relaxed) == 0 {
            tracing::error!(waiting = CAPACITY, "too many security events wait for the database; new ones are dropped");
        }
    }

    /// Waits until the events that have been accepted are written, at most for `limit`. Returns the number of those
    /// that are not.
    pub async fn flush(&self, limit: Duration) -> u64 {
        let accepted = *self.accepted.lock().unwrap_or_else(PoisonError::into_inner);
        let mut written = self.written.clone();
        if *written.borrow() < accepted {
            self.state.hurry.notify_one();
            // Too late, or without a writer: the number tells.
            let _ = timeout(limit, written.wait_for(|written| *written >= accepted)).await;
        }
        accepted.saturating_sub(*written.borrow())
    }
}

impl Writer {
    /// Writes events until the queue is dropped. `on_tick` is called every minute and returns further events.
    pub async fn run(mut self, on_tick: impl Fn() -> Vec<NewEvent> + Send) {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                event = self.events.recv() => {
                    let Some(event) = event else { return };
                    let batch = self.gather(event).await;
                    self.write(&batch).await;
                    self.written.send_modify(|written| *written += batch.len() as u64);
                }
                _ = ticks.tick() => {
                    for events in on_tick().chunks(BATCH) {
                        self.write(events).await;
                    }
                }
            }
            let dropped = self.state.dropped.swap(0, Ordering::Relaxed);
            if dropped > 0 {
                tracing::error!(dropped, "security events were not stored; this log has them");
            }
        }
    }

    async fn gather(&mut self, first: NewEvent) -> Vec<NewEvent> {
        if self.events.len() + 1 < BATCH {
            self.pause(GATHER).await;
        }
        let mut batch = vec![first];
        while batch.len() < BATCH {
            let Ok(event) = self.events.try_recv() else { break };
            batch.push(event);
        }
        batch
    }

    /// Stores events. If the database refuses the batch, each is stored alone, so that one event cannot hold back the
    /// others.
    async fn write(&self, events: &[NewEvent]) {
        let Err(error) = self.store_patiently(events).await else { return };
        if error.unavailable().is_some() {
            tracing::error!(%error, lost = events.len(), "security events were not stored; this log has them");
            return;
        }
        for event in events {
            if let Err(error) = self.store_patiently(slice::from_ref(event)).await {
                tracing::error!(%error, event = event.kind.as_str(), "a security event was not stored");
            }
        }
    }

    /// Repeats the write while the database is unavailable, until the queue is dropped.
    async fn store_patiently(&self, events: &[NewEvent]) -> Result<(), StoreError> {
        let mut pause = FIRST_RETRY;
        loop {
            match self.store.append_events(events).await {
                Err(error) if error.unavailable().is_some() && !self.events.is_closed() => {
                    let waiting = events.len() + self.events.len();
                    tracing::error!(%error, waiting, "security events wait for the database");
                }
                result => return result,
            }
            self.pause(pause).await;
            pause = MAX_RETRY.min(2 * pause);
        }
    }

    /// Ends early if a reader waits.
    async fn pause(&self, duration: Duration) {
        tokio::select! {
            () = sleep(duration) => {}
            () = self.state.hurry.notified() => {}
        }
    }
}
