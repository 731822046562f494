//! Middleware, one concern per file.

pub mod access_log;
pub mod body_limit;
pub mod catch_panic;
pub mod client_ip;
pub mod compression;
pub mod cors;
pub mod csrf;
pub mod error_rewrite;
pub mod refused_origin;
pub mod request_id;
pub mod retry_after;
pub mod security_headers;
pub mod timeout;
pub mod uri_limit;
