//! How long sessions last.

use std::time::Duration;

use super::{
    setting::{Invalid, Reader, Row, Setting},
    value::{parse_duration, show_duration},
};

pub(super) const IDLE: Row<Duration> = Row {
    setting: Setting {
        variable: "LATCHKEY_SESSION_IDLE",
        flag: "session-idle",
        value: "DURATION",
        default: "7d",
        help: "Idle timeout of a session",
    },
    parse: parse_duration,
};

pub(super) const MAX: Row<Duration> = Row {
    setting: Setting {
        variable: "LATCHKEY_SESSION_MAX",
        flag: "session-max",
        value: "DURATION",
        default: "30d",
        help: "Maximum lifetime of a session, used or not",
    },
    parse: parse_duration,
};

/// A sign-in of yesterday must not authorize a sensitive change.
const LONGEST_FRESH: Duration = Duration::from_hours(24);

const FRESH: Row<Duration> = Row {
    setting: Setting {
        variable: "LATCHKEY_FRESH",
        flag: "fresh",
        value: "DURATION",
        default: "15m",
        help: "Age of a sign-in up to which it authorizes sensitive changes without the password; at most 24h",
    },
    parse: parse_fresh,
};

pub(super) const SETTINGS: &[Setting] = &[IDLE.setting, MAX.setting, FRESH.setting];

/// How long sessions last.
#[derive(Clone, Debug)]
pub struct SessionConfig {
    /// The idle timeout.
    pub idle: Duration,
    /// The maximum lifetime, from sign-in.
    pub max: Duration,
    /// The age of a sign-in up to which it authorizes sensitive changes.
    pub fresh: Duration,
}

impl SessionConfig {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, Invalid> {
        let (idle, max, fresh) = (reader.read(&IDLE), reader.read(&MAX), reader.read(&FRESH));
        Ok(Self { idle: idle?, max: max?, fresh: fresh? })
    }

    pub(super) fn values(&self) -> Vec<(&'static str, String)> {
        vec![
            IDLE.show(show_duration(self.idle)),
            MAX.show(show_duration(self.max)),
            FRESH.show(show_duration(self.fresh)),
        ]
    }
}

fn parse_fresh(text: &str) -> Result<Duration, String> {
    match parse_duration(text)? {
        fresh if fresh <= LONGEST_FRESH => Ok(fresh),
        _ => {
            Err("is too long: an old sign-in would authorize a change of the address or the deletion of the account; \
                  use at most 24h"
                .to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn fresh(text: &str) -> Result<Duration, String> {
        let config = Config::from_vars(|name| (name == "LATCHKEY_FRESH").then(|| text.to_owned()));
        config.map(|config| config.sessions.fresh).map_err(|problems| problems.to_string())
    }

    #[test]
    fn fresh_is_a_second_to_a_day() {
        assert_eq!(Config::from_vars(|_| None).unwrap().sessions.fresh, Duration::from_mins(15));
        assert_eq!(fresh("1s"), Ok(Duration::from_secs(1)));
        assert_eq!(fresh("24h"), Ok(Duration::from_hours(24)));
        for (bad, words) in [("24h1s", "at most 24h"), ("0s", "at least 1s"), ("off", "15m"), ("15", "15m")] {
            let problem = fresh(bad).unwrap_err();
            assert!(problem.contains("LATCHKEY_FRESH") && problem.contains(words), "{problem}");
        }
    }
}
