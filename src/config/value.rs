//! Value types that several settings share: how they are parsed and shown.

use std::time::Duration;

const SECONDS_PER_DAY: u64 = 24 * 60 * 60;

pub(super) fn parse_duration(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(duration) if duration >= Duration::from_secs(1) => Ok(duration),
        Ok(_) => Err("is too short; use at least 1s".to_owned()),
        Err(_) => Err(format!("{text:?} is not a duration such as 15m, 12h or 7d")),
    }
}

/// Shows a duration in days and smaller units, without the months and years of `humantime`.
pub(super) fn show_duration(duration: Duration) -> String {
    let (days, rest) = (duration.as_secs() / SECONDS_PER_DAY, duration.as_secs() % SECONDS_PER_DAY);
    let rest = Duration::new(rest, duration.subsec_nanos());
    let days = match days {
        0 => return humantime::format_duration(rest).to_string(),
        1 => "1day".to_owned(),
        days => format!("{days}days"),
    };
    if rest.is_zero() { days } else { format!("{days} {}", humantime::format_duration(rest)) }
}

pub(super) fn parse_switch(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "on" | "yes" | "1" => Ok(true),
        "false" | "off" | "no" | "0" => Ok(false),
        _ => Err(format!("{text:?} is neither on nor off")),
    }
}

pub(super) const fn show_switch(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

/// Splits a comma-separated list, without empty entries.
pub(super) fn split_list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|entry| !entry.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duration_shown_is_parsed_to_the_same() {
        for (text, shown) in [("90d", "90days"), ("15m", "15m"), ("25h", "1day 1h"), ("1y", "365days 6h"), ("1s", "1s")]
        {
            let duration = parse_duration(text).unwrap();
            assert_eq!(show_duration(duration), shown);
            assert_eq!(parse_duration(shown), Ok(duration));
        }
    }
}
