//! Addresses that lead to another page.

use axum::{
    http::Uri,
    response::{IntoResponse, Redirect, Response},
};

/// `GET /login`
pub async fn to_sign_in(uri: Uri) -> Response {
    permanent("/sign-in", &uri)
}

/// `GET /signup` and `GET /register`
pub async fn to_sign_up(uri: Uri) -> Response {
    permanent("/sign-up", &uri)
}

/// `GET /.well-known/change-password`: password managers open the form that changes the password
/// (<https://w3c.github.io/webappsec-change-password-url/>).
pub async fn change_password() -> Redirect {
    Redirect::to("/account/security")
}

/// A page with a trailing slash. The router has such a route only for each page, so the path never becomes `//host`.
pub async fn without_slash(uri: Uri) -> Response {
    permanent(uri.path().trim_end_matches('/'), &uri)
}

/// Redirects to `path`, with the query of `uri`.
fn permanent(path: &str, uri: &Uri) -> Response {
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    Redirect::permanent(&format!("{path}{query}")).into_response()
}
