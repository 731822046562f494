//! Value types that several settings share: how they are parsed and shown.

use std::time::Duration;

pub(super) fn parse_duration(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(duration) if duration >= Duration::from_secs(1) => Ok(duration),
        Ok(_) => Err("is too short; use at least 1s".to_owned()),
        Err(_) => Err(format!("{text:?} is not a duration such as 15m, 12h or 7d")),
    }
}

pub(super) fn show_duration(duration: Duration) -> String {
    humantime::format_duration(duration).to_string()
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
