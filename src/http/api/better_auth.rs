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
mod body;
mod deletion;
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
    routing::{any, get, post},
};
use serde_json::{Value, json};

use self::error::ContractError;
use crate::http::{AppState, layers};

/// The routes below `/api/auth`.
pub fn router(state: &AppState) -> Router<AppState> {
    Router::new()
        .route("/ok", get(ok))
        .route("/sign-up/email", post(sign_up::email))
        .route("/sign-in/email", post(sign_in::email))
        .route("/sign-out", post(sessions::sign_out))
        .route("/get-session", get(sessions::get_session).post(sessions::defer_required))
        .route("/update-session", post(sessions::update))
        .route("/list-sessions", get(sessions::list))
        .route("/revoke-session", post(sessions::revoke))
        .route("/revoke-sessions", post(sessions::revoke_all))
        .route("/revoke-other-sessions", post(sessions::revoke_others))
        .route("/token", get(sessions::token))
        .route("/change-password", post(account::change_password))
        .route("/verify-password", post(account::verify_password))
        .route("/update-user", post(account::update_user))
        .route("/delete-user", post(deletion::delete_user))
        .route("/delete-user/callback", get(deletion::delete_link))
        .route("/change-email", post(recovery::change_email))
        .route("/request-password-reset", post(recovery::request_reset))
        .route("/reset-password", post(recovery::reset))
        .route("/reset-password/{token}", get(recovery::reset_link))
        .route("/send-verification-email", post(recovery::send_verification))
        .route("/verify-email", get(recovery::verification_link))
        .route("/list-accounts", get(linked::list))
        .route("/unlink-account", post(linked::unlink))
        .route("/get-access-token", post(linked::provider_token))
        .route("/refresh-token", post(linked::provider_token))
        .route("/account-info", get(linked::info))
        .route("/sign-in/social", post(social::sign_in))
        .route("/link-social", post(social::link))
        .route("/callback/{id}", get(social::callback).post(social::posted_callback))
        .route("/error", get(error_page::show))
        // Only for a path and method that exist: body, then origin, then what the handler demands.
        .route_layer(from_fn_with_state(state.clone(), gate::check))
        .layer(from_fn(layers::limit_body))
        .method_not_allowed_fallback(nothing)
        .layer(layers::timeout())
        .layer(layers::catch_panic())
        .layer(from_fn(gate::explain))
        .route("/", any(nothing))
        .route("/{*path}", any(nothing))
}

/// Anything else answers 404 without a body.
pub async fn nothing() -> Response {
    ContractError::nothing()
}

/// Whether the API is there.
async fn ok() -> Json<Value> {
    Json(json!({ "ok": true }))
}
