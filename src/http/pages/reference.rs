//! `GET /docs`

use std::sync::Arc;

use axum::{Extension, http::StatusCode, response::Response};

use crate::http::{openapi::Description, visitor::Visitor};

/// `GET /docs`: the API reference.
pub async fn reference(visitor: Visitor, Extension(description): Extension<Arc<Description>>) -> Response {
    visitor.render(StatusCode::OK, description.page())
}
