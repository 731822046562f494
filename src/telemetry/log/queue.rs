//! A bounded queue of log lines with a thread that writes them. When the output stalls, lines are dropped and counted;
//! requests never wait for the log.

use std::{
    io::{self, Write},
    sync::{Arc, OnceLock},
};

use tracing_appender::non_blocking::{ErrorCounter, NonBlocking, NonBlockingBuilder, WorkerGuard};

/// In lines: about 4 MB, because the texts of clients are shortened.
pub(super) const CAPACITY: usize = 8_192;

/// Writes the queued lines when it is dropped. Waits about a second at most.
pub(super) struct QueueGuard(#[expect(dead_code, reason = "held until it is dropped")] WorkerGuard);

/// Starts the thread. It calls `report` with the number of lines dropped since the start, when that number has grown
/// and the output accepts lines again.
pub(super) fn start(
    output: impl Write + Send + 'static,
    capacity: usize,
    report: impl FnMut(usize) + Send + 'static,
) -> io::Result<(NonBlocking, QueueGuard)> {
    let counter = Arc::new(OnceLock::new());
    let output = Output { inner: output, report, counter: Arc::clone(&counter), reported: 0 };
    let builder = NonBlockingBuilder::default().buffered_lines_limit(capacity).lossy(true).thread_name("log");
    let (writer, worker) = builder.finish(output);
    counter.set(writer.error_counter()).map_err(|_| io::Error::other("the counter of log lines is set twice"))?;
    Ok((writer, QueueGuard(worker)))
}

struct Output<W, R> {
    inner: W,
    report: R,
    counter: Arc<OnceLock<ErrorCounter>>,
    reported: usize,
}

impl<W: Write, R: FnMut(usize)> Write for Output<W, R> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.inner.write(bytes)
    }

    /// The thread calls this when the queue is empty, so the report finds room in it.
    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()?;
        let dropped = self.counter.get().map_or(0, ErrorCounter::dropped_lines);
        if dropped > self.reported {
            self.reported = dropped;
            (self.report)(dropped);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{self, Receiver, Sender};

    use super::*;

    /// Accepts a line for each message in `permits`, and all lines once the sender is gone.
    struct Stalled {
        permits: Receiver<()>,
        began: Sender<()>,
        written: Sender<String>,
    }

    impl Write for Stalled {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            // The test may have ended.
            let _ = self.began.send(());
            let _ = self.permits.recv();
            let _ = self.written.send(String::from_utf8_lossy(bytes).into_owned());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn queue_full_drops_and_counts_lines() {
        let (permit, permits) = mpsc::channel();
        let (began, beginning) = mpsc::channel();
        let (written, lines) = mpsc::channel();
        let (report, reports) = mpsc::channel();
        let output = Stalled { permits, began, written };
        let (mut writer, guard) = start(output, 2, move |dropped| report.send(dropped).unwrap()).unwrap();
        writer.write_all(b"1").unwrap();
        beginning.recv().unwrap();
        // The thread waits with the first line; two fit into the queue.
        for line in ["2", "3", "4", "5", "6"] {
            writer.write_all(line.as_bytes()).unwrap();
        }
        drop(permit);
        assert_eq!(reports.recv(), Ok(3));
        drop(guard);
        assert_eq!(lines.iter().collect::<Vec<_>>(), ["1", "2", "3"]);
    }

    #[test]
    fn queued_lines_are_written_at_the_end() {
        let (permit, permits) = mpsc::channel();
        let (began, _beginning) = mpsc::channel();
        let (written, lines) = mpsc::channel();
        let (mut writer, guard) = start(Stalled { permits, began, written }, 100, |_| {}).unwrap();
        for line in 0..50 {
            writer.write_all(line.to_string().as_bytes()).unwrap();
        }
        drop(permit);
        drop(guard);
        assert_eq!(lines.try_iter().count(), 50);
    }
}
