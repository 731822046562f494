//! `GET /docs`

use std::sync::Arc;

use axum::{Extension, http::StatusCode, response::Response};

use super::visitor::Visitor;
use crate::http::openapi::Description;

/// `GET /docs`: the API reference.
pub async fn reference(visitor: Visitor, Extension(description): Extension<Arc<Description>>) -> Response {
    visitor.render(StatusCode::OK, description.page())
}
