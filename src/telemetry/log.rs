//! The log: JSON lines on standard output, one object per event, with the request id.

use std::error::Error;

use tracing_subscriber::{EnvFilter, layer::SubscriberExt, util::SubscriberInitExt};

/// Starts logging the events that match `filter`, an `EnvFilter` directive.
pub fn start(filter: &str) -> Result<(), Box<dyn Error>> {
    let lines =
        tracing_subscriber::fmt::layer().json().flatten_event(true).with_current_span(true).with_span_list(false);
    tracing_subscriber::registry().with(EnvFilter::try_new(filter)?).with(lines).try_init()?;
    Ok(())
}
