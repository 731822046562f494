//! Errors without a body: what layers, the router and failing handlers answer. Each face words them
//! in its own form: pages, problems, the sign-in API's contract.

use axum::{
    http::{StatusCode, header::CONTENT_TYPE},
    response::Response,
};
use tower_http::csrf::ProtectionError;

/// A response that is nothing yet but an error's status.
pub struct BareError {
    /// The status, which stands.
    pub status: StatusCode,
    /// Whether a browser sent the request from another site.
    pub cross_site: bool,
}

impl BareError {
    /// The response as a bare error, if it is one.
    pub fn of(response: &Response) -> Option<Self> {
        let status = response.status();
        let is_error = status.is_client_error() || status.is_server_error();
        let cross_site = response.extensions().get::<ProtectionError>().is_some();
        (is_error && !response.headers().contains_key(CONTENT_TYPE)).then_some(Self { status, cross_site })
    }
}
