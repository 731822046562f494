//! Checks every request before its handler: the body's format (415, 400), then its origin and the addresses of
//! the next page (403).

use std::collections::BTreeMap;

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request, State},
    http::{Method, StatusCode, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use utoipa::{
    IntoResponses,
    openapi::{RefOr, Response as ResponseSchema},
};

use super::{
    error::ContractError,
    origin::{self, NextPageError, OriginError, SignInOriginError},
    query::ContractQuery,
    raw_body::{RawBody, RawBodyError},
};
use crate::{
    auth::{Requester, error::UNAVAILABLE_RETRY},
    http::{
        extract::principal::Authentication,
        middleware::{error_rewrite::BareError, refused_origin},
        route_error::{RouteError, responses, route_errors},
        state::AppState,
    },
};

route_errors! {
    /// Errors of the layers around every route.
    pub enum LayerError: ContractError {
        Unreadable => ContractError::bad_request("BAD_REQUEST", "The request could not be read"),
        TooSlow => ContractError::new(
            StatusCode::REQUEST_TIMEOUT, "REQUEST_TIMEOUT", "The request body did not arrive in time",
        ),
        TooLarge => ContractError::new(
            StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE", "The request body is larger than 16 kB",
        ),
        Busy => ContractError::busy(UNAVAILABLE_RETRY),
        Internal => ContractError::internal(),
    }
}

impl IntoResponses for LayerError {
    fn responses() -> BTreeMap<String, RefOr<ResponseSchema>> {
        responses(Self::examples())
    }
}

/// The routes that a precondition applies to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum RouteKind {
    /// Sign-in and sign-up: the target of login CSRF. They take URL-encoded forms, and their origin is checked
    /// even without a cookie.
    SignIn,
    /// Sign-in by mail or with a passkey: as [`SignIn`](Self::SignIn), but without URL-encoded forms.
    SignInWithoutForm,
    /// Callbacks of providers, which take URL-encoded forms.
    Callback,
    /// All others.
    Other,
}

route_errors! {
    /// Errors of a POST request before its handler.
    pub enum PreconditionError: ContractError {
        ..RawBody(RawBodyError),
        ..Origin(OriginError),
        ..NextPage(NextPageError),
    }
}

route_errors! {
    /// Errors of [`check`], on routes of every kind.
    enum CheckError: ContractError {
        ..RawBody(RawBodyError),
        ..SignInOrigin(SignInOriginError),
        ..NextPage(NextPageError),
    }
}

/// Checks a request, and leaves its body in it as a [`RawBody`].
pub async fn check(State((state, kind)): State<(AppState, RouteKind)>, request: Request, next: Next) -> Response {
    // The router answers HEAD with GET handlers; the contract answers 404.
    if request.method() == Method::HEAD {
        return StatusCode::NOT_FOUND.into_response();
    }
    if let Some(status) = request.extensions().get::<Authentication>().copied().and_then(Authentication::failure) {
        return status.into_response();
    }
    let requester = request.extensions().get::<Requester>().cloned().unwrap_or_default();
    let (mut parts, body) = request.into_parts();
    let Ok(bytes) = Bytes::from_request(Request::new(body), &()).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    if parts.method != Method::GET {
        match check_post(&parts, &bytes, &state, kind) {
            Ok(body) => parts.extensions.insert(body),
            Err(error) => {
                match error {
                    CheckError::SignInOrigin(_) => {
                        refused_origin::report(&state, &requester, &parts.headers, &parts.uri);
                    }
                    CheckError::NextPage(NextPageError { untrusted: true, .. }) => {
                        state.auth.audit.cross_site_refused(&requester);
                    }
                    _ => {}
                }
                return error.into_response();
            }
        };
    }
    next.run(Request::from_parts(parts, Body::from(bytes))).await
}

fn check_post(parts: &Parts, bytes: &[u8], state: &AppState, kind: RouteKind) -> Result<RawBody, CheckError> {
    let takes_forms = matches!(kind, RouteKind::SignIn | RouteKind::Callback);
    let body = RawBody::read(&parts.headers, bytes, takes_forms)?;
    let trusted = &state.settings.trusted_origins;
    let signs_in = matches!(kind, RouteKind::SignIn | RouteKind::SignInWithoutForm);
    origin::check(&parts.headers, trusted, signs_in)?;
    origin::check_next_page(body.0.as_ref(), &ContractQuery::parse(parts.uri.query()), trusted)?;
    Ok(body)
}

/// Rewrites bare errors in the contract's format. 404 and 500 have empty bodies there.
pub fn rewrite_errors(response: impl IntoResponse) -> Response {
    let response = response.into_response();
    let Some(error) = BareError::of(&response) else { return response };
    match error.status {
        StatusCode::PAYLOAD_TOO_LARGE => LayerError::TooLarge.into_response(),
        StatusCode::REQUEST_TIMEOUT => LayerError::TooSlow.into_response(),
        StatusCode::BAD_REQUEST => LayerError::Unreadable.into_response(),
        StatusCode::SERVICE_UNAVAILABLE => LayerError::Busy.into_response(),
        _ => response,
    }
}
