//! Every 503 says when to try again (RFC 9110 §15.6.4).

use axum::{
    http::{HeaderValue, StatusCode, header::RETRY_AFTER},
    response::Response,
};

use crate::{auth::error::UNAVAILABLE_RETRY, domain::seconds};

/// Adds `Retry-After` to a 503 without one, such as the answer to a request that took too long.
pub fn add(response: &mut Response) {
    if response.status() == StatusCode::SERVICE_UNAVAILABLE && !response.headers().contains_key(RETRY_AFTER) {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds::retry_after(UNAVAILABLE_RETRY)));
    }
}
