//! What every response carries and every request passes, whatever the route.

use std::{any::Any, time::Duration};

use axum::{
    body::{Body, Bytes, HttpBody, to_bytes},
    extract::{Request, State},
    http::{
        Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, Version,
        header::{
            CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
            STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
        },
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use tower_http::{
    catch_panic::CatchPanicLayer,
    classify::{ServerErrorsAsFailures, SharedClassifier},
    compression::{CompressionLayer, Predicate},
    request_id::RequestId,
    timeout::TimeoutLayer,
    trace::{DefaultOnResponse, TraceLayer},
};
use tracing::Level;

use super::AppState;
use crate::crypto::random::random_bytes;

/// The most bytes a request's body may have: forms and JSON here are small.
pub const MAX_BODY: usize = 16 * 1024;

/// The longest a client may take to send a body.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// The longest a request may take, its body included.
const TIMEOUT: Duration = Duration::from_secs(30);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Reads the body, which then is known to be complete and of bearable size; otherwise a bare 400, 408
/// or 413, for the routes' own error form to word.
pub async fn limit_body(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    match read(&parts.headers, body, BODY_TIMEOUT).await {
        Ok(bytes) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Err(status) => status.into_response(),
    }
}

async fn read(headers: &HeaderMap, body: Body, within: Duration) -> Result<Bytes, StatusCode> {
    let announced = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    if announced.and_then(|length| length.parse::<usize>().ok()).is_some_and(|length| length > MAX_BODY) {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let read = tokio::time::timeout(within, to_bytes(body, MAX_BODY)).await;
    read.map_err(|_| StatusCode::REQUEST_TIMEOUT)?
        .map_err(|error| if is_length_limit(&error) { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::BAD_REQUEST })
}

fn is_length_limit(error: &axum::Error) -> bool {
    std::error::Error::source(error).is_some_and(<dyn std::error::Error>::is::<http_body_util::LengthLimitError>)
}

/// Headers that make browsers careful (OWASP Secure Headers, ASVS 3.4). A page's own
/// `Content-Security-Policy`, with its nonce, and an asset's `Cache-Control` stand.
pub async fn security_headers(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut default = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    default(CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
    default(CACHE_CONTROL, "no-store");
    default(X_CONTENT_TYPE_OPTIONS, "nosniff");
    default(REFERRER_POLICY, "same-origin");
    default(HeaderName::from_static("x-frame-options"), "DENY");
    default(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    default(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    default(
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    );
    if state.settings.base_url.is_https() {
        default(STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains");
    }
    response
}

/// Compresses pages. Assets are compressed already, when the binary is built; JSON is small, and can
/// hold a token beside what a client chose, which compression would give away by its length (BREACH).
pub fn compression() -> CompressionLayer<impl Predicate> {
    let is_page = |_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions| {
        headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
    };
    CompressionLayer::new().compress_when(is_page)
}

/// Ends a request that takes too long, with a bare 503.
pub fn timeout() -> TimeoutLayer {
    TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIMEOUT)
}

/// A panic ends its request, not the process, with a bare 500 (ASVS 16.5.4).
pub fn catch_panic() -> CatchPanicLayer<fn(Box<dyn Any + Send>) -> Response> {
    CatchPanicLayer::custom(|_| {
        tracing::error!("a request handler panicked");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    })
}

/// One line per request: method, path without query, status, duration, request id.
pub fn log_requests() -> TraceLayer<SharedClassifier<ServerErrorsAsFailures>, impl Fn(&Request) -> tracing::Span + Clone>
{
    TraceLayer::new_for_http()
        .make_span_with(|request: &Request| {
            let id = request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok());
            tracing::info_span!("request", method = %request.method(), path = request.uri().path(), request_id = id)
        })
        .on_response(DefaultOnResponse::new().level(Level::INFO))
}

/// Gives every request an id of our own, for the log, the security log and the client. What a client
/// sends as one is not believed.
pub async fn request_id(mut request: Request, next: Next) -> Response {
    let random = random_bytes().ok().map(|bytes| uuid::Builder::from_random_bytes(bytes).into_uuid());
    let id = random.and_then(|id| HeaderValue::from_str(&id.simple().to_string()).ok());
    let Some(id) = id else { return next.run(request).await };
    request.extensions_mut().insert(RequestId::new(id.clone()));
    let mut response = next.run(request).await;
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

#[cfg(test)]
mod tests {
    use axum::{Router, routing::get};
    use futures::stream;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn a_body_that_does_not_arrive_in_time_is_given_up() {
        let endless = Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>());
        assert_eq!(read(&HeaderMap::new(), endless, Duration::ZERO).await, Err(StatusCode::REQUEST_TIMEOUT));
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_is_a_bad_request() {
        let broken = Body::from_stream(stream::iter([Ok("a"), Err(std::io::Error::other("reset"))]));
        assert_eq!(read(&HeaderMap::new(), broken, BODY_TIMEOUT).await, Err(StatusCode::BAD_REQUEST));
    }

    #[tokio::test]
    async fn a_panic_ends_its_own_request_and_no_other() {
        async fn panics() {
            panic!("secret detail");
        }
        let router =
            Router::new().route("/panics", get(panics)).route("/", get(|| async { "ok" })).layer(catch_panic());
        let ask = |path| router.clone().oneshot(Request::get(path).body(Body::empty()).unwrap());
        let response = ask("/panics").await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(to_bytes(response.into_body(), MAX_BODY).await.unwrap().is_empty());
        assert_eq!(ask("/").await.unwrap().status(), StatusCode::OK);
    }
}
