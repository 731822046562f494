//! Signing keys: creation, rotation, publication, commands.

mod command;
mod key_set;
mod rotation;
mod signing;
