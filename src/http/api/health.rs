//! For load balancers and process managers.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};

use crate::auth::Auth;

/// The process answers
#[utoipa::path(
    get, path = "/healthz", tag = "Service", operation_id = "alive", security(()),
    responses((status = 200, description = "It does", body = String, content_type = "text/plain", example = "ok")),
)]
pub async fn alive() -> &'static str {
    "ok"
}

/// The process can do its work
///
/// The database answers too.
#[utoipa::path(
    get, path = "/readyz", tag = "Service", operation_id = "ready", security(()),
    responses(
        (status = 200, description = "It can", body = String, content_type = "text/plain", example = "ready"),
        (status = 503, description = "It cannot", body = String, content_type = "text/plain"),
    ),
)]
pub async fn ready(State(auth): State<Arc<Auth>>) -> (StatusCode, &'static str) {
    match auth.ready().await {
        Ok(()) => (StatusCode::OK, "ready"),
        Err(error) => {
            tracing::error!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database is out of reach")
        }
    }
}
