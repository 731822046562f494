//! Passkeys over the contract API: valid and invalid ceremonies, and what attackers try.

pub mod app;
mod attackers;
mod bodies;
mod ceremonies;
mod changes;
mod invalid;
mod invalid_object;
mod invalid_registration;
mod invalid_sign_in;
mod mailbox;
mod manage;
mod races;
mod registration;
mod sign_in;
mod well_known;
