//! `GET /docs`

use std::sync::Arc;

use axum::{
    Extension,
    http::{HeaderMap, StatusCode},
    response::Response,
};

use crate::http::{cached_page::CachedPage, openapi::Description, visitor::Visitor};

/// `GET /docs`: the API reference. Rendered once for all anonymous visitors.
pub async fn reference(
    visitor: Visitor,
    Extension(description): Extension<Arc<Description>>,
    headers: HeaderMap,
) -> Response {
    if !visitor.is_unknown() {
        return visitor.render(StatusCode::OK, description.page());
    }
    let render = async || CachedPage::of(visitor.render(StatusCode::OK, description.page())).await;
    description.anonymous_page().get_or_init(render).await.respond(&headers)
}
