//! Passwords: the policy for new ones, hashing, confirmation and change.

pub mod change;
pub mod confirm;
pub mod hasher;
pub mod policy;
