//! The log: one line per event on standard output, as JSON or text.

mod queue;

use std::{
    error::Error,
    io::{self, IsTerminal},
};

use tracing::{Metadata, level_filters::LevelFilter};
use tracing_subscriber::{EnvFilter, Layer, filter::filter_fn, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::{LogConfig, LogFormat};

/// Writes the last lines when it is dropped.
#[must_use]
pub struct LogGuard(#[expect(dead_code, reason = "held until it is dropped")] queue::QueueGuard);

/// Starts logging to standard output. The lines are written by a thread of their own.
pub fn start(config: &LogConfig) -> Result<LogGuard, Box<dyn Error>> {
    let terminal = io::stdout().is_terminal();
    let default = if terminal { LogFormat::Text } else { LogFormat::Json };
    let (writer, guard) = queue::start(io::stdout(), queue::CAPACITY, report_dropped)?;
    let lines = match config.format.unwrap_or(default) {
        LogFormat::Json => {
            let json = fmt::layer().json().flatten_event(true).with_current_span(true).with_span_list(false);
            json.with_writer(writer).boxed()
        }
        LogFormat::Text => fmt::layer().with_ansi(terminal && colours()).with_writer(writer).boxed(),
    };
    let filter = EnvFilter::try_new(&config.filter)?;
    tracing_subscriber::registry().with(filter).with(lines.with_filter(filter_fn(is_shown))).try_init()?;
    Ok(LogGuard(guard))
}

/// Logs warnings of a command to standard error.
pub fn start_for_command() -> Result<(), Box<dyn Error>> {
    let lines = fmt::layer().with_ansi(io::stderr().is_terminal() && colours()).with_target(false);
    let filter = EnvFilter::try_new("warn")?;
    tracing_subscriber::registry().with(filter).with(lines.with_writer(io::stderr)).try_init()?;
    Ok(())
}

/// Libraries trace the arguments of their functions, among them database URLs, statements and their values.
/// Migrations are one line of this crate.
fn is_shown(event: &Metadata) -> bool {
    let most_verbose = match event.target() {
        target if target.starts_with(env!("CARGO_PKG_NAME")) => LevelFilter::TRACE,
        target if target.starts_with("sea_orm_migration") => LevelFilter::WARN,
        // Reports refused responses as errors, which any client can cause. The security log has them.
        target if target.starts_with("webauthn_rs") => LevelFilter::OFF,
        _ => LevelFilter::DEBUG,
    };
    *event.level() <= most_verbose
}

/// The convention of <https://no-color.org>.
fn colours() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

fn report_dropped(lines: usize) {
    tracing::warn!(lines, "log lines were dropped since the start, because standard output accepted none");
}
