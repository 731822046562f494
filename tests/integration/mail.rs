//! Mail: the outbox, the messages, and the flows that need them.

mod command;
mod crash;
mod inbox;
mod mailbox;
mod outbox;
mod parallel;
mod process;
mod reset_api;
mod reset_password;
mod smtp;
mod smtp_server;
mod verified_sign_up;
mod verify_email;
