//! Sessions over the sign-in API: look at them, end them, get an access token for one.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    body::{ContractBody, Members},
    error::{ContractError, Refusal},
    objects::{SessionObject, UserObject},
};
use crate::{
    auth::{Auth, Client, Principal, handover::Handover, session_token::SessionToken},
    domain::{SessionId, session::Session, user::User},
    http::cors,
};

/// Where programs read an access token from, without asking for one.
const SET_AUTH_JWT: &str = "set-auth-jwt";

/// For caches older than `Cache-Control`, which every answer carries.
const NO_CACHE: (HeaderName, HeaderValue) = (header::PRAGMA, HeaderValue::from_static("no-cache"));

/// Who is signed in, and how.
#[derive(Serialize)]
pub struct CurrentSession {
    session: SessionObject,
    user: UserObject,
}

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
    Err(ContractError::forbidden("SESSION_NOT_FRESH", "Session is not fresh").into())
}

/// `POST /sign-out`: always succeeds, also for nobody.
pub async fn sign_out(
    State(auth): State<Arc<Auth>>,
    principal: Option<Principal>,
    Extension(client): Extension<Client>,
    Extension(handover): Extension<Handover>,
    headers: HeaderMap,
    Extension(body): Extension<ContractBody>,
) -> Result<Json<Value>, Refusal> {
    let mut members = Members::of_any(&body);
    members.optional_string("callbackURL");
    members.optional_bool("disableRedirect");
    members.optional_string("state");
    members.finish()?;
    if let Some(principal) = principal {
        auth.sign_out(principal, &client).await?;
    }
    // A header that was refused has ended nothing, and the cookies beside it were not looked at.
    if principal.is_some() || !headers.contains_key(header::AUTHORIZATION) {
        handover.end_session();
    }
    Ok(Json(json!({ "success": true })))
}

/// `GET /get-session`: the session and its user, with a fresh access token beside them, or `null`.
pub async fn get_session(
    State(auth): State<Arc<Auth>>,
    principal: Option<Principal>,
    Extension(handover): Extension<Handover>,
) -> Result<Response, Refusal> {
    let current = match principal {
        Some(principal) => auth.current_session_with_token(principal).await?,
        None => None,
    };
    let Some((session, user, access)) = current else {
        if principal.is_some() {
            handover.end_session();
        }
        return Ok(([NO_CACHE], Json(Value::Null)).into_response());
    };
    let answer = CurrentSession { session: SessionObject::from(&session), user: UserObject::from(&user) };
    let mut response = ([NO_CACHE], Json(answer)).into_response();
    if let Ok(mut value) = HeaderValue::from_str(access.token.expose()) {
        value.set_sensitive(true);
        response.headers_mut().insert(SET_AUTH_JWT, value);
        cors::expose(response.headers_mut(), SET_AUTH_JWT);
    }
    Ok(response)
}

/// `POST /update-session`: a session has no fields that its owner could set.
pub async fn update(
    State(auth): State<Arc<Auth>>,
    principal: Option<Principal>,
    Extension(body): Extension<ContractBody>,
) -> Result<Json<Value>, Refusal> {
    Members::of_all(&body, &["record"]).finish()?;
    require_session(&auth, principal).await?;
    Err(ContractError::without_code(StatusCode::BAD_REQUEST, "No fields to update").into())
}

/// `POST /get-session`: only with an option of the contract that does not exist here.
pub async fn defer_required() -> impl IntoResponse {
    let refused = ContractError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED",
        "POST method requires deferSessionRefresh to be enabled in session config",
    );
    ([NO_CACHE], refused)
}

/// `GET /list-sessions`
pub async fn list(
    State(auth): State<Arc<Auth>>,
    principal: Option<Principal>,
) -> Result<Json<Vec<SessionObject>>, Refusal> {
    let principal = require_fresh_session(&auth, principal).await?;
    let sessions = auth.list_sessions(principal.user_id).await?;
    Ok(Json(sessions.iter().map(SessionObject::from).collect()))
}

/// `POST /revoke-session`: ends the session whose `token` is given, an answer's `session.token` or the
/// secret one. Someone else's is left alone, in silence.
pub async fn revoke(
    State(auth): State<Arc<Auth>>,
    principal: Option<Principal>,
    Extension(client): Extension<Client>,
    Extension(handover): Extension<Handover>,
    Extension(body): Extension<ContractBody>,
) -> Result<Json<Value>, Refusal> {
    let mut members = Members::of(&body);
    let token = members.string("token");
    members.finish()?;
    let (principal, ..) = require_session(&auth, principal).await?;
    let named = token.parse::<SessionId>().ok();
    let named = named.or_else(|| token.parse::<SessionToken>().ok().map(|token| token.session()));
    if let Some(session) = named
        && auth.revoke_session(principal, session, &client).await?
        && session == principal.session_id
    {
        handover.end_session();
    }
    Ok(status())
}

/// `POST /revoke-sessions`: ends them all, this one too.
pub async fn revoke_all(
    State(auth): State<Arc<Auth>>,
    principal: Option<Principal>,
    Extension(client): Extension<Client>,
    Extension(handover): Extension<Handover>,
) -> Result<Json<Value>, Refusal> {
    let (principal, ..) = require_session(&auth, principal).await?;
    auth.revoke_all_sessions(principal, &client).await?;
    handover.end_session();
    Ok(status())
}

/// `POST /revoke-other-sessions`: ends all but this one.
pub async fn revoke_others(
    State(auth): State<Arc<Auth>>,
    principal: Option<Principal>,
    Extension(client): Extension<Client>,
) -> Result<Json<Value>, Refusal> {
    let (principal, ..) = require_session(&auth, principal).await?;
    auth.revoke_other_sessions(principal, &client).await?;
    Ok(status())
}

/// `GET /token`: a fresh access token for this session.
pub async fn token(State(auth): State<Arc<Auth>>, principal: Option<Principal>) -> Result<Json<Value>, Refusal> {
    let principal = principal.ok_or_else(ContractError::unauthorized)?;
    let issued = auth.access_token(principal).await?.ok_or_else(ContractError::unauthorized)?;
    Ok(Json(json!({ "token": issued.token.expose() })))
}

/// What the contract answers where there is nothing to say.
pub fn status() -> Json<Value> {
    Json(json!({ "status": true }))
}
