//! Runs expensive work on a bounded number of threads, with bounded memory.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{sync::Semaphore, task};

/// Why the work gave no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WorkError {
    /// All permits are in use and the queue is full.
    Full,
    /// The work panicked, or the service is shutting down.
    Failed,
}

/// Runs work on blocking threads: at most `permits` at once, with at most `queue` callers waiting.
pub(crate) struct Workers {
    permits: Arc<Semaphore>,
    /// The memory that running work may allocate for itself.
    memory: Arc<Semaphore>,
    memory_units: u32,
    /// One per running or waiting caller.
    slots: Arc<Semaphore>,
    gauge: Arc<Gauge>,
}

impl Workers {
    /// `memory_units` are available to all callers together.
    pub(crate) fn new(permits: usize, queue: usize, memory_units: u32) -> Self {
        let permits = permits.max(1);
        Self {
            permits: Arc::new(Semaphore::new(permits)),
            memory: Arc::new(Semaphore::new(memory_units as usize)),
            memory_units,
            slots: Arc::new(Semaphore::new(permits.saturating_add(queue).min(Semaphore::MAX_PERMITS))),
            gauge: Arc::default(),
        }
    }

    /// Runs `work` on a blocking thread when a permit and `memory` units are free, in order of arrival.
    ///
    /// Work waits for memory before it waits for a permit, so that it does not delay work without memory. Work that
    /// needs more memory than there is runs when all of it is free.
    ///
    /// Dropping the future while it waits frees its slot at once. Running work cannot be cancelled, so the work
    /// owns the permit until it ends: clients that disconnect and retry cannot exceed the permits.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        memory: u32,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, WorkError> {
        let slot = Arc::clone(&self.slots).try_acquire_owned().map_err(|_| WorkError::Full)?;
        let units = memory.min(self.memory_units);
        let memory = Arc::clone(&self.memory).acquire_many_owned(units).await.map_err(|_| WorkError::Failed)?;
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| WorkError::Failed)?;
        let gauge = Arc::clone(&self.gauge);
        let running = task::spawn_blocking(move || {
            let _permits = (slot, memory, permit);
            let _counted = gauge.enter();
            work()
        });
        running.await.map_err(|_| WorkError::Failed)
    }

    /// The highest number of concurrent calls so far.
    pub(crate) fn peak(&self) -> usize {
        self.gauge.peak.load(Ordering::SeqCst)
    }
}

#[derive(Default)]
struct Gauge {
    now: AtomicUsize,
    peak: AtomicUsize,
}

impl Gauge {
    fn enter(&self) -> RunningGuard<'_> {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.peak.fetch_max(now, Ordering::SeqCst);
        RunningGuard(self)
    }
}

/// Decrements the count of running work when dropped, also after a panic.
struct RunningGuard<'a>(&'a Gauge);

impl Drop for RunningGuard<'_> {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Barrier, mpsc};

    use futures::{FutureExt, future::join_all};

    use super::*;

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
        let workers = Workers::new(5, 45, 0);
        let barrier = Arc::new(Barrier::new(5));
        let all = join_all((0..50).map(|_| {
            let barrier = Arc::clone(&barrier);
            // Every call waits for four others, so that all five permits are in use at the same time.
            workers.run(0, move || barrier.wait().is_leader())
        }))
        .await;
        assert_eq!(all.iter().filter(|leader| **leader == Ok(true)).count(), 10);
        assert_eq!(workers.peak(), 5);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn run_with_full_queue_returns_full() {
        let workers = Workers::new(1, 1, 0);
        let (work, started, end) = blocking_work();
        let mut running = Box::pin(workers.run(0, work));
        assert!(running.as_mut().now_or_never().is_none());
        started.recv().unwrap();
        let mut waiting = Box::pin(workers.run(0, || "done"));
        assert!(waiting.as_mut().now_or_never().is_none());
        assert_eq!(workers.run(0, || ()).now_or_never(), Some(Err(WorkError::Full)));
        end.send(()).unwrap();
        assert_eq!(running.await, Ok(()));
        assert_eq!(waiting.await, Ok("done"));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn run_dropped_while_waiting_frees_its_slot() {
        let workers = Workers::new(1, 1, 0);
        let (work, started, end) = blocking_work();
        let mut running = Box::pin(workers.run(0, work));
        assert!(running.as_mut().now_or_never().is_none());
        started.recv().unwrap();
        for _ in 0..100 {
            let mut waiting = Box::pin(workers.run(0, || ()));
            assert!(waiting.as_mut().now_or_never().is_none(), "the queue has a free slot");
        }
        end.send(()).unwrap();
        assert_eq!(running.await, Ok(()));
        assert_eq!(workers.run(0, || ()).await, Ok(()));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn run_dropped_while_working_keeps_its_permit() {
        let workers = Workers::new(1, 1, 0);
        let (work, started, end) = blocking_work();
        let mut abandoned = Box::pin(workers.run(0, work));
        assert!(abandoned.as_mut().now_or_never().is_none());
        started.recv().unwrap();
        drop(abandoned);
        assert_eq!(workers.permits.available_permits(), 0);
        let mut next = Box::pin(workers.run(0, || "done"));
        assert!(next.as_mut().now_or_never().is_none());
        assert_eq!(workers.gauge.now.load(Ordering::SeqCst), 1, "the next call waits for the permit");
        assert_eq!(
            workers.run(0, || ()).now_or_never(),
            Some(Err(WorkError::Full)),
            "the abandoned call still uses its slot"
        );
        end.send(()).unwrap();
        assert_eq!(next.await, Ok("done"));
        assert_eq!(workers.peak(), 1);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn run_panicking_work_releases_its_permit() {
        let workers = Workers::new(1, 0, 0);
        assert_eq!(workers.run(0, || panic!("on purpose")).await, Err::<(), _>(WorkError::Failed));
        assert_eq!(workers.run(0, || "done").await, Ok("done"));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn run_waits_until_memory_is_free() {
        let workers = Workers::new(3, 5, 3);
        let (work, started, end) = blocking_work();
        let mut running = Box::pin(workers.run(2, work));
        assert!(running.as_mut().now_or_never().is_none());
        started.recv().unwrap();
        let mut too_large = Box::pin(workers.run(2, || "large"));
        let mut above_all = Box::pin(workers.run(100, || "above all"));
        assert!(too_large.as_mut().now_or_never().is_none() && above_all.as_mut().now_or_never().is_none());
        assert_eq!(workers.run(0, || "no memory").await, Ok("no memory"), "it overtakes the waiting work");
        end.send(()).unwrap();
        assert_eq!(running.await, Ok(()));
        assert_eq!((too_large.await, above_all.await), (Ok("large"), Ok("above all")));
    }
}
