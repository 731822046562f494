use std::sync::{Barrier, mpsc};

use futures::{FutureExt, future::join_all};

use super::*;

fn started(permits: usize, queue: usize, memory_units: u32) -> Workers {
    Workers::start(permits, queue, memory_units, || ()).unwrap()
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
async fn idle_is_called_when_no_work_is_left() {
    let (call, calls) = mpsc::channel();
    let workers = Workers::start(1, 9, 0, move || call.send(()).unwrap()).unwrap();
    calls.recv().unwrap();
    let (work, started, end) = blocking_work();
    let mut first = Box::pin(workers.run(home(), 0, work));
    assert!(first.as_mut().now_or_never().is_none());
    started.recv().unwrap();
    let mut second = Box::pin(workers.run(home(), 0, || ()));
    assert!(second.as_mut().now_or_never().is_none());
    end.send(()).unwrap();
    assert_eq!((first.await, second.await), (Ok(()), Ok(())));
    drop(workers);
    assert_eq!(calls.iter().count(), 1, "not between two pieces of work");
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
