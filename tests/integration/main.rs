//! The service through its public interface: HTTP, the command line, the database.
//!
//! One file or folder per story; `support` has what the stories share.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod architecture;
mod confirm;
mod contract;
mod delete_account;
mod disabled_account;
mod edge;
mod factors;
mod forward_auth;
mod import;
mod keys;
mod mail;
mod openapi;
mod operations;
mod pages;
mod passkey_pages;
mod passkeys;
mod passwords;
mod protected_api;
mod sign_in;
mod sign_out;
mod sign_up;
mod stay_signed_in;
mod support;
mod tokens;
mod user_events;
