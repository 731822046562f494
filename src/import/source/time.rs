//! Parses the formats in which the adapters store times in SQLite.

use jiff::{Timestamp as Moment, civil::DateTime, tz::TimeZone};

use crate::domain::Timestamp;

/// Smaller numbers are seconds, others milliseconds: as seconds it is the year 5138, as milliseconds 1973.
const MILLISECONDS_FROM: i64 = 100_000_000_000;

/// Parses `2026-11-21T10:15:30.000Z`, `2026-11-21 10:15:30` (UTC), Unix seconds or milliseconds.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    if let Ok(number) = text.parse::<i64>() {
        let milliseconds = if number < MILLISECONDS_FROM { number.checked_mul(1000)? } else { number };
        return (number >= 0).then(|| Timestamp::from_millis(milliseconds));
    }
    let moment = text.parse::<Moment>().ok().or_else(|| {
        let local = text.parse::<DateTime>().ok()?;
        TimeZone::UTC.to_timestamp(local).ok()
    })?;
    Some(Timestamp::from_millis(moment.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_in_every_adapter_format_is_parsed() {
        let second = Timestamp::from_millis(1_700_000_000_000);
        for text in [
            "2023-11-14T22:13:20.000Z",
            "2023-11-14T22:13:20Z",
            "2023-11-14T23:13:20+01:00",
            "2023-11-14 22:13:20",
            "1700000000",
            "1700000000000",
        ] {
            assert_eq!(parse(text), Some(second), "{text}");
        }
        assert_eq!(parse("2023-11-14T22:13:20.123Z"), Some(Timestamp::from_millis(1_700_000_000_123)));
        for bad in ["", "yesterday", "-1", "1e9", "2023-13-14T22:13:20Z"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
