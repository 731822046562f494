//! A panic ends its request with a bare 500, not the process (ASVS 16.5.4).

use std::any::Any;

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use tower_http::catch_panic::CatchPanicLayer;

/// The panic's message is not sent: it may contain a secret.
pub fn layer() -> CatchPanicLayer<fn(Box<dyn Any + Send>) -> Response> {
    CatchPanicLayer::custom(|_| {
        tracing::error!("a request handler panicked");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    })
}

#[cfg(test)]
mod tests {
    use axum::{
        Router,
        body::{Body, to_bytes},
        extract::Request,
        routing::get,
    };
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn panic_in_a_handler_ends_only_its_request() {
        async fn panics() {
            panic!("secret detail");
        }
        let router = Router::new().route("/panics", get(panics)).route("/", get(|| async { "ok" })).layer(layer());
        let send = |path| router.clone().oneshot(Request::get(path).body(Body::empty()).unwrap());
        let response = send("/panics").await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(to_bytes(response.into_body(), 1024).await.unwrap().is_empty());
        assert_eq!(send("/").await.unwrap().status(), StatusCode::OK);
    }
}
