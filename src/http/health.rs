//! For load balancers and process managers.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};

use crate::auth::Auth;

/// The process answers.
pub async fn alive() -> &'static str {
    "ok"
}

/// The process can do its work: the database answers too.
pub async fn ready(State(auth): State<Arc<Auth>>) -> (StatusCode, &'static str) {
    match auth.ready().await {
        Ok(()) => (StatusCode::OK, "ready"),
        Err(error) => {
            tracing::error!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database is out of reach")
        }
    }
}
