//! The order of the layers around each group of routes. The first layer of a list is the innermost.

use std::sync::Arc;

use axum::{
    middleware::{from_fn, from_fn_with_state, map_response},
    routing::MethodRouter,
};
use tower_cookies::CookieManagerLayer;
use utoipa_axum::router::OpenApiRouter;

use super::{
    api,
    middleware::{
        access_log, body_limit, catch_panic,
        client_ip::{self, UnlistedProxies},
        compression, cors, csrf, request_id, retry_after, security_headers, timeout, uri_limit,
    },
    pages,
    session::{
        authenticate::{CredentialPolicy, authenticate},
        cookie_header,
    },
    state::AppState,
};

type Routes = OpenApiRouter<AppState>;

/// The layers of the pages and their forms.
pub fn pages(routes: Routes, state: &AppState) -> Routes {
    let routes = routes
        .layer(from_fn(body_limit::limit))
        // Outside the body limit: the body of a cross-site request is not read.
        .layer(from_fn_with_state(state.clone(), csrf::allow_own_pages))
        .layer(timeout::layer())
        // Outside the timeout, so that a panic of any inner layer becomes an error page.
        .layer(catch_panic::layer())
        // Outside all layers that answer with a bare status.
        .layer(from_fn_with_state(state.clone(), pages::rewrite_errors));
    // Outside the error pages, which show the signed-in user.
    session(routes, CredentialPolicy::AccessToken, state)
}

/// The layers of an API whose errors are `application/problem+json`.
pub fn api(routes: Routes, policy: CredentialPolicy, state: &AppState) -> Routes {
    let routes = routes
        .layer(from_fn(body_limit::limit))
        // Outside the body limit: the body of a cross-site request is not read.
        .layer(from_fn_with_state(state.clone(), csrf::allow_trusted_origins))
        .layer(timeout::layer())
        // Outside the timeout, so that a panic of any inner layer becomes a problem.
        .layer(catch_panic::layer())
        // Outside all layers that answer with a bare status.
        .layer(from_fn_with_state(state.clone(), api::rewrite_errors));
    shared(session(routes, policy, state), state)
}

/// The layers of the sign-in API, which sets its own limits and checks the origin as its contract says.
pub fn sign_in_api(routes: Routes, policy: CredentialPolicy, state: &AppState) -> Routes {
    shared(session(routes, policy, state), state)
}

/// The layers of routes without a session whose errors are problems.
pub fn without_session(routes: Routes, state: &AppState) -> Routes {
    routes
        .layer(from_fn(body_limit::limit))
        .layer(timeout::layer())
        .layer(catch_panic::layer())
        .layer(from_fn_with_state(state.clone(), api::rewrite_errors))
}

/// The layers of all routes.
pub fn all(routes: Routes, state: &AppState) -> Routes {
    routes
        // Innermost: only handlers and the layers of a group read the requester.
        .layer(from_fn_with_state((state.clone(), Arc::<UnlistedProxies>::default()), client_ip::set_requester))
        .layer(compression::layer())
        // Again for routes without a group, and for the layers of the groups.
        .layer(timeout::layer())
        .layer(catch_panic::layer())
        .layer(from_fn(uri_limit::limit))
        // Outside all layers that answer with 503.
        .layer(map_response(retry_after::add))
        // Outside all layers that answer, so that every response has the headers.
        .layer(from_fn_with_state(state.clone(), security_headers::add))
        // Outside the security headers: logs the final status.
        .layer(from_fn(access_log::log))
        // Outermost: the log line contains the id.
        .layer(from_fn(request_id::set))
}

/// The layer of a single route that pages of trusted origins may read.
pub fn cors(route: MethodRouter<AppState>, state: &AppState) -> MethodRouter<AppState> {
    route.layer(from_fn_with_state(state.clone(), cors::allow_trusted_origins))
}

/// Authenticates requests and writes the session cookies.
fn session(routes: Routes, policy: CredentialPolicy, state: &AppState) -> Routes {
    routes
        .layer(from_fn_with_state((state.clone(), policy), authenticate))
        // Outside authentication, which sets cookies.
        .layer(CookieManagerLayer::new())
        // Outside the cookie manager, which reads the header.
        .layer(from_fn(cookie_header::encode))
}

/// Pages of trusted origins may call these routes.
fn shared(routes: Routes, state: &AppState) -> Routes {
    // Outside authentication: a preflight request has no credentials.
    routes.layer(from_fn_with_state(state.clone(), cors::allow_trusted_origins))
}
