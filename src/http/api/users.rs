//! What a user owns: `/api/users/{user_id}/…`. Every route takes an [`Owner`]: its `user_id` is the
//! caller's own, or the answer is 403.

mod json;

use std::{sync::Arc, time::Duration};

use axum::{
    Extension, Json,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::StatusCode,
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    auth::{
        Auth, Requester,
        accounts::delete::{DeleteUserError, Proof},
    },
    domain::{Name, form::Field, name::InvalidName, user::ProfileChange},
    http::{
        AppState,
        extract::{
            json::{JsonBody, JsonForm},
            owner::Owner,
        },
        openapi::refusals::{Refusals, Refused},
        problem::{
            FieldProblem, Problem,
            description::{Anything, CrossSite},
        },
        session::changes::ResponseChanges,
    },
};
use json::{EventList, Profile, Revoked, SessionList};

/// How many entries of the security log are answered unless asked otherwise, and at most.
const EVENTS: u8 = 50;
const MAX_EVENTS: u8 = 100;

/// The routes below `/api/users/{user_id}`.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(profile, update_profile, delete_account))
        .routes(routes!(sessions, revoke_other_sessions))
        .routes(routes!(revoke_session))
        .routes(routes!(events))
}

/// Whose it is: the caller's own id, exactly as it was given. Any other is answered 403.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes what the extractor of the owner reads")]
struct UserPath {
    #[param(pattern = "^[A-Za-z0-9_-]{1,64}$", example = "01a1fdd4-8f74-77d5-b3fa-4a44a1f01da1")]
    user_id: String,
}

/// What every route here can be refused for.
type Reading = (Owner, Anything);
/// And those that change something.
type Changing = (Owner, Anything, CrossSite);

/// The profile
#[utoipa::path(
    get, path = "/", tag = "Account", operation_id = "getProfile", params(UserPath),
    security(("accessToken" = []), ("sessionCookie" = [])),
    responses((status = 200, description = "The profile", body = Profile), Refused<Reading>),
)]
async fn profile(State(auth): State<Arc<Auth>>, Owner(principal): Owner) -> Result<Json<Profile>, Problem> {
    let user = auth.profile(principal.user_id).await?.ok_or_else(Problem::invalid_token)?;
    Ok(Json(user.into()))
}

/// What can be changed of a profile. Anything else in the body is refused (no mass assignment).
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ProfilePatch {
    /// What to call the user, on one line; may be empty. White space around it is dropped.
    #[schema(max_length = 100, pattern = r"^[^\u0000-\u001F\u007F-\u009F]*$", examples("Grace Hopper"))]
    name: String,
}

impl JsonForm for ProfilePatch {
    const EXPECTED: &'static str = "Send an object with one member, `name`, which is a string";
}

struct UnusableName;

impl Refusals for UnusableName {
    type Error = Problem;
    fn refusals() -> Vec<Problem> {
        vec![unusable_name(InvalidName::TooLong)]
    }
}

fn unusable_name(invalid: InvalidName) -> Problem {
    Problem::invalid_fields(vec![FieldProblem::new(Field::Name, invalid)])
}

/// Change the name
#[utoipa::path(
    patch, path = "/", tag = "Account", operation_id = "updateProfile", params(UserPath), request_body = ProfilePatch,
    security(("accessToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "The profile as it is now", body = Profile),
        Refused<(Changing, JsonBody<ProfilePatch>, UnusableName)>,
    ),
)]
async fn update_profile(
    State(auth): State<Arc<Auth>>,
    Owner(principal): Owner,
    Extension(requester): Extension<Requester>,
    JsonBody(patch): JsonBody<ProfilePatch>,
) -> Result<Json<Profile>, Problem> {
    let name = Name::parse(&patch.name).map_err(unusable_name)?;
    let change = ProfileChange { name: Some(name), image: None };
    let user = auth.update_profile(principal, change, &requester).await?.ok_or_else(Problem::invalid_token)?;
    Ok(Json(user.into()))
}

/// What deleting an account takes. Anything else in the body is refused.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Deletion {
    /// The account's password.
    #[schema(examples("violet otter lantern 42"))]
    password: String,
}

impl JsonForm for Deletion {
    const EXPECTED: &'static str = "Send an object with one member, `password`, which is a string";
}

struct NotDeleted;

impl Refusals for NotDeleted {
    type Error = Problem;
    fn refusals() -> Vec<Problem> {
        vec![not_the_password(), Problem::too_many_attempts(Duration::from_mins(1))]
    }
}

fn not_the_password() -> Problem {
    Problem::invalid_fields(vec![FieldProblem::new(Field::Password, "is not the account's password")])
}

/// Delete the account
///
/// For good: the profile, the password and every session. The e-mail address is free again.
#[utoipa::path(
    delete, path = "/", tag = "Account", operation_id = "deleteAccount", params(UserPath), request_body = Deletion,
    security(("accessToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 204, description = "The account is deleted"),
        Refused<((Changing, JsonBody<Deletion>), NotDeleted)>,
    ),
)]
async fn delete_account(
    State(auth): State<Arc<Auth>>,
    Owner(principal): Owner,
    Extension(requester): Extension<Requester>,
    Extension(changes): Extension<ResponseChanges>,
    JsonBody(deletion): JsonBody<Deletion>,
) -> Result<StatusCode, Problem> {
    auth.delete_user(principal, Proof::Password(&deletion.password), &requester).await?;
    changes.end_session();
    Ok(StatusCode::NO_CONTENT)
}

impl From<DeleteUserError> for Problem {
    fn from(error: DeleteUserError) -> Self {
        match error {
            DeleteUserError::Password | DeleteUserError::NoPassword | DeleteUserError::NotFresh => not_the_password(),
            DeleteUserError::Gone => Self::invalid_token(),
            DeleteUserError::Throttled(throttled) => Self::too_many_attempts(throttled.retry_after),
            DeleteUserError::Busy(busy) => Self::unavailable().with_retry_after(busy.retry_after),
            DeleteUserError::Internal(error) => error.into(),
        }
    }
}

/// The live sessions
///
/// The one used last comes first.
#[utoipa::path(
    get, path = "/sessions", tag = "Account", operation_id = "listOwnSessions", params(UserPath),
    security(("accessToken" = []), ("sessionCookie" = [])),
    responses((status = 200, description = "The live sessions", body = SessionList), Refused<Reading>),
)]
async fn sessions(State(auth): State<Arc<Auth>>, Owner(principal): Owner) -> Result<Json<SessionList>, Problem> {
    let sessions = auth.list_sessions(principal.user_id).await?;
    Ok(Json(SessionList::new(sessions, principal.session_id)))
}

/// End all sessions but the current one
#[utoipa::path(
    delete, path = "/sessions", tag = "Account", operation_id = "endOtherSessions", params(UserPath),
    security(("accessToken" = []), ("sessionCookie" = [])),
    responses((status = 200, description = "How many were ended", body = Revoked), Refused<Changing>),
)]
async fn revoke_other_sessions(
    State(auth): State<Arc<Auth>>,
    Owner(principal): Owner,
    Extension(requester): Extension<Requester>,
) -> Result<Json<Revoked>, Problem> {
    let revoked = auth.revoke_other_sessions(principal, &requester).await?;
    Ok(Json(Revoked { revoked }))
}

struct NoSuchSession;

impl Refusals for NoSuchSession {
    type Error = Problem;
    fn refusals() -> Vec<Problem> {
        vec![Problem::not_found()]
    }
}

/// End one session
///
/// Its access tokens stop working at once. Ending the current one is allowed, and clears the cookies.
#[utoipa::path(
    delete, path = "/sessions/{session_id}", tag = "Account", operation_id = "endSession",
    params(UserPath, ("session_id" = String, Path, format = "uuid", description = "An `id` of the list of sessions")),
    security(("accessToken" = []), ("sessionCookie" = [])),
    responses((status = 204, description = "It has ended"), Refused<(Changing, NoSuchSession)>),
)]
async fn revoke_session(
    State(auth): State<Arc<Auth>>,
    Owner(principal): Owner,
    Path((_, session_id)): Path<(String, String)>,
    Extension(requester): Extension<Requester>,
    Extension(changes): Extension<ResponseChanges>,
) -> Result<StatusCode, Problem> {
    let session_id = session_id.parse().map_err(|_| Problem::not_found())?;
    if !auth.revoke_session(principal, session_id, &requester).await? {
        return Err(Problem::not_found());
    }
    if session_id == principal.session_id {
        changes.end_session();
    }
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct EventsQuery {
    /// The `next` of the page before.
    before: Option<i64>,
    /// How many entries.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<u8>,
}

struct UnusableQuery;

impl Refusals for UnusableQuery {
    type Error = Problem;
    fn refusals() -> Vec<Problem> {
        vec![unusable_query()]
    }
}

fn unusable_query() -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "invalid_query", "The query cannot be used")
        .with_detail("`before` is the `next` of the page before, `limit` a number from 1 to 100")
}

/// The security log
///
/// What happened to the account, newest first.
#[utoipa::path(
    get, path = "/events", tag = "Account", operation_id = "listEvents", params(UserPath, EventsQuery),
    security(("accessToken" = []), ("sessionCookie" = [])),
    responses((status = 200, description = "A page of the log", body = EventList), Refused<(Reading, UnusableQuery)>),
)]
async fn events(
    State(auth): State<Arc<Auth>>,
    Owner(principal): Owner,
    query: Result<Query<EventsQuery>, QueryRejection>,
) -> Result<Json<EventList>, Problem> {
    let Ok(Query(EventsQuery { before, limit })) = query else {
        return Err(unusable_query());
    };
    let limit = limit.unwrap_or(EVENTS);
    if !(1..=MAX_EVENTS).contains(&limit) {
        return Err(unusable_query());
    }
    Ok(Json(auth.list_events(principal.user_id, before, limit).await?.into()))
}
