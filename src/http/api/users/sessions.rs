//! The sessions.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{UserIdParam, UserRouteError};
use crate::{
    auth::{Auth, Requester, error::InternalError},
    domain::{SessionId, device, session::Session},
    http::{
        extract::owner::Owner,
        problem::{
            Problem,
            errors::{ChangeErrors, ReadErrors},
        },
        route_error::route_errors,
        session::changes::ResponseChanges,
    },
};

/// The active sessions.
#[derive(Serialize, ToSchema)]
pub struct SessionListResponse {
    sessions: Vec<SessionResponse>,
}

/// An active session.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SessionResponse {
    /// The session's id; not a secret.
    #[schema(value_type = String, format = "uuid")]
    id: SessionId,
    /// Whether the access token of this request belongs to it.
    current: bool,
    /// The names of the browser and the operating system.
    device: String,
    /// The IP address of the last use.
    #[schema(required = true)]
    address: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    last_seen_at: String,
    /// When the session expires without further use.
    #[schema(format = DateTime)]
    expires_at: String,
}

impl SessionResponse {
    fn new(session: Session, current: SessionId) -> Self {
        Self {
            id: session.id,
            current: session.id == current,
            device: device::describe(session.user_agent.as_deref()),
            address: session.address.map(|address| address.to_string()),
            created_at: session.created_at.to_rfc3339(),
            last_seen_at: session.last_seen_at.to_rfc3339(),
            expires_at: session.idle_expires_at.to_rfc3339(),
        }
    }
}

/// List the active sessions
///
/// The most recently used session comes first.
#[utoipa::path(
    get, path = "/sessions", tag = "User", operation_id = "listOwnSessions", params(UserIdParam),
    security(("accessToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "The active sessions", body = SessionListResponse),
        ReadErrors<UserRouteError>,
    ),
)]
pub async fn list(
    State(auth): State<Arc<Auth>>,
    Owner(principal): Owner,
) -> Result<Json<SessionListResponse>, UserRouteError> {
    let sessions = auth.sessions.list(principal.user_id()).await?;
    let current = principal.session_id();
    let sessions = sessions.into_iter().map(|session| SessionResponse::new(session, current)).collect();
    Ok(Json(SessionListResponse { sessions }))
}

/// The number of revoked sessions.
#[derive(Serialize, ToSchema)]
pub struct RevokedResponse {
    /// The number.
    #[schema(minimum = 0)]
    revoked: usize,
}

/// Revoke all other sessions
#[utoipa::path(
    delete, path = "/sessions", tag = "User", operation_id = "endOtherSessions", params(UserIdParam),
    security(("accessToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "The number of revoked sessions", body = RevokedResponse),
        ChangeErrors<UserRouteError>,
    ),
)]
pub async fn revoke_others(
    State(auth): State<Arc<Auth>>,
    Owner(principal): Owner,
    requester: Requester,
) -> Result<Json<RevokedResponse>, UserRouteError> {
    let revoked = auth.sessions.revoke_others(principal, &requester).await?;
    Ok(Json(RevokedResponse { revoked }))
}

route_errors! {
    /// Errors of `DELETE /api/users/{user_id}/sessions/{session_id}`.
    pub enum RevokeRouteError: Problem {
        NotFound => Problem::not_found(),
        ..Internal(InternalError),
    }
}

/// Revoke a session
///
/// Its access tokens stop working at once. Revoking the current session also clears the cookies.
#[utoipa::path(
    delete, path = "/sessions/{session_id}", tag = "User", operation_id = "endSession",
    params(
        UserIdParam,
        ("session_id" = String, Path, format = "uuid", description = "An `id` of the list of sessions"),
    ),
    security(("accessToken" = []), ("sessionCookie" = [])),
    responses((status = 204, description = "The session is revoked"), ChangeErrors<RevokeRouteError>),
)]
pub async fn revoke(
    State(auth): State<Arc<Auth>>,
    Owner(principal): Owner,
    Path((_, session_id)): Path<(String, String)>,
    requester: Requester,
    Extension(changes): Extension<ResponseChanges>,
) -> Result<StatusCode, RevokeRouteError> {
    let session_id = session_id.parse().map_err(|_| RevokeRouteError::NotFound)?;
    let revoked = auth.sessions.revoke(principal, session_id, &requester).await;
    // Also if the end of the session could not be stored.
    if session_id == principal.session_id() && !matches!(revoked, Ok(false)) {
        changes.end_session();
    }
    if revoked? { Ok(StatusCode::NO_CONTENT) } else { Err(RevokeRouteError::NotFound) }
}
