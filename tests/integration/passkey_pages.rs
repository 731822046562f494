//! Passkeys on the pages: the forms, the options for their script, and what the pages show.

mod account;
pub mod app;
mod options;
mod script;
mod second_step;
mod sign_in;
mod sign_up;
