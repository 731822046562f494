//! argon2 PHC strings: the service's own argon2id hashes, and argon2i, argon2d and argon2id of other systems.
//!
//! Versions 16 and 19. A string without a version is version 16 (reference implementation, `encoding.c`).

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::phc::{self, Output, Salt},
};

use super::{
    HashParameters, HasherError, MemoryPool, OUTPUT_BYTES, PasswordHash,
    cost::Cost,
    phc_string,
    unsupported::{Scheme, UnsupportedHash},
};

const DAMAGED: UnsupportedHash = UnsupportedHash::Damaged(Scheme::Argon2);

/// Per KiB of memory and pass.
const NANOSECONDS: u64 = 400;

/// An argon2 hash.
#[derive(Debug)]
pub(crate) struct ArgonHash {
    algorithm: Algorithm,
    version: Version,
    params: Params,
    salt: Salt,
    output: Output,
}

impl ArgonHash {
    /// Parses `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<output>`.
    pub(crate) fn parse(text: &str) -> Result<Self, UnsupportedHash> {
        let phc = phc::PasswordHash::new(text).map_err(|_| DAMAGED)?;
        let (Some(salt), Some(output)) = (phc.salt, phc.hash) else { return Err(DAMAGED) };
        Ok(Self {
            algorithm: Algorithm::try_from(phc.algorithm.as_str()).map_err(|_| DAMAGED)?,
            version: phc.version.unwrap_or(Version::V0x10.into()).try_into().map_err(|_| DAMAGED)?,
            params: Params::try_from(&phc).map_err(|_| DAMAGED)?,
            salt,
            output,
        })
    }

    pub(crate) fn cost(&self) -> Cost {
        let kib = u64::from(self.params.m_cost());
        Cost::new(kib.saturating_mul(self.params.t_cost().into()), NANOSECONDS, kib << 10)
    }

    /// Whether this is the hash of `password`. Compares in constant time.
    pub(crate) fn matches(&self, memory: &MemoryPool, password: &str) -> Result<bool, HasherError> {
        let computed = compute(memory, self.algorithm, self.version, &self.params, password, &self.salt)?;
        Ok(computed == self.output)
    }

    /// The hash of another text with the same parameters and salt.
    pub(crate) fn hash_again(&self, memory: &MemoryPool, text: &str) -> Result<PasswordHash, HasherError> {
        let output = compute(memory, self.algorithm, self.version, &self.params, text, &self.salt)?;
        phc_string(&self.params, &self.salt, output)
    }

    /// Whether the service would create the hash with these parameters.
    pub(crate) fn has_parameters(&self, current: HashParameters) -> bool {
        let parameters = HashParameters {
            memory_kib: self.params.m_cost(),
            passes: self.params.t_cost(),
            lanes: self.params.p_cost(),
        };
        (self.algorithm, self.version) == (Algorithm::Argon2id, Version::V0x13)
            && parameters == current
            && self.output.len() == OUTPUT_BYTES
    }
}

/// Computes a hash with the length in `params`.
pub(crate) fn compute(
    memory: &MemoryPool,
    algorithm: Algorithm,
    version: Version,
    params: &Params,
    password: &str,
    salt: &[u8],
) -> Result<Output, HasherError> {
    let mut output = [0; Output::MAX_LENGTH];
    let length = params.output_len().unwrap_or(OUTPUT_BYTES);
    let output = output.get_mut(..length).ok_or(HasherError::Corrupt)?;
    let argon2 = Argon2::new(algorithm, version, params.clone());
    memory
        .lend(params.block_count(), |blocks| {
            argon2.hash_password_into_with_memory(password.as_bytes(), salt, output, blocks)
        })?
        .map_err(|_| HasherError::Unavailable)?;
    Output::new(output).map_err(|_| HasherError::Unavailable)
}
