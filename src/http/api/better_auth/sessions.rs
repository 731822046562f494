//! The sessions of the signed-in user.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    contract::{AnyMembers, ContractError, GetErrors, PostErrors, Text, ValidBody, ValidationError, members},
    models::{AccessTokenResponse, CurrentSession, SessionObject, StatusResponse},
};
use crate::{
    auth::{Auth, Requester, error::InternalError, sessions::token::SessionToken, token::IssuedToken},
    domain::SessionId,
    http::{
        extract::{
            active_session::{ActiveSession, SessionError},
            fresh_session::StaleSession,
            principal::Authentication,
        },
        middleware::cors,
        route_error::route_errors,
        session::changes::ResponseChanges,
    },
};

/// The response header with an access token, for programs.
const SET_AUTH_JWT: &str = "set-auth-jwt";

/// For caches that ignore `Cache-Control`.
const NO_CACHE: (HeaderName, HeaderValue) = (header::PRAGMA, HeaderValue::from_static("no-cache"));

route_errors! {
    /// Errors of `GET /get-session`.
    pub enum GetSessionRouteError: ContractError {
        SecondFactorRequired => ContractError::second_factor_required(),
        ..Internal(InternalError),
    }
}

/// Get the session and its user
///
/// `null` without a session.
#[utoipa::path(
    get, path = "/get-session", tag = "Sessions", operation_id = "getSession",
    security((), ("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "The session and its user, or null", body = Option<CurrentSession>, headers(
            ("set-auth-jwt" = String, description = "A new access token"),
        )),
        GetErrors<GetSessionRouteError>,
    ),
)]
pub async fn get_session(
    State(auth): State<Arc<Auth>>,
    authentication: Authentication,
    Extension(changes): Extension<ResponseChanges>,
) -> Result<Response, GetSessionRouteError> {
    if authentication.restricted().is_some() {
        return Err(GetSessionRouteError::SecondFactorRequired);
    }
    let Some(principal) = authentication.principal() else { return Ok(([NO_CACHE], Json(())).into_response()) };
    let Some((session, user, access)) = auth.sessions.current_with_token(principal).await? else {
        changes.end_session();
        return Ok(([NO_CACHE], Json(())).into_response());
    };
    let mut response = ([NO_CACHE], Json(CurrentSession::new(&session, &user))).into_response();
    if let Some(access) = access {
        add_access_token(&mut response, &access);
    }
    Ok(response)
}

fn add_access_token(response: &mut Response, access: &IssuedToken) {
    if let Ok(mut value) = HeaderValue::from_str(access.token.expose()) {
        value.set_sensitive(true);
        response.headers_mut().insert(SET_AUTH_JWT, value);
        cors::expose(response.headers_mut(), SET_AUTH_JWT);
    }
}

route_errors! {
    /// Errors of `POST /update-session`.
    pub enum UpdateSessionRouteError: ContractError {
        NothingToUpdate => ContractError::nothing_to_update(),
        ..Validation(ValidationError),
        ..Session(SessionError),
    }
}

/// Change the session
///
/// A session has no members to change.
#[utoipa::path(
    post, path = "/update-session", tag = "Not available", operation_id = "updateSession", request_body = Object,
    security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(PostErrors<UpdateSessionRouteError>),
)]
pub async fn update(
    _: ValidBody<AnyMembers, UpdateSessionRouteError>,
    _: ActiveSession<UpdateSessionRouteError>,
) -> UpdateSessionRouteError {
    UpdateSessionRouteError::NothingToUpdate
}

route_errors! {
    /// Errors of `POST /get-session`.
    pub enum RefreshSessionRouteError: ContractError {
        NotDeferred => ContractError::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED",
            "POST method requires deferSessionRefresh to be enabled in session config",
        ),
    }
}

/// Refresh the session (deferred)
///
/// Not available: the contract has it for an option that this service does not have.
#[utoipa::path(
    post, path = "/get-session", tag = "Not available", operation_id = "refreshSession", security(()),
    responses(PostErrors<RefreshSessionRouteError>),
)]
pub async fn refresh() -> impl IntoResponse {
    ([NO_CACHE], RefreshSessionRouteError::NotDeferred)
}

route_errors! {
    /// Errors of a route that requires a session.
    pub enum SessionRouteError: ContractError {
        ..Session(SessionError),
        ..Internal(InternalError),
    }
}

route_errors! {
    /// Errors of `GET /list-sessions`.
    pub enum ListSessionsRouteError: ContractError {
        ..Session(SessionError),
        ..StaleSession(StaleSession),
        ..Internal(InternalError),
    }
}

/// List the active sessions
///
/// Requires a session whose user signed in within the last day.
#[utoipa::path(
    get, path = "/list-sessions", tag = "Sessions", operation_id = "listSessions",
    security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "The active sessions", body = Vec<SessionObject>),
        GetErrors<ListSessionsRouteError>,
    ),
)]
pub async fn list(
    State(auth): State<Arc<Auth>>,
    ActiveSession { principal, session, .. }: ActiveSession<ListSessionsRouteError>,
) -> Result<Json<Vec<SessionObject>>, ListSessionsRouteError> {
    if !auth.sessions.can_list(&session) {
        return Err(StaleSession.into());
    }
    let sessions = auth.sessions.list(principal.user_id()).await?;
    Ok(Json(sessions.iter().map(SessionObject::from).collect()))
}

members! {
    /// A session to revoke.
    pub struct RevokeSessionBody: Object {
        /// The `token` of a session object, or a session token. Any other string has no effect.
        token: Text = "token",
    }
    example { "token": "01a1fdd4-8fab-7e2d-a429-11e08750ea01" }
}

route_errors! {
    /// Errors of `POST /revoke-session`.
    pub enum RevokeSessionRouteError: ContractError {
        ..Validation(ValidationError),
        ..Session(SessionError),
        ..Internal(InternalError),
    }
}

/// Revoke a session
///
/// The sessions of other users are not affected.
#[utoipa::path(
    post, path = "/revoke-session", tag = "Sessions", operation_id = "revokeSession", request_body = RevokeSessionBody,
    security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "The session is not active", body = StatusResponse),
        PostErrors<RevokeSessionRouteError>,
    ),
)]
pub async fn revoke(
    State(auth): State<Arc<Auth>>,
    requester: Requester,
    Extension(changes): Extension<ResponseChanges>,
    ValidBody(body, ..): ValidBody<RevokeSessionBody, RevokeSessionRouteError>,
    ActiveSession { principal, .. }: ActiveSession<RevokeSessionRouteError>,
) -> Result<Json<StatusResponse>, RevokeSessionRouteError> {
    let id = body.token.parse::<SessionId>().ok();
    let id = id.or_else(|| body.token.parse::<SessionToken>().ok().map(|token| token.session()));
    if let Some(id) = id {
        let revoked = auth.sessions.revoke(principal, id, &requester).await;
        // Also if the end of the session could not be stored.
        if id == principal.session_id() && !matches!(revoked, Ok(false)) {
            changes.end_session();
        }
        revoked?;
    }
    Ok(Json(StatusResponse::SUCCESS))
}

/// Revoke all sessions
///
/// Includes this session. The body is ignored.
#[utoipa::path(
    post, path = "/revoke-sessions", tag = "Sessions", operation_id = "revokeSessions",
    security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "No session is active", body = StatusResponse),
        PostErrors<SessionRouteError>,
    ),
)]
pub async fn revoke_all(
    State(auth): State<Arc<Auth>>,
    requester: Requester,
    Extension(changes): Extension<ResponseChanges>,
    session: ActiveSession<SessionRouteError>,
) -> Result<Json<StatusResponse>, SessionRouteError> {
    // Also if the ends of the sessions could not be stored.
    changes.end_session();
    auth.sessions.revoke_all(session.principal, &requester).await?;
    Ok(Json(StatusResponse::SUCCESS))
}

/// Revoke all other sessions
///
/// This session stays active. The body is ignored.
#[utoipa::path(
    post, path = "/revoke-other-sessions", tag = "Sessions", operation_id = "revokeOtherSessions",
    security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "No other session is active", body = StatusResponse),
        PostErrors<SessionRouteError>,
    ),
)]
pub async fn revoke_others(
    State(auth): State<Arc<Auth>>,
    requester: Requester,
    session: ActiveSession<SessionRouteError>,
) -> Result<Json<StatusResponse>, SessionRouteError> {
    auth.sessions.revoke_others(session.principal, &requester).await?;
    Ok(Json(StatusResponse::SUCCESS))
}

/// Get an access token
#[utoipa::path(
    get, path = "/token", tag = "Sessions", operation_id = "getAccessToken",
    security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "A new access token of the session", body = AccessTokenResponse),
        GetErrors<SessionRouteError>,
    ),
)]
pub async fn token(
    State(auth): State<Arc<Auth>>,
    session: ActiveSession<SessionRouteError>,
) -> Result<Json<AccessTokenResponse>, SessionRouteError> {
    let issued = auth.tokens.issue(&session.user, &session.session)?.ok_or(SessionError::Restricted)?;
    Ok(Json(AccessTokenResponse { token: issued.token.expose().to_owned() }))
}
