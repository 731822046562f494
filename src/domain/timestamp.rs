//! Points in time.

use std::time::Duration;

/// Whole milliseconds since the Unix epoch (UTC). Every database stores this number, so that comparisons agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The time `milliseconds` after the Unix epoch.
    pub const fn from_millis(milliseconds: i64) -> Self {
        Self(milliseconds)
    }

    /// Milliseconds since the Unix epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch: a JWT's `NumericDate` (RFC 7519 §2).
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// `2026-11-21T10:15:30.000Z`: UTC with exactly three fraction digits (RFC 3339).
    pub fn to_rfc3339(self) -> String {
        jiff::Timestamp::from_millisecond(self.0).map_or_else(|_| String::new(), |time| format!("{time:.3}"))
    }

    /// "21 Nov 2026, 10:15 UTC", for people.
    pub fn to_text(self) -> String {
        self.formatted("%-d %b %Y, %H:%M UTC")
    }

    /// "21 Nov 2026, 10:15:30 UTC", for people.
    pub fn to_text_with_seconds(self) -> String {
        self.formatted("%-d %b %Y, %H:%M:%S UTC")
    }

    fn formatted(self, format: &str) -> String {
        jiff::Timestamp::from_millisecond(self.0)
            .map_or_else(|_| String::new(), |time| time.strftime(format).to_string())
    }

    /// The time `span` later.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(span_millis(span)))
    }

    /// The time `span` earlier.
    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(span_millis(span)))
    }

    /// The time since `earlier`. Zero if `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

fn span_millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minus_reverses_plus() {
        let start = Timestamp::from_millis(1_700_000_000_123);
        let span = Duration::from_mins(15);
        assert_eq!(start.plus(span).minus(span), start);
        assert_eq!(start.plus(span).since(start), span);
        assert_eq!(start.since(start.plus(span)), Duration::ZERO);
    }

    #[test]
    fn to_rfc3339_has_three_fraction_digits() {
        assert_eq!(Timestamp::from_millis(1_700_000_000_000).to_rfc3339(), "2023-11-14T22:13:20.000Z");
        assert_eq!(Timestamp::from_millis(1_700_000_000_120).to_rfc3339(), "2023-11-14T22:13:20.120Z");
    }

    #[test]
    fn to_text_is_in_utc() {
        let time = Timestamp::from_millis(1_795_256_107_000);
        assert_eq!(time.to_text(), "21 Nov 2026, 10:15 UTC");
        assert_eq!(time.to_text_with_seconds(), "21 Nov 2026, 10:15:07 UTC");
    }

    #[test]
    fn seconds_round_down() {
        assert_eq!(Timestamp::from_millis(1_999).seconds(), 1);
        assert_eq!(Timestamp::from_millis(-1).seconds(), -1);
    }
}
