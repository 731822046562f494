//! Accounts: sign-up, profile, deletion.

pub mod delete;
pub mod profile;
pub mod sign_up;
