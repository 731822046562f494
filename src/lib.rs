//! Sign-in as a service: pages for people, a JSON API for programs, JWTs for every backend.
//!
//! This is the tour. What the service does and how to run it is in `README.md`, why it is as it is in
//! `docs/security.md`, each route in `docs/api.md`, what it was run beside in `docs/interop.md`.
//!
//! # A request, from the socket to the database
//!
//! Take `PATCH /api/users/{user_id}`, somebody changing their name.
//!
//! 1. `main` has read the command line ([`cli`]) and the settings ([`config`]), [`commands`] does what was
//!    asked for, [`serve`] listens, and [`app`] has put the parts together. Axum hands the request to [`http::router`].
//! 2. The outer layers give it an id, log it, limit its time, note the client's address and device
//!    ([`auth::Requester`]), and will put the security headers on the answer.
//! 3. The session middleware asks who it is. A token from `Authorization: Bearer`, or from the cookie,
//!    goes through [`auth::token::Verifier`], the only way from a text to
//!    [`auth::token::AccessClaims`]; it needs no database. A browser whose token is about to expire is
//!    renewed on the way ([`auth::renew`]). The outcome stays with the request.
//! 4. The layers of its group refuse what is too large or comes from another site.
//! 5. The handler says in its signature what it demands: `Owner` is somebody signed in whose id is the
//!    one in the path; everyone else is answered 401 or 403 before the handler runs. Then it is read →
//!    call → answer: parse the body, a [`domain::Name`] among it, call the use case, answer JSON.
//! 6. The use case, [`auth::Auth::update_profile`], changes the row through [`store::Store`] and records
//!    the event. Every query for what a user owns takes that user's [`domain::UserId`].
//! 7. On the way back the session middleware turns what was left in the [`http::session::changes::ResponseChanges`]
//!    into cookies, and errors become `application/problem+json`.
//!
//! A form on a page takes the same way, with a server function of [`ui::actions`] for a handler: it calls
//! the same use case and answers with a redirect, with and without JavaScript. A page is loaded by `http`
//! and drawn by [`ui::shell`], a pure function of a [`ui::page::Document`].
//!
//! # Who may import whom
//!
//! ```text
//! main, cli, commands, serve, app ─► all of the below
//!          http ─► config, ui, auth, domain
//!        config ─► auth (what may be a secret)
//!   ui::actions ─► auth, domain             (on the server only)
//!          auth ─► store, clock, domain
//!            ui ─► domain
//!  store, clock ─► domain
//!        domain ─► nothing
//! ```
//!
//! Downward only. [`domain`] names nothing of the crate and is compiled for server and browser; [`auth`]
//! knows neither HTML nor JSON nor HTTP; of [`ui`] only the server functions name `auth`, and only on the
//! server. SQL lives in [`store`], `jsonwebtoken` in [`auth::token`], argon2 in
//! [`auth::password_hasher`], cookies are made in one file of [`http`]; `aws_lc_rs` only makes, derives and
//! seals keys, in [`auth::token`] and [`auth::derived_keys`].
//!
//! # Where to look
//!
//! | for | in |
//! |---|---|
//! | which paths there are | [`http::router`] |
//! | the sign-in API, after Better Auth's contract; what a user owns | `http::api::better_auth`; `http::api::users` |
//! | answers for a reverse proxy | `http::api::forward_auth` |
//! | what pages of other origins may do | `http::cors`, with [`config::TrustedOrigins`] |
//! | the API's description, and the page that shows it | `http::description`; [`ui::reference`] |
//! | what a value may look like | [`domain`]: [`Email`](domain::Email), [`Password`](domain::Password), [`ReturnAddress`](domain::ReturnAddress) |
//! | what a form can be refused for | [`domain::form`] |
//! | signing up and in, renewing, signing out | [`auth::sign_up`], [`auth::sign_in`], [`auth::renew`], [`auth::sessions`] |
//! | deleting an account | [`auth::delete_user`] |
//! | access tokens; session tokens | [`auth::token`]; [`auth::session_token`] |
//! | the keys that sign, from their making to their end | [`auth::signing_keys`] |
//! | sessions that have ended | [`auth::revocation`], fed by [`auth::housekeeping`] |
//! | which passwords may be chosen, how they are kept | [`auth::password_policy`], [`auth::password_hasher`] |
//! | slowing guessing down | [`auth::throttle`] |
//! | what is logged about accounts | [`domain::event::EventKind`], [`auth::Auth::record`] |
//! | tables | the workspace member `migrations`; queries in [`store`] |
//! | users brought along from elsewhere | [`auth::import`], read by [`store::better_auth`]; [`auth::imported_token`] |
//! | settings | [`config::SETTINGS`], the one table that flags, help and defaults come from |
//! | time and tests that move it | [`clock`] |
//!
//! # Two builds of one crate
//!
//! With the feature `ssr` it is the server and everything above. With `hydrate` it is the browser's
//! WebAssembly: [`domain`], [`ui::islands`], and the calling side of [`ui::actions`].
#[cfg(feature = "ssr")]
pub mod app;
#[cfg(feature = "ssr")]
pub mod auth;
#[cfg(feature = "ssr")]
pub mod cli;
#[cfg(feature = "ssr")]
pub mod clock;
#[cfg(feature = "ssr")]
pub mod config;
#[cfg(feature = "ssr")]
pub mod crypto;
pub mod domain;
#[cfg(feature = "ssr")]
pub mod http;
#[cfg(feature = "ssr")]
pub mod import;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(feature = "ssr")]
pub mod telemetry;
pub mod ui;

/// Wakes the page's islands; the script of [`ui::islands`] calls it once the bundle has loaded.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
