//! Runs expensive work on a bounded number of threads, with bounded memory.
//!
//! All work that takes noticeable processor time for one request belongs here: hashes of every scheme, and checks of new
//! passwords. It then shares one limit and one queue, and other requests keep the processor.

mod priority;
mod queue;
mod task;

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
    /// Starts `permits` threads. At most `queue` callers wait. `memory_units` are available to all callers together.
    pub(super) fn start(permits: usize, queue: usize, memory_units: u32) -> io::Result<Self> {
        let permits = permits.max(1);
        let state = State { waiting: FairQueue::default(), running: 0, peak: 0, memory: memory_units, open: true };
        let capacity = permits.saturating_add(queue);
        let shared = Arc::new(Shared { capacity, state: Mutex::new(state), changed: Condvar::new() });
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
        loop {
            if let Some(job) = state.take() {
                return Some(job);
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

#[cfg(test)]
mod tests {
    use std::sync::{Barrier, mpsc};

    use futures::{FutureExt, future::join_all};

    use super::*;

    fn started(permits: usize, queue: usize, memory_units: u32) -> Workers {
        Workers::start(permits, queue, memory_units).unwrap()
    }

    fn network(address: &str) -> Network {
        Network::of(address.parse().unwrap())
    }

    fn home() -> Network {
        network("192.0.2.1")
    }

    /// Work that signals its start and then blocks until it is released.
    fn blocking_work() -> (impl FnOnce() + Send + 'static, mpsc::Receiver<()>, mpsc::Sender<()>) {
        let (start, started) = mpsc::channel();
        let (end, ended) = mpsc::channel::<()>();
        let work = move || {
            start.send(()).unwrap();
            ended.recv().ok();
        };
        (work, started, end)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn run_concurrent_calls_stay_within_permits() {
        let workers = started(5, 45, 0);
        let barrier = Arc::new(Barrier::new(5));
        let all = join_all((0..50).map(|_| {
            let barrier = Arc::clone(&barrier);
            // Every call waits for four others, so that all five permits are in use at the same time.
            workers.run(home(), 0, move || barrier.wait().is_leader())
        }))
        .await;
        assert_eq!(all.iter().filter(|leader| **leader == Ok(true)).count(), 10);
        assert_eq!(workers.peak(), 5);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn run_with_full_queue_returns_full() {
        let workers = started(1, 1, 0);
        let (work, started, end) = blocking_work();
        let mut running = Box::pin(workers.run(home(), 0, work));
        assert!(running.as_mut().now_or_never().is_none());
        started.recv().unwrap();
        let mut waiting = Box::pin(workers.run(home(), 0, || "done"));
        assert!(waiting.as_mut().now_or_never().is_none());
        assert_eq!(workers.run(home(), 0, || ()).now_or_never(), Some(Err(WorkError::Full)));
        end.send(()).unwrap();
        assert_eq!(running.await, Ok(()));
        assert_eq!(waiting.await, Ok("done"));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn run_dropped_while_waiting_frees_its_slot() {
        let workers = started(1, 1, 0);
        let (work, started, end) = blocking_work();
        let mut running = Box::pin(workers.run(home(), 0, work));
        assert!(running.as_mut().now_or_never().is_none());
        started.recv().unwrap();
        for _ in 0..100 {
            let mut waiting = Box::pin(workers.run(home(), 0, || ()));
            assert!(waiting.as_mut().now_or_never().is_none(), "the queue has a free slot");
        }
        end.send(()).unwrap();
        assert_eq!(running.await, Ok(()));
        assert_eq!(workers.run(home(), 0, || ()).await, Ok(()));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn run_dropped_while_working_keeps_its_permit() {
        let workers = started(1, 1, 0);
        let (work, started, end) = blocking_work();
        let mut abandoned = Box::pin(workers.run(home(), 0, work));
        assert!(abandoned.as_mut().now_or_never().is_none());
        started.recv().unwrap();
        drop(abandoned);
        let mut next = Box::pin(workers.run(home(), 0, || "done"));
        assert!(next.as_mut().now_or_never().is_none());
        assert_eq!(workers.shared.state().running, 1, "the next call waits for the permit");
        assert_eq!(
            workers.run(home(), 0, || ()).now_or_never(),
            Some(Err(WorkError::Full)),
            "the abandoned call still uses its slot"
        );
        end.send(()).unwrap();
        assert_eq!(next.await, Ok("done"));
        assert_eq!(workers.peak(), 1);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn run_panicking_work_releases_its_permit() {
        let workers = started(1, 0, 0);
        assert_eq!(workers.run(home(), 0, || panic!("on purpose")).await, Err::<(), _>(WorkError::Failed));
        assert_eq!(workers.run(home(), 0, || "done").await, Ok("done"));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn run_waits_until_memory_is_free() {
        let workers = started(3, 5, 3);
        let (work, started, end) = blocking_work();
        let mut running = Box::pin(workers.run(home(), 2, work));
        assert!(running.as_mut().now_or_never().is_none());
        started.recv().unwrap();
        let mut too_large = Box::pin(workers.run(home(), 2, || "large"));
        let mut above_all = Box::pin(workers.run(home(), 100, || "above all"));
        assert!(too_large.as_mut().now_or_never().is_none() && above_all.as_mut().now_or_never().is_none());
        assert_eq!(workers.run(home(), 0, || "no memory").await, Ok("no memory"), "it overtakes the waiting work");
        end.send(()).unwrap();
        assert_eq!(running.await, Ok(()));
        assert_eq!((too_large.await, above_all.await), (Ok("large"), Ok("above all")));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn run_networks_take_turns() {
        let workers = started(1, 100, 0);
        let (work, started, end) = blocking_work();
        let (order, ran) = mpsc::channel();
        let mut running = Box::pin(workers.run(home(), 0, work));
        assert!(running.as_mut().now_or_never().is_none());
        started.recv().unwrap();
        let callers = (0..20).map(|number| (format!("2001:db8:1:{number}::1"), "many"));
        let callers = callers.chain([("2001:db8:2::1".to_owned(), "one"), ("198.51.100.7".to_owned(), "other")]);
        let mut waiting: Vec<_> = callers
            .map(|(address, name)| {
                let order = order.clone();
                Box::pin(workers.run(network(&address), 0, move || order.send(name).unwrap()))
            })
            .collect();
        for call in &mut waiting {
            assert!(call.as_mut().now_or_never().is_none());
        }
        end.send(()).unwrap();
        join_all(waiting).await;
        assert_eq!(ran.iter().take(4).collect::<Vec<_>>(), ["many", "one", "other", "many"]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn run_full_queue_refuses_longest_network() {
        let workers = started(1, 4, 0);
        let (work, started, end) = blocking_work();
        let mut running = Box::pin(workers.run(home(), 0, work));
        assert!(running.as_mut().now_or_never().is_none());
        started.recv().unwrap();
        let call = |address: &str| Box::pin(workers.run(network(address), 0, || ()));
        let mut many: Vec<_> = (0..4).map(|number| call(&format!("203.0.113.{number}"))).collect();
        for call in &mut many {
            assert!(call.as_mut().now_or_never().is_none());
        }
        assert_eq!(call("203.0.113.9").now_or_never(), Some(Err(WorkError::Full)));
        let mut others = [call("198.51.100.7"), call("2001:db8::1"), call("192.0.2.1")];
        for call in &mut others {
            assert!(call.as_mut().now_or_never().is_none());
        }
        assert_eq!(call("10.0.0.1").now_or_never(), Some(Err(WorkError::Full)), "each network has one");
        end.send(()).unwrap();
        let full = Err(WorkError::Full);
        assert_eq!(join_all(many).await, [Ok(()), full, full, full], "the newest ones are refused");
        assert_eq!(join_all(others).await, [Ok(()), Ok(()), Ok(())]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn run_abandoned_work_is_skipped() {
        let workers = started(1, 9, 0);
        let (work, started, end) = blocking_work();
        let (ran, runs) = mpsc::channel();
        let mut running = Box::pin(workers.run(home(), 0, work));
        assert!(running.as_mut().now_or_never().is_none());
        started.recv().unwrap();
        let abandoned = ran.clone();
        assert!(workers.run(home(), 0, move || abandoned.send("abandoned").unwrap()).now_or_never().is_none());
        let mut kept = Box::pin(workers.run(home(), 0, move || ran.send("kept").unwrap()));
        assert!(kept.as_mut().now_or_never().is_none());
        end.send(()).unwrap();
        kept.await.unwrap();
        assert_eq!(runs.iter().collect::<Vec<_>>(), ["kept"]);
    }
}
