//! Times and durations as English text.

use crate::domain::Timestamp;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const MONTH: u64 = 30 * DAY;
const YEAR: u64 = 365 * DAY;

/// A waiting time, rounded up: "2 minutes" for 61 seconds.
pub fn duration(seconds: u32) -> String {
    let seconds = u64::from(seconds);
    if seconds < MINUTE {
        count(seconds.max(1), "second")
    } else if seconds <= 59 * MINUTE {
        count(seconds.div_ceil(MINUTE), "minute")
    } else {
        count(seconds.div_ceil(HOUR), "hour")
    }
}

/// The time since `then`, in the largest whole unit: "5 minutes ago".
pub fn ago(then: Timestamp, now: Timestamp) -> String {
    let seconds = now.since(then).as_secs();
    let words = match seconds {
        0..MINUTE => return "just now".to_owned(),
        MINUTE..HOUR => count(seconds / MINUTE, "minute"),
        HOUR..DAY => count(seconds / HOUR, "hour"),
        DAY..MONTH => count(seconds / DAY, "day"),
        MONTH..YEAR => count(seconds / MONTH, "month"),
        _ => count(seconds / YEAR, "year"),
    };
    format!("{words} ago")
}

fn count(number: u64, unit: &str) -> String {
    if number == 1 { format!("1 {unit}") } else { format!("{number} {unit}s") }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn duration_is_rounded_up() {
        for (seconds, words) in [
            (0, "1 second"),
            (1, "1 second"),
            (59, "59 seconds"),
            (60, "1 minute"),
            (61, "2 minutes"),
            (3540, "59 minutes"),
            (3541, "1 hour"),
            (3601, "2 hours"),
        ] {
            assert_eq!(duration(seconds), words);
        }
    }

    #[test]
    fn ago_uses_the_largest_whole_unit() {
        let now = Timestamp::from_millis(1_795_256_100_000);
        for (seconds, words) in [
            (0, "just now"),
            (60, "1 minute ago"),
            (3599, "59 minutes ago"),
            (7200, "2 hours ago"),
            (86_400, "1 day ago"),
            (40 * 86_400, "1 month ago"),
            (800 * 86_400, "2 years ago"),
        ] {
            assert_eq!(ago(now.minus(Duration::from_secs(seconds)), now), words);
        }
        assert_eq!(ago(now.plus(Duration::from_secs(5)), now), "just now", "the clock was set back");
    }
}
