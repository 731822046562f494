//! A clock for the limiter that never runs backwards.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use crate::{clock::Clock, domain::Timestamp};

/// Measures the time since its creation. It never runs backwards: when the machine's clock is set back,
/// budgets neither refill at once nor stay empty.
#[derive(Clone)]
pub(in crate::auth) struct SteadyClock {
    followed: Clock,
    reading: Arc<Mutex<Reading>>,
}

#[derive(Clone, Copy)]
struct Reading {
    last: Timestamp,
    passed: Duration,
}

impl SteadyClock {
    pub(in crate::auth) fn following(clock: Clock) -> Self {
        let reading = Reading { last: clock.now(), passed: Duration::ZERO };
        Self { followed: clock, reading: Arc::new(Mutex::new(reading)) }
    }
}

impl governor::clock::Clock for SteadyClock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        let mut reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.followed.now();
        *reading = Reading { last: now, passed: reading.passed + now.since(reading.last) };
        reading.passed
    }
}

#[cfg(test)]
mod tests {
    use governor::clock::Clock as _;

    use super::*;
    use crate::clock::ManualClock;

    #[test]
    fn steady_clock_set_back_continues() {
        let manual = ManualClock::starting_at(Timestamp::from_millis(1_700_000_000_000));
        let steady = SteadyClock::following(manual.clock());
        manual.advance(Duration::from_secs(5));
        assert_eq!(steady.now(), Duration::from_secs(5));
        manual.set_back(Duration::from_hours(1));
        assert_eq!(steady.now(), Duration::from_secs(5));
        manual.advance(Duration::from_secs(2));
        assert_eq!(steady.now(), Duration::from_secs(7));
    }
}
