//! The rules that every route of the contract shares.

pub mod error;
pub mod kinds;
pub mod members;
pub mod origin;
pub mod preconditions;
pub mod query;
pub mod raw_body;
pub mod redirect;
pub mod responses;
pub mod valid;
