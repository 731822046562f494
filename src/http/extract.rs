//! Extractors: what a handler requires of a request.

pub mod bearer;
pub mod json;
pub mod principal;
