//! Mail: the outbox, the messages, and the flows that need them.

mod change_email;
mod change_email_api;
mod change_email_links;
pub mod codes;
mod command;
mod crash;
mod delete_by_mail;
mod email_otp_api;
mod email_sign_in;
mod email_sign_in_limits;
mod email_sign_in_links;
mod first_password;
pub mod inbox;
mod magic_link_api;
mod mailbox;
mod notices;
mod outbox;
mod parallel;
mod process;
mod reset_api;
mod reset_password;
mod smtp;
mod smtp_server;
mod step_up;
mod undo_email_change;
mod verified_sign_up;
mod verify_email;
