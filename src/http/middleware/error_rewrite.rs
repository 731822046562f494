//! Errors with a status and no body, from layers, the router and failing handlers. Pages, the own API and
//! the sign-in API rewrite them in their own formats.

use axum::{
    http::{StatusCode, header::CONTENT_TYPE},
    response::Response,
};

use super::csrf::CrossSiteRequest;

/// An error response without a body.
pub struct BareError {
    /// The status, which the rewritten response keeps.
    pub status: StatusCode,
    /// Whether the request was refused as cross-site.
    pub cross_site: bool,
}

impl BareError {
    /// `None` if the response is no error, or already has a body.
    pub fn of(response: &Response) -> Option<Self> {
        let status = response.status();
        let is_error = status.is_client_error() || status.is_server_error();
        let cross_site = response.extensions().get::<CrossSiteRequest>().is_some();
        (is_error && !response.headers().contains_key(CONTENT_TYPE)).then_some(Self { status, cross_site })
    }
}
