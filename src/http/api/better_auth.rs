//! The sign-in API: the HTTP contract of Better Auth (1.7), so that its stock clients work unchanged.
//!
//! Intended differences:
//! - Weak passwords are refused with a reason (`PASSWORD_TOO_WEAK`). Lengths count characters, not UTF-16 units. A
//!   password of more than the maximum length is a wrong password like any other.
//! - Attempts are always rate limited, and a 429 response has `Retry-After` too.
//! - `session.token` in responses is the session's id. The session token is only in the response that sets it, so
//!   `update-user` does not return it. A password change always ends the other sessions.
//! - An `Authorization` header takes precedence: an invalid one never falls back to a cookie.
//! - The origin is checked before the body's members (403 before 400), and the current password before the new one.
//! - `name` is optional at sign-up. `name` and `image` have a maximum length, and a name has no misleading characters;
//!   e-mail addresses may have non-ASCII characters.
//! - `callbackURL` and similar members that are paths must not contain `//`.
//! - A trusted wildcard matches within its host. Without a scheme it matches `https`, and `http` only if the service
//!   itself uses it (see [`TrustedOrigins`](crate::config::TrustedOrigins)).
//! - Preflight requests of trusted origins are answered; the reference leaves them to its host.
//! - Media types are matched exactly. Bodies have at most 16 kB.
//! - `delete-user` is enabled. It sends a message only if the sign-in is older than `LATCHKEY_FRESH`, without a password, and to a
//!   verified address; the link works once and for an hour. A user has one account, whose `id` is the user's id.
//! - All routes that verify the password of a signed-in user share one rate limit.
//! - `error` shows a known code and never a description, because any link could set another text.
//! - A request with `Sec-Fetch-Mode`, but neither `Sec-Fetch-Site` nor `Origin`, comes from a program and not from a
//!   browser: it can sign in without an origin, as Node.js's `fetch` does.
//! - `expo-origin` counts as the origin only if it is the trusted scheme of an app, never a web origin.
//! - On a loopback base URL, `localhost`, `127.0.0.1` and `[::1]` with its port are one origin.
//!
//! - `request-password-reset` sends at most 5 messages per hour and 15 per day to one address, and answers all requests
//!   alike. A link works once and for 30 minutes, and a new one replaces the older one. A reset ends all sessions,
//!   verifies the address and notifies the user.
//! - Without `redirectTo` or `callbackURL`, links in messages lead to pages of this service.
//! - A link that verifies an address works once. `verify-email` verifies in a session of the user only; otherwise it
//!   redirects to a page that asks for a new password, because another person could have created the account.
//! - `change-email` requires a sign-in within `LATCHKEY_FRESH` (`SESSION_NOT_FRESH`). Its link works once, and in a session
//!   of the user only: it creates no session. The change ends the other sessions, and the former address, if it was
//!   verified, gets a link that undoes it for 72 hours. Until then, no other account can take that address.
//! - `magic-link/verify` signs in at once only in the browser that asked for the link, and for a program, which leaves out
//!   `callbackURL`. Otherwise it redirects to a page with one button, because mail scanners open links. A link works for 10
//!   minutes.
//! - A code works in the browser that asked for it only, which a cookie identifies, for 10 minutes and with 5 attempts. An
//!   address has 15 attempts a day, and gets at most 5 messages per hour and 15 per day.
//! - `email-otp/verify-email` discards the password and the sessions outside of a session of the user, as a sign-in with a
//!   code does for an account whose address is not verified. `email-otp/change-email` is refused.
//!
//! - A code of an authenticator app is accepted once. A sign-in waits for the second factor for 5 minutes, and ends when the
//!   password or the factors change. `verify-totp` completes a set-up in the session that began it only, within 15 minutes,
//!   and the session continues. A text that no code can be is wrong, and not counted.
//! - Backup codes are hashed; letter case makes no difference. `disableSession` is refused, and so is a code in a session
//!   before the set-up is complete. Codes in messages are no second factor: their routes answer as without `sendOTP`.
//! - Every way to sign in asks for the second factor, codes and links in messages included.
//! - Trust in a device ends with a change of the password or the factors.
//!
//! - Passkeys verify their user, and are resident: a sign-in with one is complete, with and without a second factor. The
//!   user handle is stable, and checked. Each kind of ceremony has a cookie of its own. A challenge ends with the first
//!   response.
//! - A response that does not verify is a 400 (`FAILED_TO_VERIFY_REGISTRATION`), not a 500. A known credential is
//!   `PREVIOUSLY_REGISTERED`. A challenge of another user or session is `CHALLENGE_NOT_FOUND`.
//! - `delete-passkey` requires a sign-in within `LATCHKEY_FRESH`, and refuses the last way to sign in. Every change is
//!   notified. `createSession` returns the session of the request, which continues.
//!
//! Other providers are not configured: their routes answer as the reference does in that case. So do the routes that
//! need mail if the service sends none. Without `LATCHKEY_EMAIL_SIGN_IN`, the routes of magic links and codes do not exist, nor
//! do those of passkeys on a base URL where browsers allow none (an IP address).

mod change_email;
pub(crate) mod contract;
mod deletion;
mod email;
mod email_otp;
mod error_page;
mod magic_link;
mod models;
mod passkey;
mod password;
mod profile;
mod providers;
mod recovery;
mod sessions;
mod sign_in;
mod sign_out;
mod sign_up;
mod two_factor;

use axum::{
    Json, Router,
    http::StatusCode,
    middleware::{from_fn, from_fn_with_state},
    routing::{any, get},
};
use tower::ServiceBuilder;
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::http::{
    middleware::{body_limit, catch_panic, compression, timeout},
    state::AppState,
};
use contract::{
    LayerError,
    preconditions::{self, RouteKind},
};
use models::OkResponse;
use providers::{accounts, callback, social};
use two_factor::{backup_codes, enable, messages, totp};

/// The routes below `/api/auth`, without sign-out.
pub fn router(state: &AppState) -> OpenApiRouter<AppState> {
    let mut routes = checked(sign_in_routes(), RouteKind::SignIn, state)
        .merge(checked(callback_routes(), RouteKind::Callback, state))
        .merge(checked(other_routes(), RouteKind::Other, state));
    if state.auth.factors.passkeys_are_offered() {
        let sign_in = OpenApiRouter::default().routes(routes!(passkey::sign_in::verify));
        routes = routes.merge(checked(sign_in, RouteKind::SignInWithoutForm, state)).merge(checked(
            passkey_routes(),
            RouteKind::Other,
            state,
        ));
    }
    if state.auth.sign_in.by_mail_is_offered() {
        routes = routes.merge(checked(mail_sign_in_routes(), RouteKind::SignInWithoutForm, state)).merge(checked(
            code_routes(),
            RouteKind::Other,
            state,
        ));
    }
    let (routes, description) = layered(routes).split_for_parts();
    described(routes.route("/", any(unknown)).route("/{*path}", any(unknown)), description)
}

/// Sign-out. It accepts other credentials than the rest.
pub fn sign_out_router(state: &AppState) -> OpenApiRouter<AppState> {
    layered(checked(OpenApiRouter::default().routes(routes!(sign_out::sign_out)), RouteKind::Other, state))
}

/// `route_layer`: an unknown path or method is 404, whatever its body and origin.
fn checked(routes: OpenApiRouter<AppState>, kind: RouteKind, state: &AppState) -> OpenApiRouter<AppState> {
    routes.route_layer(from_fn_with_state((state.clone(), kind), preconditions::check))
}

fn layered(routes: OpenApiRouter<AppState>) -> OpenApiRouter<AppState> {
    let (routes, description) = routes.layer(from_fn(body_limit::limit)).split_for_parts();
    let layers = ServiceBuilder::new()
        .map_response(preconditions::rewrite_errors)
        .layer(catch_panic::layer())
        .layer(timeout::layer());
    let routes = routes.method_not_allowed_fallback(unknown).layer(layers);
    described(routes, description)
}

fn sign_in_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(sign_up::email)).routes(routes!(sign_in::email))
}

/// On a base URL where browsers allow passkeys. Otherwise, the contract answers 404, as without the plugin.
fn passkey_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(passkey::register::options))
        .routes(routes!(passkey::register::verify))
        .routes(routes!(passkey::sign_in::options))
        .routes(routes!(passkey::manage::list))
        .routes(routes!(passkey::manage::delete))
        .routes(routes!(passkey::manage::update))
}

/// With `LATCHKEY_EMAIL_SIGN_IN`. Otherwise, the contract answers 404, as without the plugins.
fn mail_sign_in_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(magic_link::request))
        .routes(routes!(email_otp::send))
        .routes(routes!(email_otp::sign_in::sign_in))
}

fn code_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(magic_link::verify))
        .routes(routes!(email_otp::check))
        .routes(routes!(email_otp::verify_email::verify_email))
        .routes(routes!(email_otp::reset::request))
        .routes(routes!(email_otp::reset::request_by_old_path))
        .routes(routes!(email_otp::reset::reset))
        .routes(routes!(email_otp::change::request))
        .routes(routes!(email_otp::change::change))
}

fn callback_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(callback::get, callback::post))
}

fn other_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(ok))
        .routes(routes!(sessions::get_session, sessions::refresh))
        .routes(routes!(sessions::update))
        .routes(routes!(sessions::list))
        .routes(routes!(sessions::revoke))
        .routes(routes!(sessions::revoke_all))
        .routes(routes!(sessions::revoke_others))
        .routes(routes!(sessions::token))
        .routes(routes!(password::change))
        .routes(routes!(password::verify))
        .routes(routes!(profile::update))
        .routes(routes!(deletion::delete_user))
        .routes(routes!(deletion::delete_link))
        .routes(routes!(change_email::change))
        .routes(routes!(email::send_verification))
        .routes(routes!(email::verify))
        .routes(routes!(recovery::request))
        .routes(routes!(recovery::reset))
        .routes(routes!(recovery::follow_link))
        .routes(routes!(accounts::list))
        .routes(routes!(accounts::unlink))
        .routes(routes!(accounts::access_token))
        .routes(routes!(accounts::refresh_token))
        .routes(routes!(accounts::info))
        .routes(routes!(social::sign_in))
        .routes(routes!(social::link))
        .routes(routes!(enable::enable))
        .routes(routes!(enable::disable))
        .routes(routes!(totp::verify))
        .routes(routes!(totp::uri))
        .routes(routes!(backup_codes::verify))
        .routes(routes!(backup_codes::generate))
        .routes(routes!(messages::send))
        .routes(routes!(messages::verify))
        // The only page of this API.
        .route("/error", get(error_page::show).layer(compression::layer()))
}

/// Joins routes with their description again.
fn described(routes: Router<AppState>, description: OpenApi) -> OpenApiRouter<AppState> {
    let mut routes = OpenApiRouter::from(routes);
    *routes.get_openapi_mut() = description;
    routes
}

/// 404 with an empty body, for unknown paths and methods.
pub async fn unknown() -> StatusCode {
    StatusCode::NOT_FOUND
}

/// Health check
#[utoipa::path(
    get, path = "/ok", tag = "Service", operation_id = "ok", security(()),
    responses((status = 200, description = "The API is available", body = OkResponse), LayerError),
)]
async fn ok() -> Json<OkResponse> {
    Json(OkResponse { ok: true })
}
