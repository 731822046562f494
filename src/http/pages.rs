//! The pages: each handler loads the data of one page and renders it.

pub mod account;
mod confirm;
mod delete_account;
pub mod email_change;
mod errors;
mod forgot_password;
mod home;
pub mod link;
pub mod mailbox;
mod passkeys;
pub mod redirects;
mod reference;
mod required_set_up;
mod return_to;
pub mod second_step;
mod sign_in;
pub mod sign_in_by_mail;
mod sign_up;

pub use confirm::confirm;
pub use delete_account::delete_account;
pub use errors::{not_found, rewrite_errors};
pub use forgot_password::forgot_password;
pub use home::home;
pub use reference::reference;
pub use required_set_up::required_set_up;
pub use sign_in::sign_in;
pub use sign_up::sign_up;
