//! Passkeys (the plugin `passkey`): registration, sign-in, and the list of the user's passkeys.
//!
//! A passkey verifies its user, so it is two factors alone. The challenge of a ceremony works once, for 5 minutes, in the
//! browser that asked for it.

pub mod manage;
mod objects;
pub mod register;
pub mod sign_in;

use axum::http::StatusCode;

use super::contract::ContractError;

/// The error of the passkey, session or challenge of another user.
fn not_allowed() -> ContractError {
    ContractError::new(
        StatusCode::UNAUTHORIZED,
        "YOU_ARE_NOT_ALLOWED_TO_REGISTER_THIS_PASSKEY",
        "You are not allowed to register this passkey",
    )
}

/// The error of a ceremony that has ended, expired, or began in another browser.
fn challenge_not_found() -> ContractError {
    ContractError::bad_request("CHALLENGE_NOT_FOUND", "Challenge not found")
}
