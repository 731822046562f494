//! `latchkey config`

use super::{Outcome, output};
use crate::config::Config;

/// Prints lines that `.env` accepts. A value that is secret or absent becomes a comment.
pub(super) fn run(config: &Config) -> Outcome {
    let line = |(variable, value): (&str, String)| match value.strip_prefix("# ") {
        Some(comment) => format!("# {variable}: {comment}\n"),
        None => format!("{variable}={value}\n"),
    };
    let lines: String = config.values().into_iter().map(line).collect();
    Ok(output::print(lines)?)
}
