//! The pages, one per file.

pub mod account;
pub mod change_email;
pub mod confirm;
pub mod delete_account;
pub mod email_sign_in;
pub mod error;
pub mod forgot_password;
pub mod home;
pub mod link_error;
pub mod link_notice;
pub mod mailbox;
pub mod new_password;
pub mod not_found;
pub mod reference;
pub mod second_step;
pub mod sign_in;
pub mod sign_in_code;
pub mod sign_in_link;
pub mod sign_up;
pub mod sign_up_closed;
pub mod verify_email;
pub mod weak_sign_in;
