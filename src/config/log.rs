//! The log.

use tracing_subscriber::EnvFilter;

use super::setting::{Invalid, Reader, Row, Setting};

const LOG: Row<String> = Row {
    setting: Setting {
        variable: "LATCHKEY_LOG",
        flag: "log",
        value: "FILTER",
        default: "info",
        help: "Log level (off, error, warn, info, debug, trace), or levels for modules, such as warn,latchkey=debug",
    },
    parse: parse_filter,
};

/// `None`: depends on the standard output.
const LOG_FORMAT: Row<Option<LogFormat>> = Row {
    setting: Setting {
        variable: "LATCHKEY_LOG_FORMAT",
        flag: "log-format",
        value: "JSON|TEXT",
        default: "",
        help: "Format of the log on standard output [default: text on a terminal, otherwise json]",
    },
    parse: parse_format,
};

pub(super) const SETTINGS: &[Setting] = &[LOG.setting, LOG_FORMAT.setting];

/// The log.
#[derive(Clone, Debug)]
pub struct LogConfig {
    /// A valid `EnvFilter` directive.
    pub filter: String,
    /// The format; `None`: text on a terminal, otherwise JSON.
    pub format: Option<LogFormat>,
}

/// The format of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object per line.
    Json,
    /// Lines for people.
    Text,
}

impl LogConfig {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, Invalid> {
        let (filter, format) = (reader.read(&LOG), reader.read(&LOG_FORMAT));
        Ok(Self { filter: filter?, format: format? })
    }

    pub(super) fn values(&self) -> Vec<(&'static str, String)> {
        let format = match self.format {
            Some(LogFormat::Json) => LOG_FORMAT.show("json"),
            Some(LogFormat::Text) => LOG_FORMAT.show("text"),
            None => LOG_FORMAT.comment("text on a terminal, otherwise json"),
        };
        vec![LOG.show(&self.filter), format]
    }
}

fn parse_format(text: &str) -> Result<Option<LogFormat>, String> {
    match text.to_ascii_lowercase().as_str() {
        "" => Ok(None),
        "json" => Ok(Some(LogFormat::Json)),
        "text" => Ok(Some(LogFormat::Text)),
        _ => Err("is neither json nor text".to_owned()),
    }
}

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// Names of levels in other programs.
const OTHER_LEVELS: [(&str, &str); 9] = [
    ("verbose", "debug"),
    ("silly", "trace"),
    ("all", "trace"),
    ("notice", "info"),
    ("critical", "error"),
    ("fatal", "error"),
    ("none", "off"),
    ("silent", "off"),
    ("quiet", "off"),
];

/// `EnvFilter` reads a word that is no level as the name of a module, and then logs nothing else. Spaces around commas,
/// which it refuses, are removed.
fn parse_filter(text: &str) -> Result<String, String> {
    let directives: Vec<_> = text.split(',').map(str::trim).filter(|directive| !directive.is_empty()).collect();
    if let Some(problem) = directives.iter().find_map(|directive| problem_of(directive)) {
        return Err(problem);
    }
    let filter = directives.join(",");
    let valid = EnvFilter::try_new(&filter);
    valid.map(|_| filter).map_err(|_| format!("is not a log filter; {USE}"))
}

const USE: &str = "use off, error, warn, info, debug or trace, or levels for modules, as in warn,latchkey=debug";

fn problem_of(directive: &str) -> Option<String> {
    // The conditions in brackets may contain any character.
    let outside = directive.split_once('[').map_or(directive, |(module, _)| module);
    let level = match directive.rsplit_once('=') {
        Some((_, level)) if !directive.ends_with(']') => level.trim(),
        _ if outside.len() < directive.len() || outside.contains("::") || outside == "latchkey" => return None,
        _ => outside,
    };
    if LEVELS.iter().any(|known| known.eq_ignore_ascii_case(level)) || is_number(level) {
        return None;
    }
    let advice = similar_level(&level.to_ascii_lowercase()).map(|level| format!("did you mean {level}? "));
    Some(format!("contains a word that is not a log level; {}{USE}", advice.unwrap_or_default()))
}

/// `EnvFilter` accepts 0 (off) to 5 (trace).
fn is_number(level: &str) -> bool {
    matches!(level, "0" | "1" | "2" | "3" | "4" | "5")
}

fn similar_level(word: &str) -> Option<&'static str> {
    if let Some((_, level)) = OTHER_LEVELS.iter().find(|(other, _)| *other == word) {
        return Some(level);
    }
    let scored = LEVELS.iter().map(|level| (strsim::jaro_winkler(level, word), *level));
    scored.filter(|(score, _)| *score > 0.8).max_by(|one, other| one.0.total_cmp(&other.0)).map(|(_, level)| level)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filter_with_levels_is_accepted() {
        for filter in [
            "info",
            "WARN",
            "off",
            "3",
            "warn,latchkey=debug",
            "latchkey",
            "latchkey::http",
            "sqlx=off,info",
            "latchkey[request]=debug",
            "latchkey[request{path=\"/a\"}]=debug,warn",
            "[request{method=GET}]",
        ] {
            assert_eq!(parse_filter(filter), Ok(filter.to_owned()), "{filter}");
        }
        assert_eq!(parse_filter("warn, latchkey=info,").as_deref(), Ok("warn,latchkey=info"));
    }

    #[test]
    fn filter_that_would_log_nothing_is_refused() {
        for (filter, meant) in [
            ("verbose", "debug"),
            ("warning", "warn"),
            ("inf", "info"),
            ("debgu", "debug"),
            ("info,latchkey=verbose", "debug"),
            ("none", "off"),
        ] {
            let problem = parse_filter(filter).unwrap_err();
            assert!(problem.contains(&format!("did you mean {meant}?")), "{filter}: {problem}");
        }
        for filter in ["hunter2", "6", "a=b=c", "latchkey=", "latchkey=info[", "info hunter2"] {
            let problem = parse_filter(filter).unwrap_err();
            assert!(problem.contains("use off, error") && !problem.contains("hunter2"), "{filter}: {problem}");
        }
    }

    #[test]
    fn format_other_than_json_or_text_is_refused() {
        assert_eq!(parse_format("JSON"), Ok(Some(LogFormat::Json)));
        assert_eq!(parse_format("text"), Ok(Some(LogFormat::Text)));
        assert!(parse_format("logfmt").is_err());
    }
}
