//! The outermost middleware of all routes: what every request and every response gets.
//!
//! One function, because each middleware function of axum copies all services inside it for every request.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use tracing::Instrument;

use super::{
    access_log,
    client_ip::{self, UnlistedProxies},
    cookie_header, request_id, retry_after, security_headers, uri_limit,
};
use crate::http::state::AppState;

/// The state of [`handle`]. Cheap to clone.
#[derive(Clone)]
pub struct Frame(Arc<(AppState, UnlistedProxies)>);

impl Frame {
    /// The frame of a router with this state.
    pub fn new(state: &AppState) -> Self {
        Self(Arc::new((state.clone(), UnlistedProxies::default())))
    }
}

/// Adds the request's id and requester, and the headers of every response. Logs the request.
pub async fn handle(State(Frame(frame)): State<Frame>, mut request: Request, next: Next) -> Response {
    let (state, unlisted) = &*frame;
    let id = request_id::assign(&mut request);
    let record = access_log::Record::start(&mut request);
    client_ip::set_requester(&mut request, state, unlisted);
    cookie_header::encode(request.headers_mut());
    let mut response = match uri_limit::refuse(&request) {
        Some(refusal) => refusal,
        None => next.run(request).instrument(record.span()).await,
    };
    retry_after::add(&mut response);
    security_headers::add(response.headers_mut(), state.settings.base_url.is_https());
    request_id::copy(id, response.headers_mut());
    record.log(response.status());
    response
}
