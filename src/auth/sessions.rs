//! Sessions: opening, renewing, listing and revoking them.

pub mod credential;
pub mod imported;
pub mod renew;
pub mod revocations;
pub mod revoke;
pub mod token;
