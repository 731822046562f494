//! Other identity providers, of which none is configured.

pub mod accounts;
pub mod callback;
pub mod social;
