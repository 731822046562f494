//! One log line per request, with the target `latchkey::access`. Queries are not logged: they may contain tokens.

use std::{
    net::IpAddr,
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use axum::{
    extract::{MatchedPath, Request},
    http::StatusCode,
    middleware::Next,
    response::Response,
};
use tower_http::request_id::RequestId;
use tracing::Instrument;

use crate::{domain::UserId, http::header_values::ascii};

/// In bytes. A method can have 32 kB, and a path 64 kB.
const MAX_TEXT: usize = 200;

/// Fields of the log line that inner layers set. An extension of the request; clones share their contents.
#[derive(Clone, Debug, Default)]
pub struct AccessDetails(Arc<Details>);

#[derive(Debug, Default)]
struct Details {
    address: OnceLock<IpAddr>,
    user: OnceLock<UserId>,
}

impl AccessDetails {
    /// Records the client's address.
    pub fn set_address(&self, address: IpAddr) {
        // Set once.
        let _ = self.0.address.set(address);
    }

    /// Records the signed-in user.
    pub fn set_user(&self, user: UserId) {
        // Set once.
        let _ = self.0.user.set(user);
    }
}

/// Logs the request when its response is known. Events in between have the span `request`.
pub async fn log(mut request: Request, next: Next) -> Response {
    let details = AccessDetails::default();
    request.extensions_mut().insert(details.clone());
    let id = request.extensions().get::<RequestId>().and_then(|id| ascii(id.header_value()));
    let (method, path) = (shortened(request.method().as_str()), shortened(request.uri().path()));
    let span = tracing::info_span!("request", method = %method, path = %path, request_id = id);
    let route = request.extensions().get::<MatchedPath>().cloned();
    let record = Record { method, path, route, id: id.map(str::to_owned), details };
    let started = now();
    let response = next.run(request).instrument(span).await;
    record.log(response.status(), started.elapsed());
    response
}

/// The beginning of a client's text, with control and other invisible characters escaped. The queue of the log is bounded
/// in lines, so lines must be short.
fn shortened(text: &str) -> String {
    text[..text.floor_char_boundary(MAX_TEXT)].escape_debug().to_string()
}

struct Record {
    method: String,
    path: String,
    route: Option<MatchedPath>,
    id: Option<String>,
    details: AccessDetails,
}

impl Record {
    fn log(&self, status: StatusCode, latency: Duration) {
        macro_rules! line {
            ($level:expr) => {
                tracing::event!(
                    target: "latchkey::access",
                    parent: None,
                    $level,
                    method = self.method,
                    path = self.path,
                    route = self.route.as_ref().map(MatchedPath::as_str),
                    status = status.as_u16(),
                    latency_us = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX),
                    address = self.details.0.address.get().map(tracing::field::display),
                    user_id = self.details.0.user.get().map(tracing::field::display),
                    request_id = self.id,
                    "request"
                )
            };
        }
        if status.is_server_error() {
            line!(tracing::Level::ERROR);
        } else {
            line!(tracing::Level::INFO);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "measures a duration")]
fn now() -> Instant {
    Instant::now()
}
