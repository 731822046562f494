//! Gives every request an id for the log, the security log and the client.

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use tower_http::request_id::RequestId;

use crate::crypto::random::random_bytes;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Always a new id: the client's own `X-Request-Id` is not trusted.
pub async fn set(mut request: Request, next: Next) -> Response {
    let random = random_bytes().ok().map(|bytes| uuid::Builder::from_random_bytes(bytes).into_uuid());
    let id = random.and_then(|id| HeaderValue::from_str(&id.simple().to_string()).ok());
    let Some(id) = id else { return next.run(request).await };
    request.extensions_mut().insert(RequestId::new(id.clone()));
    let mut response = next.run(request).await;
    response.headers_mut().insert(REQUEST_ID, id);
    response
}
