//! What pages of other origins may do with the API (CORS, Fetch Standard §3.3): those of trusted origins
//! may use it with credentials, all others get no permission and their browsers keep the answers from
//! them.
//!
//! Only `/api/` is shared; the pages and their forms are for the service's own origin. The answers keep
//! `Cross-Origin-Resource-Policy: same-origin`, which stands against embedding and says nothing about
//! requests made with CORS.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::http::AppState;

const SHARED: &str = "/api/";

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// How long a browser may remember a permission, in seconds: as long as the strictest browser does.
const MAX_AGE: HeaderValue = HeaderValue::from_static("7200");

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PATCH, DELETE");
const REQUEST_HEADERS: HeaderValue = HeaderValue::from_static("content-type, authorization");
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "set-auth-token, set-auth-jwt, x-retry-after, retry-after, www-authenticate, x-request-id",
);

/// Answers the preflight requests of trusted origins, and lets their pages read the answers to others.
pub async fn share(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with(SHARED) {
        return next.run(request).await;
    }
    let origin = trusted_origin(&state, request.headers());
    let asks_first = request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
        && origin.is_some();
    let mut response = if asks_first { StatusCode::NO_CONTENT.into_response() } else { next.run(request).await };
    let headers = response.headers_mut();
    // Also where nothing is allowed: a cache must not hand that answer to somebody trusted.
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    let Some(origin) = origin else { return response };
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    if asks_first {
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS);
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    } else {
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
    response
}

/// Lets what a trusted origin's page sends count as sent from here. Goes around the layer that refuses
/// requests from other sites, which knows exact origins only.
pub async fn admit_trusted(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    if trusted_origin(&state, request.headers()).is_some() {
        request.headers_mut().insert(SEC_FETCH_SITE, HeaderValue::from_static("same-origin"));
    }
    next.run(request).await
}

/// Adds a header to those that pages of other origins may read.
pub fn expose(headers: &mut HeaderMap, name: &'static str) {
    let before = headers.get(header::ACCESS_CONTROL_EXPOSE_HEADERS).and_then(|names| names.to_str().ok());
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
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let (Some(origin), None) = (origins.next(), origins.next()) else { return None };
    let trusted = origin.to_str().is_ok_and(|origin| state.settings.trusted_origins.trusts(origin));
    trusted.then(|| origin.clone())
}
