//! The APIs for programs.

pub mod better_auth;
pub mod forward_auth;
pub mod health;
mod interrupted;
pub mod jwks;
pub mod user_events;
pub mod users;
pub mod well_known;

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::{
    middleware::error_rewrite::BareError,
    problem::{
        Problem,
        errors::{CrossSiteError, LayerError},
    },
};

/// 404 for unknown paths below `/api`.
pub async fn unknown_path() -> Problem {
    Problem::not_found()
}

/// Rewrites bare errors of the layers as problems.
pub fn rewrite_errors(response: impl IntoResponse) -> Response {
    let response = response.into_response();
    let Some(error) = BareError::of(&response) else { return response };
    if error.cross_site {
        return CrossSiteError::CrossSite.into_response();
    }
    match error.status {
        StatusCode::NOT_FOUND => Problem::not_found().into_response(),
        StatusCode::METHOD_NOT_ALLOWED => Problem::method_not_allowed().into_response(),
        status => LayerError::from(status).into_response(),
    }
}
