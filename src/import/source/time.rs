//! Parses times in the formats of databases and exports.

use jiff::{
    Timestamp as Moment,
    civil::{Date, DateTime},
    fmt::{rfc2822, strtime},
    tz::TimeZone,
};

use crate::domain::Timestamp;

/// Smaller numbers are seconds, others milliseconds: as seconds it is the year 5138, as milliseconds 1973.
const MILLISECONDS_FROM: f64 = 100_000_000_000.0;

/// 9999-12-31 in milliseconds.
const MAX_MILLISECONDS: f64 = 253_402_300_800_000.0;

/// The text of a JavaScript `Date` after the day of the week: `Nov 25 2026 10:15:30 GMT+0100`.
const JAVASCRIPT: &str = "%b %d %Y %H:%M:%S GMT%z";

/// Parses Unix seconds or milliseconds, ISO 8601 (`2026-11-21T10:15:30.000Z`), SQL (`2026-11-21 10:15:30`, UTC without
/// an offset), JavaScript (`Wed Nov 25 2026 10:15:30 GMT+0100 (CET)`) and HTTP (`Wed, 25 Nov 2026 10:15:30 GMT`).
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if text.starts_with(|first: char| first.is_ascii_digit()) && text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return number(text.parse().ok()?);
    }
    let moment = text.parse::<Moment>().ok().or_else(|| local(text)).or_else(|| javascript(text));
    let moment = moment.or_else(|| rfc2822::DateTimeParser::new().parse_timestamp(text).ok())?;
    Some(Timestamp::from_millis(moment.as_millisecond()))
}

/// A column of type REAL can hold fractions of both units.
fn number(number: f64) -> Option<Timestamp> {
    let milliseconds = if number < MILLISECONDS_FROM { number * 1000.0 } else { number };
    #[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
    (milliseconds < MAX_MILLISECONDS).then(|| Timestamp::from_millis(milliseconds.round() as i64))
}

fn local(text: &str) -> Option<Moment> {
    let date = || text.parse::<Date>().ok().map(|date| date.at(0, 0, 0, 0));
    let local = text.parse::<DateTime>().ok().or_else(date)?;
    TimeZone::UTC.to_timestamp(local).ok()
}

fn javascript(text: &str) -> Option<Moment> {
    let (_day_of_week, rest) = text.split_once(' ')?;
    let time = rest.split(" (").next()?;
    strtime::parse(JAVASCRIPT, time).ok()?.to_timestamp().ok()
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
            "1700000000.0",
            "1700000000000.0",
            "2023-11-14 22:13:20+00",
            "2023-11-14 22:13:20.000000+00:00",
            "2023-11-14T22:13:20.000000",
            "Tue Nov 14 2023 22:13:20 GMT+0000 (Coordinated Universal Time)",
            "Tue Nov 14 2023 23:13:20 GMT+0100 (Central European Standard Time)",
            "Tue Nov 14 2023 23:13:20 GMT+0100",
            "Tue, 14 Nov 2023 22:13:20 GMT",
        ] {
            assert_eq!(parse(text), Some(second), "{text}");
        }
        assert_eq!(parse("2023-11-14T22:13:20.123Z"), Some(Timestamp::from_millis(1_700_000_000_123)));
        assert_eq!(parse("1700000000.5"), Some(Timestamp::from_millis(1_700_000_000_500)));
        assert_eq!(parse("2023-11-14"), Some(Timestamp::from_millis(1_699_920_000_000)));
        for bad in
            ["", "yesterday", "-1", "1e9", "2023-13-14T22:13:20Z", "1.7.0", "infinity", "9".repeat(40).as_str(), "nan"]
        {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
