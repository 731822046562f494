//! Middleware, one concern per file.

pub mod client_ip;
pub mod cors;
pub mod error_rewrite;
