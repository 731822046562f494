//! What a user owns: `/api/users/{user_id}/…`. Every route takes an [`Owner`]: its `user_id` is the
//! caller's own, or the answer is 403.

mod json;

use std::sync::Arc;

use axum::{
    Extension, Json, Router,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::StatusCode,
    routing::{delete, get},
};
use serde::Deserialize;

use self::json::{EventList, Profile, Revoked, SessionList};
use super::json::{JsonBody, JsonForm};
use crate::{
    auth::{
        Auth, Client,
        delete_user::{DeleteUserError, Proof},
        handover::Handover,
    },
    domain::{Name, form::Field, user::ProfileChange},
    http::{
        AppState,
        principal::Owner,
        problem::{FieldProblem, Problem},
    },
};

/// How many entries of the security log are answered unless asked otherwise, and at most.
const EVENTS: u8 = 50;
const MAX_EVENTS: u8 = 100;

/// The routes below `/api/users/{user_id}`.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/", get(profile).patch(update_profile).delete(delete_account))
        .route("/sessions", get(sessions).delete(revoke_other_sessions))
        .route("/sessions/{session_id}", delete(revoke_session))
        .route("/events", get(events))
}

async fn profile(State(auth): State<Arc<Auth>>, Owner(principal): Owner) -> Result<Json<Profile>, Problem> {
    let user = auth.profile(principal.user_id).await?.ok_or_else(Problem::invalid_token)?;
    Ok(Json(user.into()))
}

/// What can be changed of a profile. Anything else in the body is refused (no mass assignment).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfilePatch {
    name: String,
}

impl JsonForm for ProfilePatch {
    const EXPECTED: &'static str = "Send an object with one member, `name`, which is a string";
}

async fn update_profile(
    State(auth): State<Arc<Auth>>,
    Owner(principal): Owner,
    Extension(client): Extension<Client>,
    JsonBody(patch): JsonBody<ProfilePatch>,
) -> Result<Json<Profile>, Problem> {
    let name = Name::parse(&patch.name)
        .map_err(|invalid| Problem::invalid_fields(vec![FieldProblem::new(Field::Name, invalid)]))?;
    let change = ProfileChange { name: Some(name), image: None };
    let user = auth.update_profile(principal, change, &client).await?.ok_or_else(Problem::invalid_token)?;
    Ok(Json(user.into()))
}

/// What deleting an account takes. Anything else in the body is refused.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Deletion {
    password: String,
}

impl JsonForm for Deletion {
    const EXPECTED: &'static str = "Send an object with one member, `password`, which is a string";
}

async fn delete_account(
    State(auth): State<Arc<Auth>>,
    Owner(principal): Owner,
    Extension(client): Extension<Client>,
    Extension(handover): Extension<Handover>,
    JsonBody(deletion): JsonBody<Deletion>,
) -> Result<StatusCode, Problem> {
    auth.delete_user(principal, Proof::Password(&deletion.password), &client).await?;
    handover.end_session();
    Ok(StatusCode::NO_CONTENT)
}

impl From<DeleteUserError> for Problem {
    fn from(error: DeleteUserError) -> Self {
        match error {
            DeleteUserError::Password | DeleteUserError::NoPassword | DeleteUserError::NotFresh => {
                Self::invalid_fields(vec![FieldProblem::new(Field::Password, "is not the account's password")])
            }
            DeleteUserError::Gone => Self::invalid_token(),
            DeleteUserError::Throttled(throttled) => Self::too_many_attempts(throttled.retry_after),
            DeleteUserError::Busy(busy) => Self::unavailable().with_retry_after(busy.retry_after),
            DeleteUserError::Internal(error) => error.into(),
        }
    }
}

async fn sessions(State(auth): State<Arc<Auth>>, Owner(principal): Owner) -> Result<Json<SessionList>, Problem> {
    let sessions = auth.list_sessions(principal.user_id).await?;
    Ok(Json(SessionList::new(sessions, principal.session_id)))
}

async fn revoke_other_sessions(
    State(auth): State<Arc<Auth>>,
    Owner(principal): Owner,
    Extension(client): Extension<Client>,
) -> Result<Json<Revoked>, Problem> {
    let revoked = auth.revoke_other_sessions(principal, &client).await?;
    Ok(Json(Revoked { revoked }))
}

async fn revoke_session(
    State(auth): State<Arc<Auth>>,
    Owner(principal): Owner,
    Path((_, session_id)): Path<(String, String)>,
    Extension(client): Extension<Client>,
    Extension(handover): Extension<Handover>,
) -> Result<StatusCode, Problem> {
    let session_id = session_id.parse().map_err(|_| Problem::not_found())?;
    if !auth.revoke_session(principal, session_id, &client).await? {
        return Err(Problem::not_found());
    }
    if session_id == principal.session_id {
        handover.end_session();
    }
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventsQuery {
    before: Option<i64>,
    limit: Option<u8>,
}

async fn events(
    State(auth): State<Arc<Auth>>,
    Owner(principal): Owner,
    query: Result<Query<EventsQuery>, QueryRejection>,
) -> Result<Json<EventList>, Problem> {
    let Ok(Query(EventsQuery { before, limit })) = query else {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "invalid_query", "The query cannot be used")
            .with_detail("`before` is the `next` of the page before, `limit` a number from 1 to 100"));
    };
    let limit = limit.unwrap_or(EVENTS).clamp(1, MAX_EVENTS);
    Ok(Json(auth.list_events(principal.user_id, before, limit).await?.into()))
}
