//! Limits the length of request URIs.

use axum::{
    extract::Request,
    http::StatusCode,
    response::{IntoResponse, Response},
};

/// In bytes, path and query.
const MAX_URI: usize = 8 * 1024;

/// Refuses longer URIs with a bare 414.
pub fn refuse(request: &Request) -> Option<Response> {
    let length = request.uri().path_and_query().map_or(0, |uri| uri.as_str().len());
    (length > MAX_URI).then(|| StatusCode::URI_TOO_LONG.into_response())
}
