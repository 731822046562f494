//! Waits that grow with the number of failures.

use std::time::Duration;

/// A number of free attempts, then waits that double from `first_delay` to `max_delay`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// Failures in a row that cause no wait.
    pub free_attempts: u32,
    /// The wait after the last free attempt.
    pub first_delay: Duration,
    /// The longest wait.
    pub max_delay: Duration,
    /// One failure is forgiven per such period without an attempt. `None`: none are.
    pub forgive_one_each: Option<Duration>,
}

impl Backoff {
    /// All failures expire after this long without an attempt.
    pub const FORGET_AFTER: Duration = Duration::from_hours(24);

    /// One account from one network of the narrowest level: five attempts at once, then one after 5 s, 10 s, 20 s … 1 h.
    /// About 37 guesses on the first day and 24 on every later day. Also one account from one known device.
    pub const ACCOUNT_AND_NETWORK: Self = Self {
        free_attempts: 5,
        first_delay: Duration::from_secs(5),
        max_delay: Duration::from_hours(1),
        forgive_one_each: None,
    };

    /// One account from all networks: 100 attempts (NIST SP 800-63B-4 §3.2.2), then one after 1 min,
    /// 2 min … 1 h. One failure is forgiven every half hour, which is more than
    /// [`ACCOUNT_AND_NETWORK`](Self::ACCOUNT_AND_NETWORK) admits from one network: a single attacker never
    /// uses it up, and so cannot lock the user out on other networks.
    pub const ACCOUNT: Self = Self {
        free_attempts: 100,
        first_delay: Duration::from_mins(1),
        max_delay: Duration::from_hours(1),
        forgive_one_each: Some(Duration::from_mins(30)),
    };

    /// One account from networks without failures, while the budget that they share is used up: one attempt every 10 s
    /// in total, at most 8,640 a day. Each needs another IPv4 /24 or IPv6 /48. The owner can sign in on a new device
    /// during an attack from many networks.
    pub const RESERVE: Self = Self {
        free_attempts: 1,
        first_delay: Duration::from_secs(10),
        max_delay: Duration::from_secs(10),
        forgive_one_each: None,
    };

    /// The codes in messages to one address from all networks, or from one known device: 15 wrong ones, then none for a
    /// day. A new code resets nothing. An attacker who uses the budget up has guessed right with a chance of 15 in a
    /// million; the owner still has the link in the message, and the password.
    pub const CODE: Self = Self {
        free_attempts: 15,
        first_delay: Self::FORGET_AFTER,
        max_delay: Self::FORGET_AFTER,
        forgive_one_each: None,
    };

    /// The rule with `factor` times the free attempts.
    #[must_use]
    pub const fn times(self, factor: u32) -> Self {
        Self { free_attempts: self.free_attempts.saturating_mul(factor), ..self }
    }

    /// The wait after `failures` failures.
    pub fn delay_after(&self, failures: u32) -> Duration {
        let Some(doublings) = failures.checked_sub(self.free_attempts) else {
            return Duration::ZERO;
        };
        let factor = 2_u32.checked_pow(doublings).unwrap_or(u32::MAX);
        self.first_delay.saturating_mul(factor).min(self.max_delay)
    }

    /// The failures that still count after `idle` without an attempt.
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
    fn wait_grows_from_5_s_to_an_hour() {
        let seconds = |failures| Backoff::ACCOUNT_AND_NETWORK.delay_after(failures).as_secs();
        let table: Vec<u64> = (0..=17).map(seconds).collect();
        assert_eq!(table, [0, 0, 0, 0, 0, 5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600, 3600]);
        for failures in [18, 36, 37, 38, 100, 1_000_000, u32::MAX] {
            assert_eq!(seconds(failures), 3600, "{failures} failures");
        }
    }

    #[test]
    fn account_waits_after_100_failures() {
        let seconds = |failures| Backoff::ACCOUNT.delay_after(failures).as_secs();
        assert_eq!(
            [0, 99, 100, 101, 102, 105, 106, 107, u32::MAX].map(seconds),
            [0, 0, 60, 120, 240, 1920, 3600, 3600, 3600]
        );
    }

    #[test]
    fn reserve_waits_10_s_after_each_failure() {
        let seconds = |failures| Backoff::RESERVE.delay_after(failures).as_secs();
        assert_eq!([0, 1, 2, 3, 8_640, u32::MAX].map(seconds), [0, 10, 10, 10, 10, 10]);
    }

    #[test]
    fn failures_expire_one_by_one_and_after_a_day() {
        let account = |hours| Backoff::ACCOUNT.remaining(50, Duration::from_hours(hours));
        assert_eq!([0, 1, 10, 23, 24, 48].map(account), [50, 48, 30, 4, 0, 0]);
        let network = |hours| Backoff::ACCOUNT_AND_NETWORK.remaining(50, Duration::from_hours(hours));
        assert_eq!([0, 1, 10, 23, 24, 48].map(network), [50, 50, 50, 50, 0, 0]);
    }
}
