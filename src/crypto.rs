//! Randomness, HMAC, SHA-1, hexadecimal digits, key derivation, sealing and shared secrets. A leaf module: the only user of the
//! operating system's random generator, HMAC, HKDF and AEAD.

pub mod derive;
pub mod hex;
pub mod hmac;
pub mod random;
pub mod seal;
pub mod secret;
pub mod sha1;
