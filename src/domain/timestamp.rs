//! A moment in time.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A moment, in whole milliseconds since the Unix epoch (UTC).
///
/// The same number is stored in every database, so that times order and compare the same everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment `milliseconds` after the Unix epoch.
    pub const fn from_millis(milliseconds: i64) -> Self {
        Self(milliseconds)
    }

    /// Milliseconds since the Unix epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, as JWT claims count them (RFC 7519 §2, `NumericDate`).
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// `2026-11-21T10:15:30.000Z`: UTC with exactly three fraction digits (RFC 3339).
    pub fn to_rfc3339(self) -> String {
        jiff::Timestamp::from_millisecond(self.0).map_or_else(|_| String::new(), |time| format!("{time:.3}"))
    }

    /// The moment `span` later.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(span_millis(span)))
    }

    /// The moment `span` earlier.
    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(span_millis(span)))
    }

    /// How long after `earlier` this is; zero if it is not after it.
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
    fn a_span_added_and_taken_away_leads_back() {
        let start = Timestamp::from_millis(1_700_000_000_123);
        let span = Duration::from_mins(15);
        assert_eq!(start.plus(span).minus(span), start);
        assert_eq!(start.plus(span).since(start), span);
        assert_eq!(start.since(start.plus(span)), Duration::ZERO);
    }

    #[test]
    fn text_has_exactly_three_fraction_digits() {
        assert_eq!(Timestamp::from_millis(1_700_000_000_000).to_rfc3339(), "2023-11-14T22:13:20.000Z");
        assert_eq!(Timestamp::from_millis(1_700_000_000_120).to_rfc3339(), "2023-11-14T22:13:20.120Z");
    }

    #[test]
    fn seconds_round_towards_the_past() {
        assert_eq!(Timestamp::from_millis(1_999).seconds(), 1);
        assert_eq!(Timestamp::from_millis(-1).seconds(), -1);
    }
}
