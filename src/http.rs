//! The edge: which paths there are, what each demands of a request, and what every response carries.
//!
//! [`router`] reads as a table of contents. A handler is read → call → answer; what a route demands
//! stands in its signature ([`Principal`], `Owner`), and a route without one of them is public on
//! purpose.
//!
//! [`Principal`]: crate::auth::Principal

use std::sync::Arc;

use axum::{
    Extension, Router,
    middleware::{from_fn, from_fn_with_state},
    routing::{any, get, post},
};
use tower_cookies::CookieManagerLayer;
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouterExt},
    routes,
};

mod actions;
mod api;
mod assets;
mod bare;
mod bearer;
mod client;
mod cookies;
mod cors;
mod description;
mod health;
mod keys;
mod layers;
mod pages;
mod principal;
mod problem;
mod session;
mod state;

pub use state::{AppState, HttpSettings};

use description::Description;

/// Everything the service answers. What programs talk to is added with its description; pages are
/// for people.
pub fn router(state: AppState) -> Router {
    let people = Router::new()
        .route("/", get(pages::home))
        .route("/sign-up", get(pages::sign_up))
        .route("/sign-in", get(pages::sign_in))
        .route("/account", get(pages::account))
        .route("/docs", get(pages::reference))
        .route("/actions/{action}", post(actions::run))
        .fallback(pages::not_found)
        .layer(from_fn(layers::limit_body))
        .layer(state.settings.refuse_cross_site())
        .layer(layers::timeout())
        .layer(layers::catch_panic())
        .layer(from_fn_with_state(state.clone(), pages::explain));

    let programs = OpenApiRouter::default()
        .nest("/api/users/{user_id}", api::users::router())
        .routes(routes!(api::forward_auth::verify))
        .route("/api", any(api::unknown_path))
        .route("/api/", any(api::unknown_path))
        .route("/api/{*path}", any(api::unknown_path))
        .layer(from_fn(layers::limit_body))
        .layer(state.settings.refuse_cross_site())
        .layer(from_fn_with_state(state.clone(), cors::admit_trusted))
        .layer(layers::timeout())
        .layer(layers::catch_panic())
        .layer(from_fn_with_state(state.clone(), api::explain));

    let described = OpenApiRouter::default()
        .routes(routes!(description::serve))
        .layer(from_fn(layers::limit_body))
        .layer(from_fn_with_state(state.clone(), api::explain));

    let (router, operations) =
        OpenApiRouter::from(people)
            .merge(programs)
            .nest("/api/auth", api::better_auth::router(&state))
            .route("/api/auth/", any(api::better_auth::nothing))
            // Reads who is asking and writes the session's cookies, around everything above.
            .layer(from_fn_with_state(state.clone(), session::authenticate))
            .layer(CookieManagerLayer::new())
            .layer(from_fn_with_state(state.clone(), cors::share))
            // What is below knows no session: nothing is read, nothing is renewed, no cookie is set.
            .merge(described)
            .routes(routes!(health::alive))
            .routes(routes!(health::ready))
            .routes(routes!(keys::contract_key_set).map(|keys| {
                keys.fallback(api::better_auth::nothing).layer(from_fn_with_state(state.clone(), cors::share))
            }))
            .routes(routes!(keys::key_set))
            .routes(routes!(keys::metadata))
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
            .split_for_parts();
    let description = Description::new(operations, &state);
    router.layer(Extension(Arc::new(description))).with_state(state)
}
