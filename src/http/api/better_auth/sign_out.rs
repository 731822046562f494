//! `POST /sign-out`

use std::{convert::Infallible, sync::Arc};

use axum::{
    Extension, Json,
    extract::{FromRequestParts, State},
    http::{header, request::Parts},
};

use super::{
    contract::{ContractError, Flag, Optional, PostErrors, Text, ValidBody, ValidationError, members},
    models::SuccessResponse,
};
use crate::{
    auth::{Auth, Principal, Requester, error::InternalError},
    http::{extract::principal::authentication, route_error::route_errors, session::changes::ResponseChanges},
};

members! {
    /// Options of the contract. They are validated and have no effect.
    pub struct SignOutBody: OptionalObject {
        _callback_url: Optional<Text> = "callbackURL",
        _disable_redirect: Optional<Flag> = "disableRedirect",
        _state: Optional<Text> = "state",
    }
}

route_errors! {
    /// Errors of `POST /sign-out`.
    pub enum SignOutRouteError: ContractError {
        ..Validation(ValidationError),
        ..Internal(InternalError),
    }
}

/// The credentials to sign out with.
pub struct Credentials {
    principal: Option<Principal>,
    /// A refused `Authorization` header ends no session, and the cookies beside it were not read: they stay.
    clears_cookies: bool,
}

impl<S: Sync> FromRequestParts<S> for Credentials {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let principal = authentication(parts).identity();
        let clears_cookies = principal.is_some() || !parts.headers.contains_key(header::AUTHORIZATION);
        Ok(Self { principal, clears_cookies })
    }
}

/// Sign out
///
/// Ends the session and clears the cookies. Succeeds without a session too. The body is optional. 503: this server
/// refuses the session and has cleared the cookies, and other servers do not know of it yet.
#[utoipa::path(
    post, path = "/sign-out", tag = "Sign-in", operation_id = "signOut",
    security((), ("sessionToken" = []), ("sessionCookie" = [])),
    responses((status = 200, description = "Success", body = SuccessResponse), PostErrors<SignOutRouteError>),
)]
pub async fn sign_out(
    State(auth): State<Arc<Auth>>,
    requester: Requester,
    Extension(changes): Extension<ResponseChanges>,
    _: ValidBody<SignOutBody, SignOutRouteError>,
    credentials: Credentials,
) -> Result<Json<SuccessResponse>, SignOutRouteError> {
    // Also if the end of the session could not be stored.
    if credentials.clears_cookies {
        changes.end_session();
    }
    if let Some(principal) = credentials.principal {
        auth.sessions.sign_out(principal, &requester).await?;
    }
    Ok(Json(SuccessResponse { success: true }))
}
