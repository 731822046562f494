//! One log line per request, with the target `latchkey::access`: errors of the service at level error, of the client at
//! level info, all others at level debug. Queries are not logged: they may contain tokens.

use std::{
    borrow::Cow,
    net::IpAddr,
    sync::{Arc, OnceLock},
    time::Instant,
};

use axum::{
    extract::{MatchedPath, Request},
    http::{Method, StatusCode, Uri},
};
use tower_http::request_id::RequestId;
use tracing::{Level, Span};

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

/// The beginning of a client's text, with control and other invisible characters escaped. The queue of the log is bounded
/// in lines, so lines must be short.
fn shortened(text: &str) -> Cow<'_, str> {
    let text = &text[..text.floor_char_boundary(MAX_TEXT)];
    // The common case needs no copy.
    if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte)) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.escape_debug().to_string())
}

/// A request that is being answered.
pub struct Record {
    method: Method,
    uri: Uri,
    route: Option<MatchedPath>,
    id: Option<RequestId>,
    details: AccessDetails,
    started: Instant,
}

impl Record {
    /// Adds [`AccessDetails`] to the request.
    pub fn start(request: &mut Request) -> Self {
        let details = AccessDetails::default();
        request.extensions_mut().insert(details.clone());
        let extensions = request.extensions();
        Self {
            method: request.method().clone(),
            uri: request.uri().clone(),
            route: extensions.get().cloned(),
            id: extensions.get().cloned(),
            details,
            started: now(),
        }
    }

    /// The span of events during the request.
    pub fn span(&self) -> Span {
        tracing::info_span!("request", method = &*self.method(), path = &*self.path(), request_id = self.id())
    }

    /// Logs the request. Its response is known now.
    pub fn log(&self, status: StatusCode) {
        macro_rules! line {
            ($level:expr) => {
                tracing::event!(
                    target: "latchkey::access",
                    parent: None,
                    $level,
                    method = &*self.method(),
                    path = &*self.path(),
                    route = self.route.as_ref().map(MatchedPath::as_str),
                    status = status.as_u16(),
                    latency_us = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX),
                    address = self.details.0.address.get().map(tracing::field::display),
                    user_id = self.details.0.user.get().map(tracing::field::display),
                    request_id = self.id(),
                    "request"
                )
            };
        }
        if status.is_server_error() {
            line!(Level::ERROR);
        } else if status.is_client_error() {
            line!(Level::INFO);
        } else {
            line!(Level::DEBUG);
        }
    }

    fn method(&self) -> Cow<'_, str> {
        shortened(self.method.as_str())
    }

    fn path(&self) -> Cow<'_, str> {
        shortened(self.uri.path())
    }

    fn id(&self) -> Option<&str> {
        self.id.as_ref().and_then(|id| ascii(id.header_value()))
    }
}

#[expect(clippy::disallowed_methods, reason = "measures a duration")]
fn now() -> Instant {
    Instant::now()
}
