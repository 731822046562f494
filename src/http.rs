//! The edge: which paths there are, what each demands of a request, and what every response carries.
//!
//! [`router`] reads as a table of contents. A handler is read → call → answer; what a route demands
//! stands in its signature ([`Principal`], `Owner`), and a route without one of them is public on
//! purpose.
//!
//! [`Principal`]: crate::auth::Principal

use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state},
    routing::{any, get, post},
};
use tower_cookies::CookieManagerLayer;

mod actions;
mod api;
mod assets;
mod bare;
mod bearer;
mod client;
mod cookies;
mod cors;
mod health;
mod keys;
mod layers;
mod pages;
mod principal;
mod problem;
mod session;
mod state;

pub use state::{AppState, HttpSettings};

/// Everything the service answers.
pub fn router(state: AppState) -> Router {
    let people = Router::new()
        .route("/", get(pages::home))
        .route("/sign-up", get(pages::sign_up))
        .route("/sign-in", get(pages::sign_in))
        .route("/account", get(pages::account))
        .route("/actions/{action}", post(actions::run))
        .fallback(pages::not_found)
        .layer(from_fn(layers::limit_body))
        .layer(state.settings.refuse_cross_site())
        .layer(layers::timeout())
        .layer(layers::catch_panic())
        .layer(from_fn_with_state(state.clone(), pages::explain));

    let programs = Router::new()
        .nest("/api/users/{user_id}", api::users::router())
        .route(session::VERIFY, get(api::forward_auth::verify))
        .route("/api", any(api::unknown_path))
        .route("/api/", any(api::unknown_path))
        .route("/api/{*path}", any(api::unknown_path))
        .layer(from_fn(layers::limit_body))
        .layer(state.settings.refuse_cross_site())
        .layer(from_fn_with_state(state.clone(), cors::admit_trusted))
        .layer(layers::timeout())
        .layer(layers::catch_panic())
        .layer(from_fn_with_state(state.clone(), api::explain));

    Router::new()
        .merge(people)
        .merge(programs)
        .nest("/api/auth", api::better_auth::router(&state))
        .route("/api/auth/", any(api::better_auth::nothing))
        // Reads who is asking and writes the session's cookies, around everything above.
        .layer(from_fn_with_state(state.clone(), session::authenticate))
        .layer(CookieManagerLayer::new())
        .layer(from_fn_with_state(state.clone(), cors::share))
        // What is below knows no session: nothing is read, nothing is renewed, no cookie is set.
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route(
            "/api/auth/jwks",
            get(keys::key_set)
                .fallback(api::better_auth::nothing)
                .layer(from_fn_with_state(state.clone(), cors::share)),
        )
        .route("/.well-known/jwks.json", get(keys::key_set))
        .route("/.well-known/oauth-authorization-server", get(keys::metadata))
        .route("/pkg/{*path}", get(assets::serve))
        .route("/favicon.svg", get(assets::serve))
        .route("/robots.txt", get(assets::serve))
        .layer(from_fn_with_state(state.clone(), client::identify))
        .layer(layers::compression())
        .layer(layers::timeout())
        .layer(layers::catch_panic())
        .layer(from_fn_with_state(state.clone(), layers::security_headers))
        .layer(layers::log_requests())
        .layer(from_fn(layers::request_id))
        .with_state(state)
}
