//! Sign-in as a service: pages for browsers, a JSON API for programs, JWTs for every backend.
//!
//! This page is a tour of the code. `README.md` says what the service does and how to run it,
//! `docs/security.md` why it works as it does, `docs/api.md` describes each route.
//!
//! # A request, from the socket to the database
//!
//! Take `PATCH /api/users/{user_id}`, which changes the user's name.
//!
//! 1. `main` parses the command line and the settings ([`cli`], [`config`]); `cli::serve` listens;
//!    [`app`] assembles the parts. Axum passes the request to the router ([`http::router()`]).
//! 2. The outer layers (`http::layers`) assign a request id, log the request, limit its time, and determine
//!    the client's address and device ([`auth::Requester`]). They add the security headers to the response.
//! 3. The session middleware authenticates the request. A token from `Authorization: Bearer` or from the
//!    cookie goes through [`auth::token::Verifier`], the only way from a text to
//!    [`auth::token::AccessClaims`]; that needs no database. A browser's session is renewed shortly before
//!    its access token expires ([`auth::sessions::renew`]).
//! 4. The layers of the route's group limit the body and refuse cross-site requests.
//! 5. The handler's signature states the route's requirement: `Owner` is a signed-in user whose id is the
//!    one in the path; any other request is refused with 401 or 403 before the handler runs. The handler
//!    parses the body (a [`domain::Name`] among it), calls the use case, and answers with JSON.
//! 6. The use case, [`auth::accounts::Accounts::update_profile`], changes the row through [`store::Store`]
//!    and records an event. Every query for a user's data takes the user's [`domain::UserId`].
//! 7. On the way back, the session middleware turns the request's [`http::session::changes::ResponseChanges`]
//!    into cookies, and errors become `application/problem+json`.
//!
//! A form on a page takes the same way. Its handler is a server function in `http::forms`, which calls the
//! same use case and answers with a redirect, with and without JavaScript. `http::pages` loads the data of
//! a page; [`ui`] renders it with pure functions.
//!
//! # Layers
//!
//! ```text
//! main, cli, app ─► all of the below
//!           http ─► config, ui, auth, webhooks (the format of events), mail (the development mailbox), domain
//!         config ─► auth (what may be a secret), webhooks, mail, outbound (what a value may be), domain
//!         import ─► auth, store
//!           auth ─► webhooks, mail, store, outbound, crypto, clock, domain
//!       webhooks ─► store, outbound, crypto, clock, domain
//!           mail ─► store, crypto, clock, domain
//!             ui ─► domain
//!   store, clock ─► domain
//! domain, crypto, outbound ─► nothing
//! ```
//!
//! Imports point downward only; a test enforces it, also between the sub-modules of [`auth`] and [`http`].
//! [`domain`] imports nothing of the crate and is compiled for server and browser. [`auth`] knows neither
//! HTML nor JSON nor HTTP. SQL lives in [`store`], `jsonwebtoken` in [`auth::token`] and [`auth::keys`],
//! argon2 in [`auth::password::hasher`], cookies in one file of [`http`], `reqwest` in [`outbound`], `lettre` in [`mail`].
//!
//! # Where to look
//!
//! | for | in |
//! |---|---|
//! | the list of routes; the order of layers | `http::router`; `http::layers` |
//! | the sign-in API (Better Auth's contract); a user's own resources | `http::api::better_auth`; `http::api::users` |
//! | the pages; the visitor of a page, and the response that shows it | `http::pages`; `http::visitor` |
//! | forward authentication for reverse proxies | `http::api::forward_auth` |
//! | requests from other origins | `http::middleware::{cors, csrf}`, with [`config::TrustedOrigins`] |
//! | the OpenAPI document and the page that shows it | `http::openapi`; [`ui::reference`] |
//! | what a value may look like | [`domain`]: [`Email`](domain::Email), [`Password`](domain::Password), [`ReturnAddress`](domain::ReturnAddress) |
//! | sign-up, profile, verification and change of the address, password reset, disabling, deletion | [`auth::accounts`] |
//! | sign-in; codes in messages; second factors | [`auth::sign_in`]; [`auth::codes`]; [`auth::factors`] |
//! | renewing, listing and revoking sessions | [`auth::sessions`] |
//! | access tokens; the keys that sign them | [`auth::token`]; [`auth::keys`] |
//! | the denylist of ended sessions | [`auth::token::revocations`], fed by [`auth::sessions::feed`] |
//! | the password policy; breached passwords; password hashing | [`auth::password::policy`]; [`auth::password::breach`]; [`auth::password::hasher`] |
//! | rate limits | [`auth::throttle`] |
//! | the security log | [`auth::audit`], [`domain::event::EventKind`] |
//! | user events: their kinds; how they are written, read and sent | [`domain::user_event`]; [`store::user_events`], [`auth::user_events`], [`webhooks`] |
//! | messages: what they say; how they wait and are sent; the secrets of links; codes | [`mail::letter`], [`auth::mailing`]; [`store::outbox`], [`mail`]; [`mail::links`], [`store::one_time`]; [`mail::codes`], [`store::codes`] |
//! | background jobs | [`auth::jobs`] |
//! | connections of clients, and their limits | [`server`] |
//! | requests to other services | [`outbound`] |
//! | tables; queries | the workspace member `migrations`; [`store`] |
//! | importing users | [`import`] |
//! | settings | [`config`]: one file per concern |
//! | time, and tests that move it | [`clock`] |
//!
//! # Two builds of one crate
//!
//! With the feature `ssr` the crate is the server. With `hydrate` it is the browser's part: only [`domain`] and
//! [`ui::islands`], which the workspace member `browser` links.

#![deny(clippy::print_stdout, clippy::print_stderr, reason = "they panic when the reader has gone; use `cli::output`")]

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
pub mod mail;
#[cfg(feature = "ssr")]
pub mod outbound;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(feature = "ssr")]
pub mod telemetry;
pub mod ui;
#[cfg(feature = "ssr")]
pub mod webhooks;
