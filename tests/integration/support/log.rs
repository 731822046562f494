//! The service's log, captured per thread.
//!
//! One subscriber serves the whole test program: `tracing` caches per callsite whether any subscriber is
//! interested, so a callsite first reached on a thread without one would stay silent on every thread.

use std::{
    cell::RefCell,
    io,
    sync::{Arc, Mutex, Once},
};

use tracing_subscriber::{Layer, filter::dynamic_filter_fn, fmt, layer::SubscriberExt, util::SubscriberInitExt};

thread_local! {
    static CAPTURING: RefCell<Option<Lines>> = const { RefCell::new(None) };
}

/// Captures every level of this thread's log until it is dropped.
pub struct CapturedLog(Lines);

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl CapturedLog {
    pub fn start() -> Self {
        static SUBSCRIBED: Once = Once::new();
        SUBSCRIBED.call_once(subscribe);
        let lines = Lines::default();
        CAPTURING.set(Some(lines.clone()));
        Self(lines)
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.0.lock().expect("no panic under the lock")).into_owned()
    }
}

impl Drop for CapturedLog {
    fn drop(&mut self) {
        CAPTURING.set(None);
    }
}

fn subscribe() {
    let enabled = dynamic_filter_fn(|_, _| CAPTURING.with_borrow(Option::is_some));
    let writer = || CAPTURING.with_borrow(|lines| lines.clone().unwrap_or_default());
    let lines = fmt::layer().json().flatten_event(true).with_writer(writer).with_filter(enabled);
    tracing_subscriber::registry().with(lines).init();
}

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic under the lock").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
