//! The sign-in API: the HTTP contract of Better Auth (1.7), so that its stock clients work unchanged.
//!
//! What differs is on purpose:
//! - Weak passwords are refused with a reason (`PASSWORD_TOO_WEAK`), lengths count characters and not
//!   UTF-16 units, and a password too long to be anybody's is a wrong password like any other.
//! - Attempts are always slowed down, and 429 says so in `Retry-After` too.
//! - `session.token` in answers is the session's id; the secret itself travels only where it is set, so
//!   `update-user` sends none again. A change of the password always ends the other sessions.
//! - A bearer's `Authorization` header decides: a bad one never falls back to a cookie.
//! - Where a request comes from is judged before what is in it (403 before 400), and the current
//!   password before the new one.
//! - `name` and `image` are texts of bearable length; addresses may hold other letters than English.
//! - `callbackURL` and its like, where they are paths, have no `//` in them.
//! - A trusted wildcard stays within its host, and without a scheme it is for the web, as protected as
//!   the service itself (see [`TrustedOrigins`](crate::config::TrustedOrigins)).
//! - Preflight requests of trusted origins are answered; the reference leaves that to its host.
//! - Media types are exact. Bodies have at most 16 kB.
//! - `delete-user` is there. A user has one account to sign in with, whose `id` is the user's own.
//! - All that asks somebody signed in for the password is throttled, on one budget.
//! - `error` shows a code and never a description, which anybody could write into a link.
//!
//! Mail and other providers are not configured: what needs them answers as the reference does then.

mod account;
mod bodies;
mod body;
mod deletion;
pub mod description;
mod error;
mod error_page;
mod gate;
mod linked;
mod objects;
mod origin;
mod query;
mod recovery;
mod redirect;
mod sessions;
mod sign_in;
mod sign_up;
mod social;

use axum::{
    Json, Router,
    middleware::{from_fn, from_fn_with_state},
    response::Response,
    routing::any,
};
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::http::{
    middleware::{body_limit, catch_panic, timeout},
    openapi::refusals::Refused,
    state::AppState,
};
use description::Anything;
use error::{ContractError, Failed};
use gate::Preconditions;
use objects::Okay;

/// The routes below `/api/auth`.
pub fn router(state: &AppState) -> OpenApiRouter<AppState> {
    // Only for a path and method that exist: body, then origin, then the handler's requirements.
    let preconditions = |policy: Preconditions| from_fn_with_state((state.clone(), policy), gate::check);
    let sign_in_routes = OpenApiRouter::default().routes(routes!(sign_up::email)).routes(routes!(sign_in::email));
    let callback_routes = OpenApiRouter::default().routes(routes!(social::callback, social::posted_callback));
    let (routes, description) = OpenApiRouter::default()
        .routes(routes!(ok))
        .routes(routes!(sessions::sign_out))
        .routes(routes!(sessions::get_session, sessions::defer_required))
        .routes(routes!(sessions::update))
        .routes(routes!(sessions::list))
        .routes(routes!(sessions::revoke))
        .routes(routes!(sessions::revoke_all))
        .routes(routes!(sessions::revoke_others))
        .routes(routes!(sessions::token))
        .routes(routes!(account::change_password))
        .routes(routes!(account::verify_password))
        .routes(routes!(account::update_user))
        .routes(routes!(deletion::delete_user))
        .routes(routes!(deletion::delete_link))
        .routes(routes!(recovery::change_email))
        .routes(routes!(recovery::request_reset))
        .routes(routes!(recovery::reset))
        .routes(routes!(recovery::reset_link))
        .routes(routes!(recovery::send_verification))
        .routes(routes!(recovery::verification_link))
        .routes(routes!(linked::list))
        .routes(routes!(linked::unlink))
        .routes(routes!(linked::access_token))
        .routes(routes!(linked::refresh_token))
        .routes(routes!(linked::info))
        .routes(routes!(social::sign_in))
        .routes(routes!(social::link))
        .routes(routes!(error_page::show))
        .route_layer(preconditions(Preconditions::JSON))
        .merge(sign_in_routes.route_layer(preconditions(Preconditions::SIGN_IN)))
        .merge(callback_routes.route_layer(preconditions(Preconditions::CALLBACK)))
        .layer(from_fn(body_limit::limit))
        .split_for_parts();
    let routes = routes
        .method_not_allowed_fallback(nothing)
        .layer(timeout::layer())
        .layer(catch_panic::layer())
        .layer(from_fn(gate::explain))
        .route("/", any(nothing))
        .route("/{*path}", any(nothing));
    described(routes, description)
}

/// Routes, again with the description that was split from them.
fn described(routes: Router<AppState>, description: OpenApi) -> OpenApiRouter<AppState> {
    let mut routes = OpenApiRouter::from(routes);
    *routes.get_openapi_mut() = description;
    routes
}

/// Anything else answers 404 without a body.
pub async fn nothing() -> Response {
    ContractError::nothing()
}

/// Whether the API is there
#[utoipa::path(
    get, path = "/ok", tag = "Signing in", operation_id = "ok", security(()),
    responses((status = 200, description = "It is", body = Okay), Failed, Refused<Anything>),
)]
async fn ok() -> Json<Okay> {
    Json(Okay { ok: true })
}
