//! Error pages.

use axum::{
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::Response,
};

use crate::{
    http::{middleware::error_rewrite::BareError, state::AppState, visitor::Visitor},
    ui::pages::{
        error::{ErrorKind, ErrorPage},
        not_found::NotFoundPage,
    },
};

/// Any path without a route.
pub async fn not_found(visitor: Visitor) -> Response {
    visitor.render(StatusCode::NOT_FOUND, NotFoundPage)
}

/// Replaces errors without a body by error pages.
pub async fn rewrite_errors(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let copy = parts.clone();
    let response = next.run(Request::from_parts(parts, body)).await;
    let Some(error) = BareError::of(&response) else { return response };
    let visitor = if error.status == StatusCode::SERVICE_UNAVAILABLE {
        // The database probably does not answer: do not wait for it again.
        Visitor::anonymous(&copy, &state)
    } else {
        Visitor::or_anonymous(copy, &state).await
    };
    render(visitor, &error)
}

fn render(visitor: Visitor, error: &BareError) -> Response {
    let kind = match error.status {
        StatusCode::NOT_FOUND => return visitor.render(error.status, NotFoundPage),
        _ if error.cross_site => ErrorKind::Forbidden,
        StatusCode::SERVICE_UNAVAILABLE => ErrorKind::Busy,
        status if status.is_client_error() => ErrorKind::Unreadable,
        _ => ErrorKind::Internal,
    };
    let request_id = visitor.requester.request_id.clone().unwrap_or_default();
    visitor.render(error.status, ErrorPage { status: error.status.as_u16(), request_id, kind })
}
