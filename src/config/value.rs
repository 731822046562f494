//! Value types that several settings share: how they are parsed and shown.

use std::time::Duration;

use url::{Host, Url};

/// Units and their lengths in nanoseconds. Months and years are left out, because their lengths vary.
const UNITS: [(&str, u128); 7] = [
    ("d", 24 * 3_600_000_000_000),
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

pub(super) fn parse_duration(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(duration) if duration >= Duration::from_secs(1) => Ok(duration),
        Ok(_) => Err("is too short; use at least 1s".to_owned()),
        Err(_) => Err("is not a duration such as 15m, 12h or 7d".to_owned()),
    }
}

/// Shows a duration as it is written in a setting, such as `90d` or `1d12h`.
pub(super) fn show_duration(duration: Duration) -> String {
    let mut rest = duration.as_nanos();
    let mut text = String::new();
    for (unit, nanoseconds) in UNITS {
        let count = rest / nanoseconds;
        rest %= nanoseconds;
        if count > 0 {
            text.push_str(&count.to_string());
            text.push_str(unit);
        }
    }
    text
}

pub(super) fn parse_switch(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "on" | "yes" | "1" => Ok(true),
        "false" | "off" | "no" | "0" => Ok(false),
        _ => Err("is neither on nor off".to_owned()),
    }
}

pub(super) const fn show_switch(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

/// Describes how many secrets are set, and nothing of them.
pub(super) fn describe_secrets(number: usize) -> String {
    match number {
        0 => "none".to_owned(),
        1 => "set, hidden".to_owned(),
        number => format!("{number} set, hidden"),
    }
}

/// Splits secrets that are separated by single spaces.
pub(super) fn split_secrets(text: &str) -> Result<Vec<&str>, String> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    if text.chars().any(|c| c.is_whitespace() && c != ' ') || text.contains("  ") {
        return Err(
            "contains a line break, a tab or two spaces in a row; separate secrets by a single space. `openssl \
                    rand -base64 48` prints a secret on one line"
                .to_owned(),
        );
    }
    Ok(text.split(' ').collect())
}

/// Whether only this machine can reach the host of a URL.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
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
        for (text, shown) in [
            ("90d", "90d"),
            ("15m", "15m"),
            ("25h", "1d1h"),
            ("1y", "365d6h"),
            ("1s", "1s"),
            ("1500ms", "1s500ms"),
            ("1s 1us 1ns", "1s1us1ns"),
        ] {
            let duration = parse_duration(text).unwrap();
            assert_eq!(show_duration(duration), shown);
            assert_eq!(parse_duration(shown), Ok(duration));
        }
    }
}
