//! The list of routes.

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

use super::{
    AppState, api, assets, forms, layers,
    middleware::{client_ip, cors},
    openapi,
    openapi::Description,
    pages,
    session::authenticate,
};

/// Everything the service answers. What programs talk to is added with its description; pages are
/// for people.
pub fn router(state: AppState) -> Router {
    let people = Router::new()
        .route("/", get(pages::home))
        .route("/sign-up", get(pages::sign_up))
        .route("/sign-in", get(pages::sign_in))
        .route("/account", get(pages::account))
        .route("/docs", get(pages::reference))
        .route("/actions/{action}", post(forms::run::run))
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
        .layer(from_fn_with_state(state.clone(), api::rewrite_errors));

    let described = OpenApiRouter::default()
        .routes(routes!(openapi::serve))
        .layer(from_fn(layers::limit_body))
        .layer(from_fn_with_state(state.clone(), api::rewrite_errors));

    let (router, operations) =
        OpenApiRouter::from(people)
            .merge(programs)
            .nest("/api/auth", api::better_auth::router(&state))
            .route("/api/auth/", any(api::better_auth::unknown))
            // Reads who is asking and writes the session's cookies, around everything above.
            .layer(from_fn_with_state(state.clone(), authenticate::authenticate))
            .layer(CookieManagerLayer::new())
            .layer(from_fn_with_state(state.clone(), cors::share))
            // What is below knows no session: nothing is read, nothing is renewed, no cookie is set.
            .merge(described)
            .routes(routes!(api::health::alive))
            .routes(routes!(api::health::ready))
            .routes(routes!(api::jwks::contract_key_set).map(|keys| {
                keys.fallback(api::better_auth::unknown).layer(from_fn_with_state(state.clone(), cors::share))
            }))
            .routes(routes!(api::jwks::key_set))
            .routes(routes!(api::jwks::metadata))
            .route("/pkg/{*path}", get(assets::serve))
            .route("/favicon.svg", get(assets::serve))
            .route("/robots.txt", get(assets::serve))
            .layer(from_fn_with_state(state.clone(), client_ip::identify))
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
