//! Whole seconds, as cookies and `Retry-After` need them.

use std::time::Duration;

/// Rounded up, so that a cookie does not expire early.
pub fn rounded_up(span: Duration) -> u64 {
    span.as_secs().saturating_add(u64::from(span.subsec_nanos() > 0))
}

/// The value of a `Retry-After` header: rounded up, at least 1 (RFC 9110 §10.2.3).
pub fn retry_after(span: Duration) -> u64 {
    rounded_up(span).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_of_a_fraction_are_rounded_up() {
        for (millis, seconds) in [(0, 0), (1, 1), (999, 1), (1_000, 1), (1_001, 2), (3_600_000, 3_600)] {
            let span = Duration::from_millis(millis);
            assert_eq!((rounded_up(span), retry_after(span)), (seconds, seconds.max(1)), "{millis} ms");
        }
        assert_eq!(rounded_up(Duration::MAX), u64::MAX);
    }
}
