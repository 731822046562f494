//! The log.

use tracing_subscriber::EnvFilter;

use super::setting::{Invalid, Reader, Row, Setting};

const LOG: Row<String> = Row {
    setting: Setting {
        variable: "LATCHKEY_LOG",
        flag: "log",
        value: "FILTER",
        default: "info",
        help: "Log filter, such as info or warn,latchkey=debug; the log is JSON lines on standard output",
    },
    parse: parse_filter,
};

pub(super) const SETTINGS: &[Setting] = &[LOG.setting];

/// The log.
#[derive(Clone, Debug)]
pub struct LogConfig {
    /// A valid `EnvFilter` directive.
    pub filter: String,
}

impl LogConfig {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, Invalid> {
        Ok(Self { filter: reader.read(&LOG)? })
    }

    pub(super) fn values(&self) -> Vec<(&'static str, String)> {
        vec![LOG.show(&self.filter)]
    }
}

fn parse_filter(text: &str) -> Result<String, String> {
    let valid = EnvFilter::try_new(text);
    valid.map(|_| text.to_owned()).map_err(|error| format!("{error}; use a level such as info or warn,latchkey=debug"))
}
