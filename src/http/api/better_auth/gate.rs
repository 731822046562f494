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
    http::{extract::principal::Authentication, middleware::error_rewrite::BareError, state::AppState},
};

/// How a group of routes reads bodies and checks origins.
#[derive(Clone, Copy, Debug)]
pub struct Preconditions {
    /// Whether the body may be a plain HTML form instead of JSON.
    takes_forms: bool,
    /// Whether the origin is checked without a cookie too, against login CSRF.
    signs_in: bool,
}

impl Preconditions {
    pub const JSON: Self = Self { takes_forms: false, signs_in: false };
    pub const SIGN_IN: Self = Self { takes_forms: true, signs_in: true };
    /// Providers post back forms.
    pub const CALLBACK: Self = Self { takes_forms: true, signs_in: false };
}

/// Checks in the contract's order: body (415, 400), origin and where to go next (403). Leaves the body
/// in the request as a [`ContractBody`](body::ContractBody).
pub async fn check(State((state, policy)): State<(AppState, Preconditions)>, request: Request, next: Next) -> Response {
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
        let body = match body::read(&parts.headers, &bytes, policy.takes_forms) {
            Ok(body) => body,
            Err(error) => return error.into_response(),
        };
        let trusted = &state.settings.trusted_origins;
        let query = query::read(parts.uri.query());
        let checked = origin::check(&parts.headers, trusted, policy.signs_in)
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
