//! Stored hashes by scheme.

use super::{
    HashParameters, HasherError, MemoryPool,
    argon::ArgonHash,
    bcrypt::{BcryptHash, Input},
    better_auth,
    cost::Cost,
    django,
    firebase::{self, FirebaseHash},
    pbkdf2::{Function, Pbkdf2Hash},
    scrypt::ScryptHash,
    unsupported::{Scheme, UnsupportedHash},
};
use crate::domain::Password;

/// A stored hash, parsed: created here, or imported and not yet replaced.
#[derive(Debug)]
pub(crate) enum StoredHash {
    Argon2(ArgonHash),
    Bcrypt(BcryptHash),
    Firebase(FirebaseHash),
    Pbkdf2(Pbkdf2Hash),
    Scrypt(ScryptHash),
}

impl StoredHash {
    /// Parses a stored hash. Refuses one whose cost is above the limits.
    pub(crate) fn parse(text: &str) -> Result<Self, UnsupportedHash> {
        let stored = Self::read(text)?;
        if stored.cost().is_excessive() { Err(UnsupportedHash::TooExpensive(stored.scheme())) } else { Ok(stored) }
    }

    fn read(text: &str) -> Result<Self, UnsupportedHash> {
        if BcryptHash::is_prefix_of(text) {
            return BcryptHash::parse(text, Input::Password).map(Self::Bcrypt);
        }
        if text.starts_with("$argon2") {
            return ArgonHash::parse(text).map(Self::Argon2);
        }
        if let Some(rest) = text.strip_prefix("$scrypt$") {
            return ScryptHash::parse(rest).map(Self::Scrypt);
        }
        for (algorithm, function) in [("$pbkdf2-sha256$", Function::Sha256), ("$pbkdf2-sha512$", Function::Sha512)] {
            if let Some(rest) = text.strip_prefix(algorithm) {
                return Pbkdf2Hash::parse(function, rest).map(Self::Pbkdf2);
            }
        }
        if let Some(rest) = text.strip_prefix(firebase::ALGORITHM) {
            return FirebaseHash::parse(rest).map(Self::Firebase);
        }
        django::parse(text).unwrap_or(Err(UnsupportedHash::of(text)))
    }

    const fn scheme(&self) -> Scheme {
        match self {
            Self::Argon2(_) => Scheme::Argon2,
            Self::Bcrypt(_) => Scheme::Bcrypt,
            Self::Firebase(_) => Scheme::Firebase,
            Self::Pbkdf2(_) => Scheme::Pbkdf2,
            Self::Scrypt(_) => Scheme::Scrypt,
        }
    }

    /// The cost of comparing one password.
    pub(crate) fn cost(&self) -> Cost {
        match self {
            Self::Argon2(hash) => hash.cost(),
            Self::Bcrypt(hash) => hash.cost(),
            Self::Firebase(hash) => hash.work.estimate(),
            Self::Pbkdf2(hash) => hash.cost(),
            Self::Scrypt(hash) => hash.work.estimate(),
        }
    }

    /// The Unicode forms of a received password to compare with the hash: usually one, at most two.
    ///
    /// A system without normalization has hashed the bytes that the keyboard sent: composed on most systems,
    /// decomposed on some.
    pub(crate) fn forms(&self, password: Password) -> Vec<Password> {
        let other = match self {
            Self::Scrypt(hash) if better_auth::is_better_auth(hash) => return vec![password.compatible()],
            // New hashes use the received form, upgraded hashes the compatible form.
            Self::Argon2(_) => password.compatible(),
            _ => password.decomposed(),
        };
        if other.expose() == password.expose() { vec![password] } else { vec![password, other] }
    }

    /// Whether this is the hash of `password`. Compares in constant time.
    pub(crate) fn matches(&self, memory: &MemoryPool, password: &Password) -> Result<bool, HasherError> {
        let password = password.expose();
        match self {
            Self::Argon2(hash) => hash.matches(memory, password),
            Self::Bcrypt(hash) => Ok(hash.matches(password)),
            Self::Firebase(hash) => hash.matches(password),
            Self::Pbkdf2(hash) => Ok(hash.matches(password)),
            Self::Scrypt(hash) => hash.matches(password),
        }
    }

    /// Whether the hash has the current algorithm and parameters.
    pub(crate) fn has_parameters(&self, current: HashParameters) -> bool {
        matches!(self, Self::Argon2(hash) if hash.has_parameters(current))
    }
}
