//! Imports users, passwords and sessions from the database of another product.
//!
//! - [`source`] reads the other database.
//! - `user` and `session` convert its records, or say why a record is skipped.
//! - [`run`] writes them in one transaction and fills the [`report`].

pub mod report;
pub mod run;
mod session;
pub mod source;
mod user;
