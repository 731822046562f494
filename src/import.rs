//! Imports users, passwords and sessions from other systems.
//!
//! - [`source`] reads a database or a file.
//! - `user` and `session` convert its records, or say why a record is skipped.
//! - [`run`] writes them in short transactions and fills the [`report`].

mod batch;
pub mod report;
pub mod run;
mod session;
pub mod source;
mod user;
