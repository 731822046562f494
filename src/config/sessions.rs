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

pub(super) const SETTINGS: &[Setting] = &[IDLE.setting, MAX.setting];

/// How long sessions last.
#[derive(Clone, Debug)]
pub struct SessionConfig {
    /// The idle timeout.
    pub idle: Duration,
    /// The maximum lifetime, from sign-in.
    pub max: Duration,
}

impl SessionConfig {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, Invalid> {
        let (idle, max) = (reader.read(&IDLE), reader.read(&MAX));
        Ok(Self { idle: idle?, max: max? })
    }

    pub(super) fn values(&self) -> Vec<(&'static str, String)> {
        vec![IDLE.show(show_duration(self.idle)), MAX.show(show_duration(self.max))]
    }
}
