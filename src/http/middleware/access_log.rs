//! One log line per request: method, path without query, status, duration and request id.

use axum::extract::Request;
use tower_http::{
    classify::{ServerErrorsAsFailures, SharedClassifier},
    request_id::RequestId,
    trace::{DefaultOnResponse, TraceLayer},
};
use tracing::{Level, Span};

use crate::http::header_values::ascii;

/// Queries are not logged: they may contain tokens.
pub fn layer() -> TraceLayer<SharedClassifier<ServerErrorsAsFailures>, impl Fn(&Request) -> Span + Clone> {
    TraceLayer::new_for_http()
        .make_span_with(|request: &Request| {
            let id = request.extensions().get::<RequestId>().and_then(|id| ascii(id.header_value()));
            tracing::info_span!("request", method = %request.method(), path = request.uri().path(), request_id = id)
        })
        .on_response(DefaultOnResponse::new().level(Level::INFO))
}
