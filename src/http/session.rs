//! The browser's session: authenticates every request and sets the cookies of every response.

pub mod authenticate;
mod authenticator;
pub mod ceremony;
pub mod changes;
pub mod confirmation;
pub mod cookies;
pub mod forwarded;
mod imported_cookie;
pub mod mail_request;
pub mod second_step;
