//! The layers around each group of routes, the outermost first. Each group has one stack of layers: every further call of
//! `layer` would allocate for every request.

use axum::{
    middleware::{from_fn, from_fn_with_state},
    routing::MethodRouter,
};
use tower::ServiceBuilder;
use tower_cookies::CookieManagerLayer;
use utoipa_axum::router::OpenApiRouter;

use super::{
    api,
    middleware::{
        body_limit, catch_panic, compression, cors,
        frame::{self, Frame},
        guard, timeout,
    },
    pages,
    session::authenticate::{CredentialPolicy, authenticate},
    state::AppState,
};

type Routes = OpenApiRouter<AppState>;

/// The layers of the pages and their forms.
pub fn pages(routes: Routes, state: &AppState) -> Routes {
    let layers = ServiceBuilder::new()
        .layer(compression::layer())
        .layer(CookieManagerLayer::new())
        .layer(from_fn_with_state((state.clone(), CredentialPolicy::AccessToken), authenticate))
        // Inside authentication: the error pages show the signed-in user. Outside all layers that answer with a bare
        // status.
        .layer(from_fn_with_state(state.clone(), pages::rewrite_errors))
        // Outside the timeout, so that a panic of any inner layer becomes an error page.
        .layer(catch_panic::layer())
        .layer(timeout::layer())
        .layer(from_fn_with_state(state.clone(), guard::own_pages));
    routes.layer(layers)
}

/// The layers of an API whose errors are `application/problem+json`.
pub fn api(routes: Routes, policy: CredentialPolicy, state: &AppState) -> Routes {
    let layers = ServiceBuilder::new()
        // Outside authentication: a preflight request has no credentials.
        .layer(from_fn_with_state(state.clone(), cors::allow_trusted_origins))
        .layer(CookieManagerLayer::new())
        .layer(from_fn_with_state((state.clone(), policy), authenticate))
        // Outside all layers that answer with a bare status.
        .map_response(api::rewrite_errors)
        // Outside the timeout, so that a panic of any inner layer becomes a problem.
        .layer(catch_panic::layer())
        .layer(timeout::layer())
        .layer(from_fn_with_state(state.clone(), guard::trusted_origins));
    routes.layer(layers)
}

/// The layers of the sign-in API, which sets its own limits and checks the origin as its contract says.
pub fn sign_in_api(routes: Routes, policy: CredentialPolicy, state: &AppState) -> Routes {
    let layers = ServiceBuilder::new()
        // Outside authentication: a preflight request has no credentials.
        .layer(from_fn_with_state(state.clone(), cors::allow_trusted_origins))
        .layer(CookieManagerLayer::new())
        .layer(from_fn_with_state((state.clone(), policy), authenticate));
    routes.layer(layers)
}

/// The layers of routes without a session whose errors are problems.
pub fn without_session(routes: Routes) -> Routes {
    let layers = ServiceBuilder::new()
        .map_response(api::rewrite_errors)
        .layer(catch_panic::layer())
        .layer(timeout::layer())
        .layer(from_fn(body_limit::limit));
    routes.layer(layers)
}

/// The layers of all routes.
pub fn all(routes: Routes, state: &AppState) -> Routes {
    let layers = ServiceBuilder::new()
        .layer(from_fn_with_state(Frame::new(state), frame::handle))
        // Again for routes without a group, and for the layers of the groups.
        .layer(catch_panic::layer())
        .layer(timeout::layer());
    routes.layer(layers)
}

/// The layer of a single route that pages of trusted origins may read.
pub fn cors(route: MethodRouter<AppState>, state: &AppState) -> MethodRouter<AppState> {
    route.layer(from_fn_with_state(state.clone(), cors::allow_trusted_origins))
}
