//! Extractors: the requirements in a handler's signature.

pub mod active_session;
pub mod bearer;
pub mod events_token;
pub mod fresh_session;
pub mod json;
pub mod owner;
pub mod principal;
pub mod requester;
