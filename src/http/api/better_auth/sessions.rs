//! Sessions over the sign-in API: look at them, end them, get an access token for one.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    account::nothing_to_update,
    body::{ContractBody, Members},
    description::{Anything, NeedsMembers, NeedsSession, Posted, RevokeBody},
    error::{ContractError, Failed, Refusal},
    objects::{AccessToken, CurrentSession, SessionObject, Status, Success},
};
use crate::{
    auth::{Auth, Principal, Requester, sessions::token::SessionToken},
    domain::{SessionId, session::Session, user::User},
    http::{
        middleware::cors,
        openapi::refusals::{Refusals, Refused},
        session::changes::ResponseChanges,
    },
};

/// Where programs read an access token from, without asking for one.
const SET_AUTH_JWT: &str = "set-auth-jwt";

/// For caches older than `Cache-Control`, which every answer carries.
const NO_CACHE: (HeaderName, HeaderValue) = (header::PRAGMA, HeaderValue::from_static("no-cache"));

/// The session behind the credentials, which has to be there.
pub async fn require_session(auth: &Auth, principal: Option<Principal>) -> Result<(Principal, Session, User), Refusal> {
    let principal = principal.ok_or_else(ContractError::unauthorized)?;
    let (session, user) = auth.current_session(principal).await?.ok_or_else(ContractError::unauthorized)?;
    Ok((principal, session, user))
}

/// Someone signed in, not long ago: the contract's `freshAge`.
pub async fn require_fresh_session(auth: &Auth, principal: Option<Principal>) -> Result<Principal, Refusal> {
    let (principal, session, _) = require_session(auth, principal).await?;
    if auth.is_fresh(&session) {
        return Ok(principal);
    }
    Err(not_fresh().into())
}

/// Sign out
///
/// Ends the session and clears the cookies. Succeeds for nobody, too. Needs no body; `{}` will do.
#[utoipa::path(
    post, path = "/sign-out", tag = "Signing in", operation_id = "signOut",
    security((), ("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "Nobody is signed in any more", body = Success),
        Failed,
        Refused<(Posted, NeedsMembers)>,
    ),
)]
pub async fn sign_out(
    State(auth): State<Arc<Auth>>,
    principal: Option<Principal>,
    Extension(requester): Extension<Requester>,
    Extension(changes): Extension<ResponseChanges>,
    headers: HeaderMap,
    Extension(body): Extension<ContractBody>,
) -> Result<Json<Success>, Refusal> {
    let mut members = Members::of_any(&body);
    members.optional_string("callbackURL");
    members.optional_bool("disableRedirect");
    members.optional_string("state");
    members.finish()?;
    if let Some(principal) = principal {
        auth.sign_out(principal, &requester).await?;
    }
    // A header that was refused has ended nothing, and the cookies beside it were not looked at.
    if principal.is_some() || !headers.contains_key(header::AUTHORIZATION) {
        changes.end_session();
    }
    Ok(Json(Success { success: true }))
}

/// The session and its user
///
/// `null` where nobody is signed in.
#[utoipa::path(
    get, path = "/get-session", tag = "Sessions", operation_id = "getSession",
    security((), ("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "The session and its user, or null", body = Option<CurrentSession>, headers(
            ("set-auth-jwt" = String, description = "A fresh access token"),
        )),
        Failed,
        Refused<Anything>,
    ),
)]
pub async fn get_session(
    State(auth): State<Arc<Auth>>,
    principal: Option<Principal>,
    Extension(changes): Extension<ResponseChanges>,
) -> Result<Response, Refusal> {
    let current = match principal {
        Some(principal) => auth.current_session_with_token(principal).await?,
        None => None,
    };
    let Some((session, user, access)) = current else {
        if principal.is_some() {
            changes.end_session();
        }
        return Ok(([NO_CACHE], Json(())).into_response());
    };
    let answer = CurrentSession::new(&session, &user);
    let mut response = ([NO_CACHE], Json(answer)).into_response();
    if let Ok(mut value) = HeaderValue::from_str(access.token.expose()) {
        value.set_sensitive(true);
        response.headers_mut().insert(SET_AUTH_JWT, value);
        cors::expose(response.headers_mut(), SET_AUTH_JWT);
    }
    Ok(response)
}

struct NothingToSet;

impl Refusals for NothingToSet {
    type Error = ContractError;
    fn refusals() -> Vec<ContractError> {
        vec![nothing_to_update()]
    }
}

/// Change the session
///
/// A session has no fields that its owner could set.
#[utoipa::path(
    post, path = "/update-session", tag = "Not available", operation_id = "updateSession", request_body = Object,
    security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(Failed, Refused<((Posted, NeedsMembers), NeedsSession, NothingToSet)>),
)]
pub async fn update(
    State(auth): State<Arc<Auth>>,
    principal: Option<Principal>,
    Extension(body): Extension<ContractBody>,
) -> Result<Json<()>, Refusal> {
    Members::of_all(&body, &["record"]).finish()?;
    require_session(&auth, principal).await?;
    Err(nothing_to_update().into())
}

/// Refresh the session, deferred
///
/// Not available: belongs to an option of the contract that does not exist here.
#[utoipa::path(
    post, path = "/get-session", tag = "Sessions", operation_id = "refreshSession", security(()),
    responses(Failed, Refused<(Posted, NoDeferredRefresh)>),
)]
pub async fn defer_required() -> impl IntoResponse {
    ([NO_CACHE], no_deferred_refresh())
}

struct NoDeferredRefresh;

impl Refusals for NoDeferredRefresh {
    type Error = ContractError;
    fn refusals() -> Vec<ContractError> {
        vec![no_deferred_refresh()]
    }
}

fn no_deferred_refresh() -> ContractError {
    ContractError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED",
        "POST method requires deferSessionRefresh to be enabled in session config",
    )
}

/// What is answered to sessions that are not young enough.
pub struct NeedsFreshSession;

impl Refusals for NeedsFreshSession {
    type Error = ContractError;
    fn refusals() -> Vec<ContractError> {
        vec![not_fresh()]
    }
}

fn not_fresh() -> ContractError {
    ContractError::forbidden("SESSION_NOT_FRESH", "Session is not fresh")
}

/// The live sessions
///
/// Asks for a session no older than a day.
#[utoipa::path(
    get, path = "/list-sessions", tag = "Sessions", operation_id = "listSessions",
    security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "The live sessions", body = Vec<SessionObject>),
        Failed,
        Refused<(Anything, NeedsSession, NeedsFreshSession)>,
    ),
)]
pub async fn list(
    State(auth): State<Arc<Auth>>,
    principal: Option<Principal>,
) -> Result<Json<Vec<SessionObject>>, Refusal> {
    let principal = require_fresh_session(&auth, principal).await?;
    let sessions = auth.list_sessions(principal.user_id).await?;
    Ok(Json(sessions.iter().map(SessionObject::from).collect()))
}

/// End one session
///
/// Someone else's is left alone, in silence.
#[utoipa::path(
    post, path = "/revoke-session", tag = "Sessions", operation_id = "revokeSession", request_body = RevokeBody,
    security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "It is not live", body = Status),
        Failed,
        Refused<(Posted, NeedsMembers, NeedsSession)>,
    ),
)]
pub async fn revoke(
    State(auth): State<Arc<Auth>>,
    principal: Option<Principal>,
    Extension(requester): Extension<Requester>,
    Extension(changes): Extension<ResponseChanges>,
    Extension(body): Extension<ContractBody>,
) -> Result<Json<Status>, Refusal> {
    let mut members = Members::of(&body);
    let token = members.string("token");
    members.finish()?;
    let (principal, ..) = require_session(&auth, principal).await?;
    let named = token.parse::<SessionId>().ok();
    let named = named.or_else(|| token.parse::<SessionToken>().ok().map(|token| token.session()));
    if let Some(session) = named
        && auth.revoke_session(principal, session, &requester).await?
        && session == principal.session_id
    {
        changes.end_session();
    }
    Ok(Json(Status::DONE))
}

/// End all sessions
///
/// The one that asks, too. Needs no body; `{}` will do.
#[utoipa::path(
    post, path = "/revoke-sessions", tag = "Sessions", operation_id = "revokeSessions",
    security(("sessionToken" = []), ("sessionCookie" = [])),
    responses((status = 200, description = "None is live", body = Status), Failed, Refused<(Posted, NeedsSession)>),
)]
pub async fn revoke_all(
    State(auth): State<Arc<Auth>>,
    principal: Option<Principal>,
    Extension(requester): Extension<Requester>,
    Extension(changes): Extension<ResponseChanges>,
) -> Result<Json<Status>, Refusal> {
    let (principal, ..) = require_session(&auth, principal).await?;
    auth.revoke_all_sessions(principal, &requester).await?;
    changes.end_session();
    Ok(Json(Status::DONE))
}

/// End all sessions but the one that asks
///
/// Needs no body; `{}` will do.
#[utoipa::path(
    post, path = "/revoke-other-sessions", tag = "Sessions", operation_id = "revokeOtherSessions",
    security(("sessionToken" = []), ("sessionCookie" = [])),
    responses((status = 200, description = "No other is live", body = Status), Failed, Refused<(Posted, NeedsSession)>),
)]
pub async fn revoke_others(
    State(auth): State<Arc<Auth>>,
    principal: Option<Principal>,
    Extension(requester): Extension<Requester>,
) -> Result<Json<Status>, Refusal> {
    let (principal, ..) = require_session(&auth, principal).await?;
    auth.revoke_other_sessions(principal, &requester).await?;
    Ok(Json(Status::DONE))
}

/// A fresh access token
#[utoipa::path(
    get, path = "/token", tag = "Sessions", operation_id = "getAccessToken",
    security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "An access token of the session", body = AccessToken),
        Failed,
        Refused<(Anything, NeedsSession)>,
    ),
)]
pub async fn token(State(auth): State<Arc<Auth>>, principal: Option<Principal>) -> Result<Json<AccessToken>, Refusal> {
    let principal = principal.ok_or_else(ContractError::unauthorized)?;
    let issued = auth.access_token(principal).await?.ok_or_else(ContractError::unauthorized)?;
    Ok(Json(AccessToken { token: issued.token.expose().to_owned() }))
}
