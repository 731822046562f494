//! Gives every request an id for the log, the security log and the client.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue},
};
use tower_http::request_id::RequestId;

use crate::crypto::random::random_bytes;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Adds a [`RequestId`] to the request. Always a new one: the client's own `X-Request-Id` is not trusted.
pub fn assign(request: &mut Request) -> Option<HeaderValue> {
    let id = uuid::Builder::from_random_bytes(random_bytes().ok()?).into_uuid();
    let id = HeaderValue::from_str(id.simple().encode_lower(&mut uuid::Uuid::encode_buffer())).ok()?;
    request.extensions_mut().insert(RequestId::new(id.clone()));
    Some(id)
}

/// Adds the request's id to the response.
pub fn copy(id: Option<HeaderValue>, response: &mut HeaderMap) {
    if let Some(id) = id {
        response.insert(REQUEST_ID, id);
    }
}
