//! A parsed stored hash with acceptable cost.

use argon2::{
    Algorithm, Params, Version,
    password_hash::phc::{self, Output, Salt},
};

use super::{HashParameters, HasherError, MemoryPool, OUTPUT_BYTES, PasswordHash, better_auth, compute};
use crate::domain::Password;

/// A stored hash by algorithm.
#[derive(Debug)]
pub(crate) enum Stored {
    /// argon2id, version 19: own or imported.
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
        let sound = phc.algorithm == Algorithm::Argon2id.ident()
            && phc.version == Some(Version::V0x13.into())
            && !parameters.exceeds(HashParameters::STORED_MAX);
        if sound { Ok(Self::Argon2id { parameters, params, salt, output }) } else { Err(HasherError::Corrupt) }
    }

    /// The Unicode forms of a received password that may have been hashed.
    pub(crate) fn forms(&self, password: Password) -> Vec<Password> {
        let compatible = password.compatible();
        match self {
            Self::Scrypt { .. } => vec![compatible],
            // As received, or the form that an upgraded hash was made from. Usually they are equal.
            Self::Argon2id { .. } if compatible.expose() == password.expose() => vec![password],
            Self::Argon2id { .. } => vec![password, compatible],
        }
    }

    /// Whether this is the hash of `password`. Constant time.
    pub(crate) fn matches(&self, memory: &MemoryPool, password: &Password) -> Result<bool, HasherError> {
        Ok(match self {
            Self::Argon2id { params, salt, output, .. } => compute(memory, params, password, salt)? == *output,
            Self::Scrypt { salt, output } => better_auth::compute(password, salt)? == *output,
        })
    }

    /// Whether the hash has the current algorithm and parameters.
    pub(crate) fn is_made_with(&self, live: HashParameters) -> bool {
        match self {
            Self::Argon2id { parameters, output, .. } => *parameters == live && output.len() == OUTPUT_BYTES,
            Self::Scrypt { .. } => false,
        }
    }
}
