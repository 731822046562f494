//! Extractors: the requirements in a handler's signature.

pub mod bearer;
pub mod json;
pub mod owner;
pub mod principal;
pub mod requester;
