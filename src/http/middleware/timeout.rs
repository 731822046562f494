//! Ends a request that takes too long, with a bare 503.

use std::time::Duration;

use axum::http::StatusCode;
use tower_http::timeout::TimeoutLayer;

/// Includes the time to receive the body.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Without a body: an outer layer adds the error message.
pub fn layer() -> TimeoutLayer {
    TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIMEOUT)
}
