//! scrypt (RFC 7914) as a PHC string: `$scrypt$ln=14,r=8,p=1$<salt>$<output>`.

use ::scrypt::{Params, scrypt};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{
    HasherError,
    cost::Cost,
    phc::{Fields, decode, decode_output},
    unsupported::{Scheme, UnsupportedHash},
};

const DAMAGED: UnsupportedHash = UnsupportedHash::Damaged(Scheme::Scrypt);

/// Per block of 128 bytes.
const NANOSECONDS: u64 = 270;

/// The work of an scrypt hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ScryptCost {
    pub log_n: u8,
    pub r: u32,
    pub p: u32,
}

impl ScryptCost {
    /// The time and memory of one hash.
    pub(crate) fn estimate(self) -> Cost {
        let (n, r, p) =
            (1_u64.checked_shl(self.log_n.into()).unwrap_or(u64::MAX), u64::from(self.r), u64::from(self.p));
        let memory = n.saturating_add(p).saturating_mul(r).saturating_mul(128);
        Cost::new(n.saturating_mul(r).saturating_mul(p), NANOSECONDS, memory)
    }

    pub(crate) fn compute(self, password: &str, salt: &[u8], output: &mut [u8]) -> Result<(), HasherError> {
        let params = Params::new(self.log_n, self.r, self.p).map_err(|_| HasherError::Corrupt)?;
        scrypt(password.as_bytes(), salt, &params, output).map_err(|_| HasherError::Unavailable)
    }

    /// Whether scrypt is defined for these parameters (RFC 7914 §2).
    pub(crate) fn is_valid(self) -> bool {
        self.log_n > 0 && Params::new(self.log_n, self.r, self.p).is_ok()
    }
}

/// An scrypt hash.
#[derive(Debug)]
pub(crate) struct ScryptHash {
    pub work: ScryptCost,
    pub salt: Vec<u8>,
    pub output: Vec<u8>,
}

impl ScryptHash {
    /// Parses what follows the algorithm in a PHC string.
    pub(crate) fn parse(text: &str) -> Result<Self, UnsupportedHash> {
        let fields = Fields::split(Scheme::Scrypt, text)?;
        let log_n = fields.number("ln")?.try_into().map_err(|_| DAMAGED)?;
        Self {
            work: ScryptCost { log_n, r: fields.number("r")?, p: fields.number("p")? },
            salt: decode(Scheme::Scrypt, fields.salt)?,
            output: decode_output(Scheme::Scrypt, fields.output)?,
        }
        .checked()
    }

    /// Refuses parameters for which scrypt is not defined.
    pub(crate) fn checked(self) -> Result<Self, UnsupportedHash> {
        if self.work.is_valid() { Ok(self) } else { Err(DAMAGED) }
    }

    /// Whether this is the hash of `password`. Compares in constant time.
    pub(crate) fn matches(&self, password: &str) -> Result<bool, HasherError> {
        let mut computed = Zeroizing::new(vec![0; self.output.len()]);
        self.work.compute(password, &self.salt, &mut computed)?;
        Ok(computed.ct_eq(&self.output).into())
    }
}
