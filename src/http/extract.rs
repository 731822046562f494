//! Extractors: the requirements of a handler, as its arguments.

pub mod active_session;
pub mod bearer;
pub mod fresh_session;
pub mod json;
pub mod principal;
