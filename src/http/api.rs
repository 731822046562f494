//! What programs talk to.

pub mod better_auth;
pub mod forward_auth;
pub mod health;
pub mod jwks;
pub mod users;

use axum::{
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{middleware::error_rewrite::BareError, problem::Problem, state::AppState};

/// A path under `/api` that does not exist.
pub async fn unknown_path() -> Problem {
    Problem::not_found()
}

/// Answers bare errors with a problem.
pub async fn rewrite_errors(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let requester = request.extensions().get().cloned().unwrap_or_default();
    let response = next.run(request).await;
    let Some(error) = BareError::of(&response) else { return response };
    if error.cross_site {
        state.auth.record_cross_site(&requester).await;
        return Problem::cross_site().into_response();
    }
    match error.status {
        StatusCode::NOT_FOUND => Problem::not_found(),
        StatusCode::METHOD_NOT_ALLOWED => Problem::method_not_allowed(),
        StatusCode::REQUEST_TIMEOUT => Problem::too_slow(),
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(),
        StatusCode::SERVICE_UNAVAILABLE => Problem::unavailable(),
        StatusCode::BAD_REQUEST => Problem::unreadable(),
        _ => Problem::internal(),
    }
    .into_response()
}
