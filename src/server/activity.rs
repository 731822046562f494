//! What a connection is waiting for, and since when.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

/// What a connection is waiting for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub(super) enum Phase {
    /// For the head of a request: the first one, or one that has begun.
    Head = 0,
    /// For the next request.
    Idle = 1,
    /// For the answer of the service.
    Answer = 2,
}

/// The state of one connection. Times are milliseconds since `opened`.
#[derive(Debug)]
pub(super) struct Activity {
    opened: Instant,
    /// The phase in the lowest two bits, its start above them.
    phase: AtomicU64,
    /// When the client stopped to accept data, plus one. Zero: it accepts data.
    stalled: AtomicU64,
    close: Notify,
}

/// The phase of an answer, until it is dropped.
pub(super) struct Answering(Arc<Activity>);

impl Activity {
    pub(super) fn new() -> Self {
        Self {
            opened: Instant::now(),
            phase: AtomicU64::new(Phase::Head as u64),
            stalled: AtomicU64::new(0),
            close: Notify::new(),
        }
    }

    /// The phase, and how long it has lasted.
    pub(super) fn phase(&self) -> (Phase, Duration) {
        let stored = self.phase.load(Relaxed);
        let phase = match stored & 3 {
            0 => Phase::Head,
            1 => Phase::Idle,
            _ => Phase::Answer,
        };
        (phase, Duration::from_millis(self.now().saturating_sub(stored >> 2)))
    }

    /// How long the client has not accepted data that the service wants to send.
    pub(super) fn stalled(&self) -> Duration {
        match self.stalled.load(Relaxed) {
            0 => Duration::ZERO,
            since => Duration::from_millis((self.now() + 1).saturating_sub(since)),
        }
    }

    /// Data has arrived.
    pub(super) fn received(&self) {
        if self.phase.load(Relaxed) & 3 == Phase::Idle as u64 {
            self.enter(Phase::Head);
        }
    }

    /// Data was sent, or the client did not accept it.
    pub(super) fn sent(&self, accepted: bool) {
        if accepted {
            if self.stalled.load(Relaxed) != 0 {
                self.stalled.store(0, Relaxed);
            }
        } else {
            // Keeps the time of the first refusal.
            let _ = self.stalled.compare_exchange(0, self.now() + 1, Relaxed, Relaxed);
        }
    }

    /// A request has arrived. Its answer is complete when the result is dropped.
    pub(super) fn answer(self: &Arc<Self>) -> Answering {
        self.enter(Phase::Answer);
        Answering(Arc::clone(self))
    }

    /// Closes the connection.
    pub(super) fn close(&self) {
        self.close.notify_one();
    }

    /// Completes when the connection is to be closed.
    pub(super) async fn closed(&self) {
        self.close.notified().await;
    }

    fn enter(&self, phase: Phase) {
        self.phase.store(self.now() << 2 | phase as u64, Relaxed);
    }

    fn now(&self) -> u64 {
        u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.enter(Phase::Idle);
    }
}
