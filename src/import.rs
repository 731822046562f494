//! Imports users, passwords, second factors, passkeys and sessions from other systems.
//!
//! - [`source`] reads a database or a file.
//! - `user`, `factor`, `passkey` and `session` convert its records, or say why a record is skipped.
//! - [`run`] writes them in short transactions and fills the [`report`].

mod batch;
pub mod factor;
mod passkey;
pub mod report;
pub mod run;
pub mod secrets;
mod session;
pub mod source;
mod user;
