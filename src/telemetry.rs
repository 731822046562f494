//! The log: JSON lines on standard output, one object an event, with the request's id.

use tracing_subscriber::{EnvFilter, layer::SubscriberExt, util::SubscriberInitExt};

/// Starts logging what `filter` (an `EnvFilter` directive such as `info` or `latchkey=debug`) lets
/// through. The error says what is wrong with the filter.
pub fn start(filter: &str) -> Result<(), String> {
    let filter = EnvFilter::try_new(filter).map_err(|error| format!("LATCHKEY_LOG: {error}"))?;
    let lines =
        tracing_subscriber::fmt::layer().json().flatten_event(true).with_current_span(true).with_span_list(false);
    tracing_subscriber::registry().with(filter).with(lines).try_init().map_err(|error| error.to_string())
}
