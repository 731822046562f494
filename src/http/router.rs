//! The list of routes, each group with its layers.

use std::sync::Arc;

use axum::{
    Extension, Router,
    middleware::from_fn_with_state,
    routing::{any, get, post},
};
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouterExt},
    routes,
};

use super::{
    api, assets, forms, layers, middleware::compression, openapi, openapi::Description, pages, scripts,
    session::authenticate::CredentialPolicy, state::AppState,
};

/// All routes of the service.
pub fn router(state: AppState) -> Router {
    let contract_key_set = routes!(api::jwks::contract_key_set);
    let routes = OpenApiRouter::default()
        .merge(layers::pages(pages(&state), &state))
        .merge(layers::api(own_api(), CredentialPolicy::AccessToken, &state))
        .merge(layers::api(forward_auth(), CredentialPolicy::Forwarded, &state))
        .merge(layers::sign_in_api(sign_in_api(&state), CredentialPolicy::SessionToken, &state))
        .merge(layers::sign_in_api(sign_out_api(&state), CredentialPolicy::SignOut, &state))
        .merge(layers::without_session(without_session()))
        .routes(contract_key_set.map(|keys| layers::cors(keys.fallback(api::better_auth::unknown), &state)))
        .merge(public(&state));
    let (layered, operations) = layers::all(routes, &state).split_for_parts();
    let description = Description::new(operations, &state);
    layered.layer(Extension(Arc::new(description))).with_state(state)
}

fn pages(state: &AppState) -> OpenApiRouter<AppState> {
    let pages = [
        ("/sign-up", get(pages::sign_up)),
        ("/signup", get(pages::redirects::to_sign_up)),
        ("/register", get(pages::redirects::to_sign_up)),
        ("/sign-in", get(pages::sign_in)),
        ("/sign-in/email", get(pages::sign_in_by_mail::email)),
        ("/sign-in/code", get(pages::sign_in_by_mail::code)),
        ("/sign-in/link", get(pages::sign_in_by_mail::link)),
        ("/sign-in/second-step", get(pages::second_step::second_step)),
        ("/sign-in/recovery-code", get(pages::second_step::recovery)),
        ("/sign-in/set-up", get(pages::required_set_up)),
        ("/login", get(pages::redirects::to_sign_in)),
        ("/forgot-password", get(pages::forgot_password)),
        ("/reset-password", get(pages::link::reset_password)),
        ("/verify-email", get(pages::link::verify_email)),
        ("/delete-account", get(pages::delete_account)),
        ("/change-email", get(pages::email_change::change)),
        ("/undo-email-change", get(pages::email_change::undo)),
        ("/account", get(pages::account::profile)),
        ("/account/security", get(pages::account::security)),
        ("/account/two-step", get(pages::account::two_step)),
        ("/account/recovery-codes", get(pages::account::recovery_codes)),
        ("/account/sessions", get(pages::account::sessions)),
        ("/account/activity", get(pages::account::activity)),
        ("/account/delete", get(pages::account::delete)),
        ("/account/confirm", get(pages::confirm)),
        ("/docs", get(pages::reference)),
    ];
    let with_slash = |routes: OpenApiRouter<AppState>, (path, page)| {
        routes.route(path, page).route(&format!("{path}/"), get(pages::redirects::without_slash))
    };
    let pages = pages
        .into_iter()
        .fold(OpenApiRouter::default(), with_slash)
        .route("/", get(pages::home))
        .route("/.well-known/change-password", get(pages::redirects::change_password))
        .route("/actions/{action}", post(forms::run::run))
        .route("/actions/sign-in-passkey/options", post(forms::passkey_options::sign_in))
        .route("/actions/sign-up-passkey/options", post(forms::passkey_options::sign_up))
        .route("/actions/second-step-passkey/options", post(forms::passkey_options::second_step))
        .route("/actions/confirm-with-passkey/options", post(forms::passkey_options::confirm))
        .route("/actions/add-passkey/options", post(forms::passkey_options::add))
        .fallback(pages::not_found);
    if state.auth.mail.as_ref().is_some_and(|mail| mail.mailbox().is_some()) {
        pages.merge(mailbox(state))
    } else {
        pages
    }
}

/// The development mailbox. It exists only if messages are not sent.
fn mailbox(state: &AppState) -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .route("/dev/mailbox", get(pages::mailbox::list))
        .route("/dev/mailbox/{id}", get(pages::mailbox::show))
        .route("/dev/mailbox/{id}/html", get(pages::mailbox::html))
        .route_layer(from_fn_with_state(state.clone(), pages::mailbox::require_own_host))
}

fn own_api() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .nest("/api/users/{user_id}", api::users::router())
        .route("/api", any(api::unknown_path))
        .route("/api/", any(api::unknown_path))
        .route("/api/{*path}", any(api::unknown_path))
}

fn forward_auth() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(api::forward_auth::verify))
}

fn sign_in_api(state: &AppState) -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .nest("/api/auth", api::better_auth::router(state))
        .route("/api/auth/", any(api::better_auth::unknown))
}

fn sign_out_api(state: &AppState) -> OpenApiRouter<AppState> {
    OpenApiRouter::default().nest("/api/auth", api::better_auth::sign_out_router(state))
}

/// Routes without a session whose errors are problems.
fn without_session() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(openapi::serve)).routes(routes!(api::user_events::list))
}

/// Routes that read no credentials and set no cookies.
fn public(state: &AppState) -> OpenApiRouter<AppState> {
    let mut routes = OpenApiRouter::default()
        .routes(routes!(api::health::alive))
        .routes(routes!(api::health::ready))
        .routes(routes!(api::jwks::key_set))
        .routes(routes!(api::jwks::metadata))
        .route("/pkg/{*path}", get(assets::serve))
        .route("/scripts/{name}", get(scripts::serve).layer(compression::public_layer()))
        .route("/favicon.ico", get(assets::serve))
        .route("/favicon.svg", get(assets::serve))
        .route("/robots.txt", get(assets::serve));
    if state.auth.factors.passkeys_are_offered() {
        routes = routes.routes(routes!(api::well_known::passkey_endpoints));
    }
    if !state.settings.passkey_origins.is_empty() {
        routes = routes.routes(routes!(api::well_known::related_origins));
    }
    routes
}
