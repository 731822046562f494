//! How the wait grows with the failures.

use std::time::Duration;

/// A number of free attempts, then waits that double from `first_delay` to `max_delay`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// Attempts that may fail one after the other without a wait; a typing error costs nothing.
    pub free_attempts: u32,
    /// The wait after the last free attempt.
    pub first_delay: Duration,
    /// The longest wait.
    pub max_delay: Duration,
    /// One failure is forgiven for each such span without an attempt, if any.
    pub forgive_one_each: Option<Duration>,
}

impl Backoff {
    /// Without an attempt for this long, all failures are forgotten.
    pub const FORGET_AFTER: Duration = Duration::from_hours(24);

    /// For one account from one network: five attempts at once, then one after 5 s, 10 s, 20 s … 1 h.
    /// About 37 guesses on the first day and 24 on each day after it.
    pub const ACCOUNT_AND_NETWORK: Self = Self {
        free_attempts: 5,
        first_delay: Duration::from_secs(5),
        max_delay: Duration::from_hours(1),
        forgive_one_each: None,
    };

    /// For one account from anywhere: 100 attempts (NIST SP 800-63B-4 §3.2.2), then one after
    /// 1 min, 2 min … 1 h. Forgives one each half hour, which is more than
    /// [`ACCOUNT_AND_NETWORK`](Self::ACCOUNT_AND_NETWORK) lets one network spend: a single attacker,
    /// however patient, never uses it up and so cannot lock the owner out from elsewhere.
    pub const ACCOUNT: Self = Self {
        free_attempts: 100,
        first_delay: Duration::from_mins(1),
        max_delay: Duration::from_hours(1),
        forgive_one_each: Some(Duration::from_mins(30)),
    };

    /// The wait before the next attempt when `failures` have gone before.
    pub fn delay_after(&self, failures: u32) -> Duration {
        let Some(doublings) = failures.checked_sub(self.free_attempts) else {
            return Duration::ZERO;
        };
        let factor = 2_u32.checked_pow(doublings).unwrap_or(u32::MAX);
        self.first_delay.saturating_mul(factor).min(self.max_delay)
    }

    /// How many of `failures` still count after `idle` without an attempt.
    pub(super) fn remaining(&self, failures: u32, idle: Duration) -> u32 {
        if idle >= Self::FORGET_AFTER {
            return 0;
        }
        let forgiven = self.forgive_one_each.map_or(0, |each| idle.as_millis() / each.as_millis().max(1));
        failures.saturating_sub(u32::try_from(forgiven).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_from_seconds_to_an_hour_and_no_further() {
        let seconds = |failures| Backoff::ACCOUNT_AND_NETWORK.delay_after(failures).as_secs();
        let table: Vec<u64> = (0..=17).map(seconds).collect();
        assert_eq!(table, [0, 0, 0, 0, 0, 5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600, 3600]);
        for failures in [18, 36, 37, 38, 100, 1_000_000, u32::MAX] {
            assert_eq!(seconds(failures), 3600, "{failures} failures");
        }
    }

    #[test]
    fn an_account_has_a_hundred_attempts_before_it_waits_wherever_they_come_from() {
        let seconds = |failures| Backoff::ACCOUNT.delay_after(failures).as_secs();
        assert_eq!(
            [0, 99, 100, 101, 102, 105, 106, 107, u32::MAX].map(seconds),
            [0, 0, 60, 120, 240, 1920, 3600, 3600, 3600]
        );
    }

    #[test]
    fn failures_are_forgiven_one_by_one_and_all_after_a_day() {
        let account = |hours| Backoff::ACCOUNT.remaining(50, Duration::from_hours(hours));
        assert_eq!([0, 1, 10, 23, 24, 48].map(account), [50, 48, 30, 4, 0, 0]);
        let network = |hours| Backoff::ACCOUNT_AND_NETWORK.remaining(50, Duration::from_hours(hours));
        assert_eq!([0, 1, 10, 23, 24, 48].map(network), [50, 50, 50, 50, 0, 0]);
    }
}
