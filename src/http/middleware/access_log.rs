//! One log line per request, with the target `latchkey::access`. Queries are not logged: they may contain tokens.

use std::{
    net::IpAddr,
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use axum::{
    extract::{MatchedPath, Request},
    http::{Method, StatusCode},
    middleware::Next,
    response::Response,
};
use tower_http::request_id::RequestId;
use tracing::Instrument;

use crate::{domain::UserId, http::header_values::ascii};

/// What inner layers learn about a request for its log line. An extension of the request; clones share their contents.
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
    let (method, path) = (request.method(), request.uri().path());
    let span = tracing::info_span!("request", method = method.as_str(), path, request_id = id);
    let route = request.extensions().get::<MatchedPath>().cloned();
    let record = Record { method: method.clone(), path: path.to_owned(), route, id: id.map(str::to_owned), details };
    let started = now();
    let response = next.run(request).instrument(span).await;
    record.log(response.status(), started.elapsed());
    response
}

struct Record {
    method: Method,
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
                    method = self.method.as_str(),
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
