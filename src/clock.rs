//! The current time, injected so that tests can control it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use crate::domain::Timestamp;

/// The tolerance for `exp` and `nbf`. Small, because the service verifies its own tokens and replicas have
/// synchronized clocks.
pub const LEEWAY: Duration = Duration::from_secs(5);

/// The tolerance for an `iat` in the future. Tokens stay valid after a small backward correction of the clock.
pub const CLOCK_SKEW: Duration = Duration::from_mins(1);

/// A source of the current time, and of the time that has passed.
#[derive(Clone)]
pub struct Clock(Source);

#[derive(Clone)]
enum Source {
    /// With the start of the monotonic time.
    System(Instant),
    Manual(ManualClock),
}

impl Clock {
    /// The operating system's clock.
    pub fn system() -> Self {
        Self(Source::System(instant()))
    }

    /// The current time. It jumps when the machine's clock is set.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System(_) => system_time(),
            Source::Manual(clock) => Timestamp::from_millis(clock.wall.load(Ordering::SeqCst)),
        }
    }

    /// The time since the creation of the clock. It never jumps and never runs backwards, also when the machine's
    /// clock is set.
    pub fn monotonic(&self) -> Duration {
        match &self.0 {
            Source::System(start) => start.elapsed(),
            Source::Manual(clock) => Duration::from_millis(clock.monotonic.load(Ordering::SeqCst)),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the only read of the system clock")]
fn system_time() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
}

#[expect(clippy::disallowed_methods, reason = "the only read of the monotonic clock")]
fn instant() -> Instant {
    Instant::now()
}

/// A clock that tests control.
#[derive(Clone)]
pub struct ManualClock {
    wall: Arc<AtomicI64>,
    monotonic: Arc<AtomicU64>,
}

impl ManualClock {
    /// A clock at `now`.
    pub fn starting_at(now: Timestamp) -> Self {
        Self { wall: Arc::new(AtomicI64::new(now.millis())), monotonic: Arc::default() }
    }

    /// Lets time pass.
    pub fn advance(&self, span: Duration) {
        self.monotonic.fetch_add(u64::try_from(span.as_millis()).unwrap_or(u64::MAX), Ordering::SeqCst);
        self.set_forward(span);
    }

    /// Sets the clock forward. No time passes.
    pub fn set_forward(&self, span: Duration) {
        self.wall.fetch_add(millis(span), Ordering::SeqCst);
    }

    /// Sets the clock back. No time passes.
    pub fn set_back(&self, span: Duration) {
        self.wall.fetch_sub(millis(span), Ordering::SeqCst);
    }

    /// A handle for the code under test.
    pub fn clock(&self) -> Clock {
        Clock(Source::Manual(self.clone()))
    }
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}
