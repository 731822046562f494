//! The client that sends the request, as a handler argument.

use std::convert::Infallible;

use axum::{extract::FromRequestParts, http::request::Parts};

use crate::auth::Requester;

/// Empty if no layer has set the requester, which happens only in tests.
impl<S: Sync> FromRequestParts<S> for Requester {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().cloned().unwrap_or_default())
    }
}
