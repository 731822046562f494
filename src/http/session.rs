//! The browser's session: authentication of every request, and the cookies of every response.

pub mod authenticate;
pub mod changes;
pub mod cookies;
mod proxy;

pub use proxy::ForUpstream;
