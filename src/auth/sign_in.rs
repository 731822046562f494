//! Sign-in: from credentials to a session.

pub mod password;
