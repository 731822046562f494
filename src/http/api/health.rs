//! Health checks for load balancers and process managers.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};

use crate::auth::Auth;

/// Liveness probe
#[utoipa::path(
    get, path = "/healthz", tag = "Service", operation_id = "alive", security(()),
    responses(
        (
            status = 200, description = "The process is running", body = String, content_type = "text/plain",
            example = "ok",
        ),
    ),
)]
pub async fn alive() -> &'static str {
    "ok"
}

/// Readiness probe
///
/// Checks the connection to the database.
#[utoipa::path(
    get, path = "/readyz", tag = "Service", operation_id = "ready", security(()),
    responses(
        (
            status = 200, description = "The service is ready", body = String, content_type = "text/plain",
            example = "ready",
        ),
        (status = 503, description = "The database is unavailable", body = String, content_type = "text/plain"),
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
