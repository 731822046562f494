//! The handler of form posts.

use axum::{
    Extension,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{request::FormRequest, step_up::Continuation};
use crate::{
    auth::Requester,
    http::{
        extract::principal::Authentication,
        middleware::body_limit::MAX_BODY,
        session::{changes::ResponseChanges, confirmation::PostedForm, cookies::CookieJar},
        state::AppState,
    },
};

/// The path of the server functions.
const ACTIONS: &str = "/actions/";

/// Runs the server function of a form. The response is a redirect (303), so that a reload does not post again. An
/// unknown or malformed form gets an error without a body, which the error middleware turns into a page.
///
/// A confirmation of the user's identity continues with the form that waits for it, as if it was posted now.
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
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY).await else { return StatusCode::BAD_REQUEST.into_response() };
    let AppState { auth, settings } = state;
    let posted = PostedForm {
        action: parts.uri.path().strip_prefix(ACTIONS).unwrap_or_default().to_owned(),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    let (principal, continuation) = (authentication.principal(), Continuation::default());
    let form = FormRequest { auth, settings, requester, principal, changes, jar, posted, continuation };
    let response = answer(form.clone(), Request::from_parts(parts, Body::from(body))).await;
    let Some((principal, posted)) = form.continuation.take() else { return response };
    let Some(request) = to_request(&posted) else { return StatusCode::BAD_REQUEST.into_response() };
    let continuation = Continuation::default();
    answer(FormRequest { principal: Some(principal), posted, continuation, ..form }, request).await
}

/// The redirect of a server function.
async fn answer(form: FormRequest, request: Request) -> Response {
    let context = move || leptos::context::provide_context(form.clone());
    let request = without_fallback_redirects(request);
    let mut response = leptos_axum::handle_server_fns_with_context(context, request).await.into_response();
    match response.headers_mut().remove(header::LOCATION) {
        Some(location) => (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
        None => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// The request that posts a form.
fn to_request(form: &PostedForm) -> Option<Request> {
    let mut request = Request::new(Body::from(form.body.clone()));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = [ACTIONS, &form.action].concat().parse().ok()?;
    let content_type = HeaderValue::from_static("application/x-www-form-urlencoded");
    request.headers_mut().insert(header::CONTENT_TYPE, content_type);
    Some(request)
}

/// Removes the headers for which Leptos adds its own redirect: to the `Referer`, and after a malformed form when the
/// client accepts HTML.
fn without_fallback_redirects(mut request: Request) -> Request<Body> {
    request.headers_mut().remove(header::REFERER);
    request.headers_mut().remove(header::ACCEPT);
    request
}
