//! Parses stored hashes and rejects those with excessive cost.

use argon2::{
    Algorithm, Params, Version,
    password_hash::phc::{self, Output, Salt},
};

use super::{HashParameters, HasherError, MemoryPool, OUTPUT_BYTES, PasswordHash, better_auth, compute};
use crate::domain::Password;

/// A stored hash by algorithm.
#[derive(Debug)]
pub(crate) enum Stored {
    /// argon2id, version 19: created here or imported.
    Argon2id { parameters: HashParameters, params: Params, salt: Salt, output: Output },
    /// scrypt with Better Auth's parameters.
    Scrypt { salt: Salt, output: Output },
}

impl Stored {
    pub(crate) fn read(stored: &PasswordHash) -> Result<Self, HasherError> {
        let phc = phc::PasswordHash::new(stored.as_str()).map_err(|_| HasherError::Corrupt)?;
        let (Some(salt), Some(output)) = (phc.salt, phc.hash) else { return Err(HasherError::Corrupt) };
        if better_auth::is_better_auth(&phc) {
            return Ok(Self::Scrypt { salt, output });
        }
        let params = Params::try_from(&phc).map_err(|_| HasherError::Corrupt)?;
        let parameters =
            HashParameters { memory_kib: params.m_cost(), passes: params.t_cost(), lanes: params.p_cost() };
        let acceptable = phc.algorithm == Algorithm::Argon2id.ident()
            && phc.version == Some(Version::V0x13.into())
            && !parameters.exceeds(HashParameters::STORED_MAX);
        if acceptable { Ok(Self::Argon2id { parameters, params, salt, output }) } else { Err(HasherError::Corrupt) }
    }

    /// The Unicode forms of a received password to compare with the hash.
    pub(crate) fn forms(&self, password: Password) -> Vec<Password> {
        let compatible = password.compatible();
        match self {
            Self::Scrypt { .. } => vec![compatible],
            // New hashes use the received form, upgraded hashes the compatible form. Usually both are equal.
            Self::Argon2id { .. } if compatible.expose() == password.expose() => vec![password],
            Self::Argon2id { .. } => vec![password, compatible],
        }
    }

    /// Whether this is the hash of `password`. Compares in constant time.
    pub(crate) fn matches(&self, memory: &MemoryPool, password: &Password) -> Result<bool, HasherError> {
        Ok(match self {
            Self::Argon2id { params, salt, output, .. } => compute(memory, params, password, salt)? == *output,
            Self::Scrypt { salt, output } => better_auth::compute(password, salt)? == *output,
        })
    }

    /// Whether the hash has the current algorithm and parameters.
    pub(crate) fn has_parameters(&self, current: HashParameters) -> bool {
        match self {
            Self::Argon2id { parameters, output, .. } => *parameters == current && output.len() == OUTPUT_BYTES,
            Self::Scrypt { .. } => false,
        }
    }
}
