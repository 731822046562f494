//! Limits the length of request URIs.

use axum::{
    extract::Request,
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};

/// In bytes, path and query.
const MAX_URI: usize = 8 * 1024;

/// Refuses longer URIs with a bare 414.
pub async fn limit(request: Request, next: Next) -> Response {
    let length = request.uri().path_and_query().map_or(0, |uri| uri.as_str().len());
    if length > MAX_URI { StatusCode::URI_TOO_LONG.into_response() } else { next.run(request).await }
}
