//! The APIs for programs.

pub mod better_auth;
pub mod forward_auth;
pub mod health;
mod interrupted;
pub mod jwks;
pub mod user_events;
pub mod users;

use axum::{
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{
    middleware::error_rewrite::BareError,
    problem::{
        Problem,
        errors::{CrossSiteError, LayerError},
    },
    state::AppState,
};

/// 404 for unknown paths below `/api`.
pub async fn unknown_path() -> Problem {
    Problem::not_found()
}

/// Rewrites bare errors of the layers as problems.
pub async fn rewrite_errors(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let requester = request.extensions().get().cloned().unwrap_or_default();
    let response = next.run(request).await;
    let Some(error) = BareError::of(&response) else { return response };
    if error.cross_site {
        state.auth.audit.cross_site_refused(&requester);
        return CrossSiteError::CrossSite.into_response();
    }
    match error.status {
        StatusCode::NOT_FOUND => Problem::not_found().into_response(),
        StatusCode::METHOD_NOT_ALLOWED => Problem::method_not_allowed().into_response(),
        status => LayerError::from(status).into_response(),
    }
}
