//! The service's log, captured as it would be printed.
//!
//! There is one subscriber for the whole test program, because a callsite first reached on a thread
//! without one would stay silent everywhere. It writes where the current thread wants it.

use std::{
    cell::RefCell,
    io,
    sync::{Arc, Mutex, Once},
};

use tracing_subscriber::{Layer, filter::dynamic_filter_fn, fmt, layer::SubscriberExt, util::SubscriberInitExt};

thread_local! {
    static CAPTURING: RefCell<Option<Lines>> = const { RefCell::new(None) };
}

/// Everything logged on this thread while it lives, down to the finest level.
pub struct CapturedLog(Lines);

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl CapturedLog {
    /// Starts to capture.
    pub fn start() -> Self {
        static SUBSCRIBED: Once = Once::new();
        SUBSCRIBED.call_once(subscribe);
        let lines = Lines::default();
        CAPTURING.set(Some(lines.clone()));
        Self(lines)
    }

    /// What has been logged so far.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.0.lock().expect("nobody panicked")).into_owned()
    }
}

impl Drop for CapturedLog {
    fn drop(&mut self) {
        CAPTURING.set(None);
    }
}

fn subscribe() {
    let wanted = dynamic_filter_fn(|_, _| CAPTURING.with_borrow(Option::is_some));
    let writer = || CAPTURING.with_borrow(|lines| lines.clone().unwrap_or_default());
    let lines = fmt::layer().json().flatten_event(true).with_writer(writer).with_filter(wanted);
    tracing_subscriber::registry().with(lines).init();
}

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody panicked").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
