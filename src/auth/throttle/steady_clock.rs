//! A clock for the limiter that never runs backwards.

use std::time::Duration;

use crate::clock::Clock;

/// Measures the time since the start of the process: when the machine's clock is set, budgets neither refill at once
/// nor stay empty.
#[derive(Clone)]
pub(in crate::auth) struct SteadyClock(Clock);

impl SteadyClock {
    pub(in crate::auth) const fn following(clock: Clock) -> Self {
        Self(clock)
    }
}

impl governor::clock::Clock for SteadyClock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.monotonic()
    }
}

#[cfg(test)]
mod tests {
    use governor::clock::Clock as _;

    use super::*;
    use crate::{clock::ManualClock, domain::Timestamp};

    #[test]
    fn steady_clock_ignores_a_set_clock() {
        let manual = ManualClock::starting_at(Timestamp::from_millis(1_700_000_000_000));
        let steady = SteadyClock::following(manual.clock());
        manual.advance(Duration::from_secs(5));
        assert_eq!(steady.now(), Duration::from_secs(5));
        manual.set_back(Duration::from_hours(1));
        manual.set_forward(Duration::from_hours(3));
        assert_eq!(steady.now(), Duration::from_secs(5));
        manual.advance(Duration::from_secs(2));
        assert_eq!(steady.now(), Duration::from_secs(7));
    }
}
