//! The pages, one per file.

pub mod account;
pub mod error;
pub mod forgot_password;
pub mod home;
pub mod link_error;
pub mod mailbox;
pub mod not_found;
pub mod reference;
pub mod reset_password;
pub mod sign_in;
pub mod sign_up;
pub mod sign_up_closed;
