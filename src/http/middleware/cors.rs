//! CORS (Fetch Standard §3.3): pages of trusted origins may call the API with credentials.
//!
//! Pages of other origins get no CORS headers, so their browsers hide the responses from them. The
//! header `Cross-Origin-Resource-Policy: same-origin` stays: it forbids embedding and does not affect CORS
//! requests.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::http::{
    header_values::{Single, ascii},
    state::AppState,
};

/// In seconds. Chrome caches a preflight response no longer than two hours.
const MAX_AGE: HeaderValue = HeaderValue::from_static("7200");

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PATCH, DELETE");
const REQUEST_HEADERS: HeaderValue = HeaderValue::from_static("content-type, authorization");
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "set-auth-token, set-auth-jwt, x-retry-after, retry-after, www-authenticate, x-request-id",
);

/// Answers the preflight requests of trusted origins, and allows their pages to read other responses.
pub async fn allow_trusted_origins(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let origin = trusted_origin(&state, request.headers());
    let is_preflight = request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
        && origin.is_some();
    let mut response = if is_preflight { StatusCode::NO_CONTENT.into_response() } else { next.run(request).await };
    let headers = response.headers_mut();
    // For untrusted origins too: a cache must not send their response to a trusted origin.
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    let Some(origin) = origin else { return response };
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    if is_preflight {
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS);
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    } else {
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
    response
}

/// Adds a header to those that pages of other origins may read.
pub fn expose(headers: &mut HeaderMap, name: &'static str) {
    let before = headers.get(header::ACCESS_CONTROL_EXPOSE_HEADERS).and_then(ascii);
    let names = match before {
        Some(names) => HeaderValue::from_str(&format!("{names}, {name}")).ok(),
        None => Some(HeaderValue::from_static(name)),
    };
    if let Some(names) = names {
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, names);
    }
}

/// The request's `Origin`, if there is exactly one and it is trusted.
fn trusted_origin(state: &AppState, headers: &HeaderMap) -> Option<HeaderValue> {
    let origin = Single::of(headers, header::ORIGIN).text()?;
    state.settings.trusted_origins.trusts(origin).then(|| headers.get(header::ORIGIN).cloned())?
}
