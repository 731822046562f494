//! Randomness, HMAC, SHA-1, hexadecimal digits, key derivation, sealing, shared secrets and opaque tokens. A leaf module:
//! the only user of the operating system's random generator, HMAC, HKDF and AEAD.

pub mod derive;
pub mod hex;
pub mod hmac;
pub mod opaque;
pub mod random;
pub mod seal;
pub mod secret;
pub mod sha1;
pub mod xchacha;
