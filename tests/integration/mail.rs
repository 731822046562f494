//! Mail: the outbox, the messages, and the flows that need them.

mod codes;
mod command;
mod email_otp_api;
mod email_sign_in;
mod email_sign_in_limits;
mod email_sign_in_links;
mod first_password;
mod inbox;
mod magic_link_api;
mod mailbox;
mod outbox;
mod reset_api;
mod reset_password;
mod smtp;
mod smtp_server;
mod verified_sign_up;
mod verify_email;
