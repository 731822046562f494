//! Middleware, one concern per file.

pub mod access_log;
pub mod body_limit;
pub mod catch_panic;
mod client_ip;
pub mod compression;
mod cookie_header;
pub mod cors;
pub mod csrf;
pub mod error_rewrite;
pub mod frame;
pub mod guard;
pub mod refused_origin;
mod request_id;
mod retry_after;
mod security_headers;
pub mod timeout;
mod uri_limit;
