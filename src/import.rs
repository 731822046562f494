//! Imports users and sessions from another product's database.

pub mod report;
pub mod run;
mod session;
pub mod source;
mod user;
