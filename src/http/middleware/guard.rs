//! Guards of a group of routes: refuses cross-site requests, then reads the body. The body of a cross-site request is not
//! read.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};

use super::{body_limit, csrf};
use crate::http::state::AppState;

/// Accepts state-changing requests only from the service's own pages.
pub async fn own_pages(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let origins = &state.settings.trusted_origins;
    match csrf::refuse(&state, &request, |origin| origins.is_own(origin)) {
        Some(refusal) => refusal,
        None => body_limit::limit(request, next).await,
    }
}

/// Accepts state-changing requests also from pages of trusted origins.
pub async fn trusted_origins(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let origins = &state.settings.trusted_origins;
    match csrf::refuse(&state, &request, |origin| origins.trusts(origin)) {
        Some(refusal) => refusal,
        None => body_limit::limit(request, next).await,
    }
}
