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
/// Checks that the database accepts changes. A result is reused for a second.
#[utoipa::path(
    get, path = "/readyz", tag = "Service", operation_id = "ready", security(()),
    responses(
        (
            status = 200, description = "The service is ready", body = String, content_type = "text/plain",
            example = "ready",
        ),
        (
            status = 503, description = "The database is unavailable", body = String, content_type = "text/plain",
            example = "the database is read-only",
        ),
    ),
)]
pub async fn ready(State(auth): State<Arc<Auth>>) -> (StatusCode, String) {
    match auth.readiness.check().await {
        Ok(()) => (StatusCode::OK, "ready".to_owned()),
        Err(reason) => (StatusCode::SERVICE_UNAVAILABLE, reason.to_string()),
    }
}
