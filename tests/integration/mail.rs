//! Mail: the outbox, the messages, and the flows that need them.

mod command;
mod delete_by_mail;
mod inbox;
mod mailbox;
mod notices;
mod outbox;
mod reset_api;
mod reset_password;
mod smtp;
mod smtp_server;
mod verified_sign_up;
mod verify_email;
