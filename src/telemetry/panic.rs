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

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// The log of a panic.
    fn logged(panic: impl FnOnce() + panic::UnwindSafe) -> String {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt().json().with_writer(move || writer.clone()).finish();
        tracing::subscriber::with_default(subscriber, || {
            let usual = panic::take_hook();
            log_panics();
            let panicked = panic::catch_unwind(panic).is_err();
            panic::set_hook(usual);
            assert!(panicked);
        });
        let bytes = lines.0.lock().unwrap();
        String::from_utf8(bytes.clone()).unwrap()
    }

    #[test]
    fn log_of_a_panic_has_the_place_and_no_value() {
        let secret = String::from("hunter2");
        let text = logged(move || panic!("the secret {secret} is wrong"));
        assert!(text.contains("panicked") && text.contains("src/telemetry/panic.rs:"), "{text}");
        assert!(text.contains("(formatted message, not logged)") && !text.contains("hunter2"), "{text}");
        let text = logged(|| panic!("a constant of the source"));
        assert!(text.contains("a constant of the source"), "{text}");
    }
}
