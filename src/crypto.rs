//! Randomness, key derivation and shared secrets. A leaf module.

pub mod derive;
pub mod random;
pub mod secret;
