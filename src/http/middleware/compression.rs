//! Compresses pages and scripts.

use axum::http::{Extensions, HeaderMap, StatusCode, Version, header::CONTENT_TYPE};
use tower_http::compression::{CompressionLayer, Predicate};

/// Only HTML: assets are compressed at build time. A JSON response may contain a token next to text that
/// the client chose, and its compressed length would reveal the token (BREACH).
pub fn layer() -> CompressionLayer<impl Predicate> {
    let is_page = |_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions| {
        headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
    };
    CompressionLayer::new().compress_when(is_page)
}

/// For responses without a secret.
pub fn public_layer() -> CompressionLayer {
    CompressionLayer::new()
}
