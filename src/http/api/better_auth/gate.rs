//! What every request to the sign-in API passes before its handler: body, origin, where to go next.

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request, State},
    http::{Method, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{body, error::ContractError, origin, query};
use crate::{
    auth::Requester,
    http::{AppState, extract::principal::Authentication, middleware::error_rewrite::BareError},
};

/// The two endpoints that take plain forms, and that are checked for where they come from even
/// without a cookie: they are what a login CSRF would call.
fn signs_in(path: &str) -> bool {
    path.ends_with("/sign-in/email") || path.ends_with("/sign-up/email")
}

/// What providers post back as a form.
fn takes_forms(path: &str) -> bool {
    signs_in(path) || path.contains("/callback/")
}

/// Checks in the contract's order: body (415, 400), origin and where to go next (403). Leaves the body
/// in the request as a [`ContractBody`](body::ContractBody).
pub async fn check(State(state): State<AppState>, request: Request, next: Next) -> Response {
    // The router answers HEAD wherever it answers GET; the contract does not.
    if request.method() == Method::HEAD {
        return ContractError::nothing();
    }
    if matches!(request.extensions().get(), Some(Authentication::Unavailable)) {
        return ContractError::busy_now().into_response();
    }
    let requester = request.extensions().get::<Requester>().cloned().unwrap_or_default();
    let (mut parts, sent) = request.into_parts();
    let Ok(bytes) = Bytes::from_request(Request::new(sent), &()).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    if parts.method != Method::GET {
        let path = parts.uri.path();
        let body = match body::read(&parts.headers, &bytes, takes_forms(path)) {
            Ok(body) => body,
            Err(error) => return error.into_response(),
        };
        let trusted = &state.settings.trusted_origins;
        let query = query::read(parts.uri.query());
        let checked = origin::check(&parts.headers, trusted, signs_in(path))
            .and_then(|()| origin::check_next(body.0.as_ref(), &query, trusted));
        if let Err(error) = checked {
            if error.is_forbidden() {
                state.auth.record_cross_site(&requester).await;
            }
            return error.into_response();
        }
        parts.extensions.insert(body);
    }
    next.run(Request::from_parts(parts, Body::from(bytes))).await
}

/// Words bare errors as the contract does, in which what is not there and what failed have no words.
pub async fn explain(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let Some(error) = BareError::of(&response) else { return response };
    match error.status {
        StatusCode::PAYLOAD_TOO_LARGE => ContractError::too_large().into_response(),
        StatusCode::REQUEST_TIMEOUT => ContractError::too_slow().into_response(),
        StatusCode::BAD_REQUEST => ContractError::unreadable().into_response(),
        StatusCode::SERVICE_UNAVAILABLE => ContractError::busy_now().into_response(),
        _ => response,
    }
}
