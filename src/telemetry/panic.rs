//! Panics in the log. A formatted message can contain a secret, so only messages that are constants of the source are
//! logged.

use std::panic::{self, PanicHookInfo};

/// Logs panics from this call on, instead of printing their messages to standard error.
pub fn log_panics() {
    panic::set_hook(Box::new(|panic| {
        let (message, place) = (message(panic), panic.location().map(ToString::to_string));
        let thread = std::thread::current();
        tracing::error!(message, place, thread = thread.name(), "panicked");
    }));
}

fn message(panic: &PanicHookInfo) -> &'static str {
    panic.payload().downcast_ref::<&'static str>().copied().unwrap_or("(formatted message, not logged)")
}
