//! Runs the server functions behind the forms.

use std::sync::Arc;

use axum::{
    Extension,
    body::Body,
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::outcome::Visit;
use crate::{
    auth::Requester,
    http::{extract::principal::Authentication, session::changes::ResponseChanges, state::AppState},
};

/// Answers a form post: always a redirect (303), so that reloading the next page sends nothing again.
/// What is no form of ours is a bare error, for the pages' error form to fill in.
pub async fn run(
    State(state): State<AppState>,
    requester: Requester,
    Extension(authentication): Extension<Authentication>,
    Extension(changes): Extension<ResponseChanges>,
    request: Request,
) -> Response {
    if matches!(authentication, Authentication::Unavailable) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    if leptos::server_fn::axum::get_server_fn_service(request.uri().path(), request.method().clone()).is_none() {
        return StatusCode::NOT_FOUND.into_response();
    }
    let settings = state.settings;
    let trusts = Arc::new(move |origin: &str| settings.trusted_origins.trusts(origin));
    let visit = Visit { auth: state.auth, requester, principal: authentication.principal(), trusts, changes };
    let context = move || leptos::context::provide_context(visit.clone());
    let mut response = leptos_axum::handle_server_fns_with_context(context, on_its_own(request)).await.into_response();
    match response.headers_mut().remove(header::LOCATION) {
        Some(location) => (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
        None => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// Where to go next is the server function's to say, never the `Referer`'s; and a form that cannot be
/// read goes nowhere, which leptos would else redirect for whoever accepts HTML.
fn on_its_own(mut request: Request) -> Request<Body> {
    request.headers_mut().remove(header::REFERER);
    request.headers_mut().remove(header::ACCEPT);
    request
}
