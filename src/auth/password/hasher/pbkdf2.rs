//! PBKDF2 (RFC 8018) with HMAC-SHA-256 or HMAC-SHA-512.
//!
//! - PHC: `$pbkdf2-sha256$i=600000,l=32$<salt>$<output>`
//! - passlib: `$pbkdf2-sha256$29000$<salt>$<output>`, in Base64 with `.` for `+`
//! - Django: see [`django`](super::django)

use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2::{self, PBKDF2_HMAC_SHA256, PBKDF2_HMAC_SHA512};

use super::{
    cost::Cost,
    phc::{Fields, decode, decode_output},
    unsupported::{Scheme, UnsupportedHash},
};

const DAMAGED: UnsupportedHash = UnsupportedHash::Damaged(Scheme::Pbkdf2);

/// Per iteration and block of output, without special processor instructions.
const NANOSECONDS: u64 = 700;

/// The hash function of the HMAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    Sha256,
    Sha512,
}

impl Function {
    const fn bytes(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }
}

/// A PBKDF2 hash.
#[derive(Debug)]
pub(crate) struct Pbkdf2Hash {
    pub function: Function,
    pub iterations: NonZeroU32,
    pub salt: Vec<u8>,
    pub output: Vec<u8>,
}

impl Pbkdf2Hash {
    /// Parses what follows the algorithm in a PHC string, or in passlib's form.
    pub(crate) fn parse(function: Function, text: &str) -> Result<Self, UnsupportedHash> {
        let fields = Fields::split(Scheme::Pbkdf2, text)?;
        let iterations = fields.value("i").unwrap_or(fields.parameters());
        let hash = Self {
            function,
            iterations: iterations.parse().map_err(|_| DAMAGED)?,
            salt: decode(Scheme::Pbkdf2, &fields.salt.replace('.', "+"))?,
            output: decode_output(Scheme::Pbkdf2, &fields.output.replace('.', "+"))?,
        };
        let length = fields.value("l").map_or(Ok(hash.output.len()), str::parse);
        if length == Ok(hash.output.len()) { Ok(hash) } else { Err(DAMAGED) }
    }

    pub(crate) fn cost(&self) -> Cost {
        let blocks = self.output.len().div_ceil(self.function.bytes()) as u64;
        Cost::new(u64::from(self.iterations.get()).saturating_mul(blocks), NANOSECONDS, 0)
    }

    /// Whether this is the hash of `password`. Compares in constant time.
    pub(crate) fn matches(&self, password: &str) -> bool {
        let algorithm = match self.function {
            Function::Sha256 => PBKDF2_HMAC_SHA256,
            Function::Sha512 => PBKDF2_HMAC_SHA512,
        };
        pbkdf2::verify(algorithm, self.iterations, &self.salt, password.as_bytes(), &self.output).is_ok()
    }
}
