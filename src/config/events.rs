//! User events over the API.

use std::time::Duration;

use super::{
    setting::{Invalid, Reader, Row, Setting},
    tokens::parse_secrets,
    value::{describe_secrets, parse_duration, show_duration},
};
use crate::crypto::secret::SharedSecret;

/// Longer than the retries of a webhook.
const MIN_RETENTION: Duration = Duration::from_hours(7 * 24);

pub(super) const EVENTS_TOKEN: Row<Vec<SharedSecret>> = Row {
    setting: Setting {
        variable: "LATCHKEY_EVENTS_TOKEN",
        flag: "events-token",
        value: "SECRETS",
        default: "",
        help: "Bearer token of at least 32 bytes for GET /api/events, or several separated by spaces; set it in the \
               environment rather than as a flag [default: none, the route does not exist]",
    },
    parse: parse_secrets,
};

const EVENTS_RETENTION: Row<Duration> = Row {
    setting: Setting {
        variable: "LATCHKEY_EVENTS_RETENTION",
        flag: "events-retention",
        value: "DURATION",
        default: "30d",
        help: "Time for which user events are kept; the newest one of each user is always kept",
    },
    parse: parse_retention,
};

pub(super) const SETTINGS: &[Setting] = &[EVENTS_TOKEN.setting, EVENTS_RETENTION.setting];

/// User events over the API.
#[derive(Clone)]
pub struct EventsConfig {
    /// The tokens that may read the events. None: the route does not exist.
    pub tokens: Vec<SharedSecret>,
    /// How long events are kept.
    pub retention: Duration,
}

impl EventsConfig {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, Invalid> {
        let (tokens, retention) = (reader.read(&EVENTS_TOKEN), reader.read(&EVENTS_RETENTION));
        Ok(Self { tokens: tokens?, retention: retention? })
    }

    pub(super) fn values(&self) -> Vec<(&'static str, String)> {
        vec![
            EVENTS_TOKEN.comment(describe_secrets(self.tokens.len())),
            EVENTS_RETENTION.show(show_duration(self.retention)),
        ]
    }
}

fn parse_retention(text: &str) -> Result<Duration, String> {
    let retention = parse_duration(text)?;
    if retention < MIN_RETENTION {
        return Err("is too short for the retries of webhooks; use at least 7d".to_owned());
    }
    Ok(retention)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::config::Config;

    const SECRET: &str = "q7J0xVwq3C1kZ9uYtH5nB8mR2sD6fG4aL1eP0oI=";
    const OTHER: &str = "Rk2vX8q0mZ5tYw7nB1cD4eF6gH9jK3lM";

    fn read(vars: &[(&str, &str)]) -> Result<Config, String> {
        let lookup = |name: &str| vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Config::from_vars(lookup).map_err(|problems| problems.to_string())
    }

    #[test]
    fn events_token_several_are_hidden() {
        let both = format!("{SECRET} {OTHER}");
        let config = read(&[("LATCHKEY_EVENTS_TOKEN", &both)]).unwrap();
        assert_eq!(config.events.tokens.len(), 2);
        let shown = format!("{config:?}");
        assert!(!shown.contains(SECRET) && !shown.contains(OTHER), "{shown}");
        let problem = read(&[("LATCHKEY_EVENTS_TOKEN", "events-token")]).unwrap_err();
        assert!(problem.contains("LATCHKEY_EVENTS_TOKEN") && !problem.contains("events-token"), "{problem}");
        assert!(read(&[]).unwrap().events.tokens.is_empty());
        let same = read(&[("LATCHKEY_EVENTS_TOKEN", SECRET), ("LATCHKEY_SECRET", SECRET)]).unwrap_err();
        assert!(same.contains("must differ from LATCHKEY_SECRET"), "{same}");
    }

    #[test]
    fn retention_shorter_than_retries_is_refused() {
        let retention = |text| read(&[("LATCHKEY_EVENTS_RETENTION", text)]).map(|config| config.events.retention);
        assert_eq!(retention("").unwrap(), Duration::from_hours(30 * 24));
        assert_eq!(retention("7d").unwrap(), Duration::from_hours(7 * 24));
        assert!(retention("6d").unwrap_err().contains("at least 7d"));
    }
}
