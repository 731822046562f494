//! The handler of form posts.

use axum::{
    Extension,
    body::Body,
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::request::FormRequest;
use crate::{
    auth::Requester,
    http::{
        extract::principal::Authentication,
        session::{changes::ResponseChanges, cookies::CookieJar},
        state::AppState,
    },
};

/// Runs the server function of a form. The response is a redirect (303), so that a reload does not post again. An
/// unknown or malformed form gets an error without a body, which the error middleware turns into a page.
pub async fn run(
    State(state): State<AppState>,
    requester: Requester,
    Extension(authentication): Extension<Authentication>,
    Extension(changes): Extension<ResponseChanges>,
    Extension(jar): Extension<CookieJar>,
    request: Request,
) -> Response {
    if let Some(status) = authentication.failure() {
        return status.into_response();
    }
    if leptos::server_fn::axum::get_server_fn_service(request.uri().path(), request.method().clone()).is_none() {
        return StatusCode::NOT_FOUND.into_response();
    }
    let AppState { auth, settings } = state;
    let (principal, restricted) = (authentication.principal(), authentication.restricted());
    let form = FormRequest { auth, settings, requester, principal, restricted, changes, jar };
    let context = move || leptos::context::provide_context(form.clone());
    let request = without_fallback_redirects(request);
    let mut response = leptos_axum::handle_server_fns_with_context(context, request).await.into_response();
    match response.headers_mut().remove(header::LOCATION) {
        Some(location) => (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
        None => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// Removes the headers for which Leptos adds its own redirect: to the `Referer`, and after a malformed form when the
/// client accepts HTML.
fn without_fallback_redirects(mut request: Request) -> Request<Body> {
    request.headers_mut().remove(header::REFERER);
    request.headers_mut().remove(header::ACCEPT);
    request
}
