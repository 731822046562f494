//! Runs expensive work on a bounded number of threads, with bounded memory.
//!
//! All work that takes noticeable processor time for one request belongs here: hashes of every scheme, and checks of new
//! passwords. It then shares one limit and one queue, and other requests keep the processor.

mod priority;
mod queue;
mod task;
#[cfg(test)]
mod tests;

use std::{
    io,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

use tokio::sync::oneshot;

use crate::auth::throttle::Network;
use queue::FairQueue;
use task::{Answered, Task};

/// Why the work gave no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WorkError {
    /// All permits are in use and the queue is full.
    Full,
    /// The work panicked, or the service is shutting down.
    Failed,
}

/// Threads of low priority that run work, at most one piece per permit.
pub(super) struct Workers {
    shared: Arc<Shared>,
    memory_units: u32,
}

impl Workers {
    /// Starts `permits` threads. At most `queue` callers wait. `memory_units` are available to all callers together. A
    /// thread without more work calls `idle` once.
    pub(super) fn start(
        permits: usize,
        queue: usize,
        memory_units: u32,
        idle: impl Fn() + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let permits = permits.max(1);
        let state = State { waiting: FairQueue::default(), running: 0, peak: 0, memory: memory_units, open: true };
        let capacity = permits.saturating_add(queue);
        let shared = Shared { capacity, state: Mutex::new(state), changed: Condvar::new(), idle: Box::new(idle) };
        let shared = Arc::new(shared);
        let workers = Self { shared, memory_units };
        for number in 0..permits {
            let shared = Arc::clone(&workers.shared);
            thread::Builder::new().name(format!("password-{number}")).spawn(move || shared.serve())?;
        }
        Ok(workers)
    }

    /// Runs `work` when a thread and `memory` units are free. The requesters' networks take turns: IPv4 /24 and IPv6
    /// /48. The work of one network runs in order of arrival.
    ///
    /// When the queue is full, the network with the most waiting callers loses its newest one, which gets
    /// [`WorkError::Full`].
    ///
    /// Work that waits for memory does not delay work without memory. Work that needs more memory than there is runs when
    /// all of it is free.
    ///
    /// Dropping the future while it waits frees its place. Running work cannot be cancelled and keeps its permit until it
    /// ends: clients that disconnect and retry cannot exceed the permits.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        network: Network,
        memory: u32,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, WorkError> {
        let (answer, result) = oneshot::channel();
        let memory = memory.min(self.memory_units);
        self.shared.admit(network.site(), Job { memory, task: Box::new(Answered { work, answer }) });
        result.await.unwrap_or(Err(WorkError::Failed))
    }

    /// The highest number of pieces of work that ran at the same time so far.
    pub(super) fn peak(&self) -> usize {
        self.shared.state().peak
    }
}

/// Ends the threads when their work is done.
impl Drop for Workers {
    fn drop(&mut self) {
        self.shared.state().open = false;
        self.shared.changed.notify_all();
    }
}

struct Shared {
    /// The maximum number of running and waiting jobs.
    capacity: usize,
    state: Mutex<State>,
    /// Signals a new job, freed memory or the end.
    changed: Condvar,
    /// Called when a thread has no more work.
    idle: Box<dyn Fn() + Send + Sync>,
}

struct State {
    waiting: FairQueue<Network, Job>,
    running: usize,
    peak: usize,
    /// The memory units that are not in use.
    memory: u32,
    open: bool,
}

impl Shared {
    fn admit(&self, network: Network, job: Job) {
        let refused = self.state().admit(self.capacity, network, job);
        self.changed.notify_one();
        if let Some(job) = refused {
            job.task.refuse();
        }
    }

    /// Runs jobs until the workers are dropped.
    fn serve(&self) {
        priority::lower();
        while let Some(Job { memory, task }) = self.next() {
            task.run(&|| self.finish(memory));
        }
    }

    fn next(&self) -> Option<Job> {
        let mut state = self.state();
        let mut is_idle = false;
        loop {
            if let Some(job) = state.take() {
                return Some(job);
            }
            if !is_idle {
                is_idle = true;
                drop(state);
                (self.idle)();
                // Work may have arrived meanwhile.
                state = self.state();
                continue;
            }
            if !state.open {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn finish(&self, memory: u32) {
        let mut state = self.state();
        state.running -= 1;
        state.memory += memory;
        drop(state);
        if memory > 0 {
            self.changed.notify_all();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Adds a job. Returns the job that gets no place, if the queue is full.
    fn admit(&mut self, capacity: usize, network: Network, job: Job) -> Option<Job> {
        if self.is_full(capacity) {
            self.waiting.retain(|job| !job.task.is_abandoned());
        }
        let refused = if self.is_full(capacity) {
            let Some(evicted) = self.waiting.make_room_for(network) else { return Some(job) };
            Some(evicted)
        } else {
            None
        };
        self.waiting.push(network, job);
        refused
    }

    const fn is_full(&self, capacity: usize) -> bool {
        self.running + self.waiting.len() >= capacity
    }

    /// The next job whose memory is free.
    fn take(&mut self) -> Option<Job> {
        loop {
            let free = self.memory;
            // Memory is given in order of turns: otherwise a job that needs much of it would never run.
            let mut exhausted = false;
            let job = self.waiting.pop(|job| {
                let fits = job.memory == 0 || (!exhausted && job.memory <= free);
                exhausted |= !fits;
                fits || job.task.is_abandoned()
            })?;
            if job.task.is_abandoned() {
                continue;
            }
            self.memory -= job.memory;
            self.running += 1;
            self.peak = self.peak.max(self.running);
            return Some(job);
        }
    }
}

struct Job {
    memory: u32,
    task: Box<dyn Task>,
}
