//! A bounded number of threads for expensive work.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{sync::Semaphore, task};

/// Why work was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotDone {
    /// All permits are taken and the queue is full.
    Full,
    /// The work panicked, or the service is shutting down.
    Failed,
}

/// Runs work on blocking threads: at most `permits` at once, with at most `queue` callers waiting.
pub(crate) struct Workers {
    permits: Arc<Semaphore>,
    /// One per running or waiting caller.
    places: Arc<Semaphore>,
    inside: Arc<Gauge>,
}

impl Workers {
    pub(crate) fn new(permits: usize, queue: usize) -> Self {
        let permits = permits.max(1);
        Self {
            permits: Arc::new(Semaphore::new(permits)),
            places: Arc::new(Semaphore::new(permits.saturating_add(queue).min(Semaphore::MAX_PERMITS))),
            inside: Arc::default(),
        }
    }

    /// Runs `work` on a blocking thread when a permit is free, in order of arrival.
    ///
    /// Dropping the future while it waits frees its place at once. Work that has begun cannot be stopped, so the
    /// *work* owns the permit until it ends: clients that disconnect and retry never exceed the permits.
    pub(crate) async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, NotDone> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| NotDone::Full)?;
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| NotDone::Failed)?;
        let inside = Arc::clone(&self.inside);
        let running = task::spawn_blocking(move || {
            let _held = (place, permit);
            let _counted = inside.enter();
            work()
        });
        running.await.map_err(|_| NotDone::Failed)
    }

    /// The most work that ever ran at the same time.
    pub(crate) fn peak(&self) -> usize {
        self.inside.peak.load(Ordering::SeqCst)
    }
}

#[derive(Default)]
struct Gauge {
    now: AtomicUsize,
    peak: AtomicUsize,
}

impl Gauge {
    fn enter(&self) -> Inside<'_> {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.peak.fetch_max(now, Ordering::SeqCst);
        Inside(self)
    }
}

/// Counts running work. Decrements when dropped, also by a panic.
struct Inside<'a>(&'a Gauge);

impl Drop for Inside<'_> {
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
    fn held_work() -> (impl FnOnce() + Send + 'static, mpsc::Receiver<()>, mpsc::Sender<()>) {
        let (begun, has_begun) = mpsc::channel();
        let (end, may_end) = mpsc::channel::<()>();
        let work = move || {
            begun.send(()).unwrap();
            may_end.recv().ok();
        };
        (work, has_begun, end)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn concurrent_work_stays_within_permits() {
        let workers = Workers::new(5, 45);
        let five_meet = Arc::new(Barrier::new(5));
        let all = join_all((0..50).map(|_| {
            let five_meet = Arc::clone(&five_meet);
            // Each waits for four others, so that all five permits are used at the same time.
            workers.run(move || five_meet.wait().is_leader())
        }))
        .await;
        assert_eq!(all.iter().filter(|leader| **leader == Ok(true)).count(), 10);
        assert_eq!(workers.peak(), 5);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn past_the_queue_the_answer_is_full() {
        let workers = Workers::new(1, 1);
        let (work, has_begun, end) = held_work();
        let mut running = Box::pin(workers.run(work));
        assert!(running.as_mut().now_or_never().is_none());
        has_begun.recv().unwrap();
        let mut waiting = Box::pin(workers.run(|| "done"));
        assert!(waiting.as_mut().now_or_never().is_none());
        assert_eq!(workers.run(|| ()).now_or_never(), Some(Err(NotDone::Full)));
        end.send(()).unwrap();
        assert_eq!(running.await, Ok(()));
        assert_eq!(waiting.await, Ok("done"));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_waiter_that_hangs_up_frees_its_place() {
        let workers = Workers::new(1, 1);
        let (work, has_begun, end) = held_work();
        let mut running = Box::pin(workers.run(work));
        assert!(running.as_mut().now_or_never().is_none());
        has_begun.recv().unwrap();
        for _ in 0..100 {
            let mut waiting = Box::pin(workers.run(|| ()));
            assert!(waiting.as_mut().now_or_never().is_none(), "there is a place to wait in");
        }
        end.send(()).unwrap();
        assert_eq!(running.await, Ok(()));
        assert_eq!(workers.run(|| ()).await, Ok(()));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn dropped_caller_keeps_permit_until_work_ends() {
        let workers = Workers::new(1, 1);
        let (work, has_begun, end) = held_work();
        let mut abandoned = Box::pin(workers.run(work));
        assert!(abandoned.as_mut().now_or_never().is_none());
        has_begun.recv().unwrap();
        drop(abandoned);
        assert_eq!(workers.permits.available_permits(), 0);
        let mut next = Box::pin(workers.run(|| "done"));
        assert!(next.as_mut().now_or_never().is_none());
        assert_eq!(workers.inside.now.load(Ordering::SeqCst), 1, "the next one waits for the permit");
        assert_eq!(workers.run(|| ()).now_or_never(), Some(Err(NotDone::Full)), "the place is taken, too");
        end.send(()).unwrap();
        assert_eq!(next.await, Ok("done"));
        assert_eq!(workers.peak(), 1);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn work_that_panics_gives_its_permit_back() {
        let workers = Workers::new(1, 0);
        assert_eq!(workers.run(|| panic!("on purpose")).await, Err::<(), _>(NotDone::Failed));
        assert_eq!(workers.run(|| "done").await, Ok("done"));
    }
}
