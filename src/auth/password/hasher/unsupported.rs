//! Why a hash of another system is not supported.

use std::fmt;

/// A supported family of password hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// argon2i, argon2d and argon2id.
    Argon2,
    /// bcrypt.
    Bcrypt,
    /// scrypt.
    Scrypt,
    /// PBKDF2.
    Pbkdf2,
    /// Firebase's variant of scrypt.
    Firebase,
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Argon2 => "argon2",
            Self::Bcrypt => "bcrypt",
            Self::Scrypt => "scrypt",
            Self::Pbkdf2 => "PBKDF2",
            Self::Firebase => "Firebase scrypt",
        })
    }
}

/// Why a password hash is not imported. Never contains the hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnsupportedHash {
    /// The hash has the format of a supported scheme, but cannot be parsed.
    #[error("its {0} hash is damaged")]
    Damaged(Scheme),
    /// The cost of the hash is above the limits.
    #[error("its {0} hash needs more than 10 seconds or 256 MiB")]
    TooExpensive(Scheme),
    /// A known format that is not supported.
    #[error("its password is hashed with {0}, which is not supported")]
    Known(&'static str),
    /// The format is not known.
    #[error("its password hash has an unknown format")]
    Unknown,
}

/// Prefixes of hashes that are recognised only to name them in the report.
const KNOWN: [(&str, &str); 17] = [
    ("$1$", "md5-crypt"),
    ("$2$", "bcrypt $2$"),
    ("$2x$", "bcrypt $2x$"),
    ("$5$", "sha256-crypt"),
    ("$6$", "sha512-crypt"),
    ("$7$", "scrypt $7$"),
    ("$y$", "yescrypt"),
    ("$P$", "phpass"),
    ("$H$", "phpass"),
    ("$wp$", "WordPress's bcrypt"),
    ("$bcrypt-sha256$", "passlib's bcrypt-sha256"),
    ("$pbkdf2$", "PBKDF2 with SHA-1"),
    ("pbkdf2_sha1$", "PBKDF2 with SHA-1"),
    ("md5$", "MD5"),
    ("sha1$", "SHA-1"),
    ("{SSHA}", "salted SHA-1"),
    ("{SHA}", "SHA-1"),
];

impl UnsupportedHash {
    /// Names the format of `text`, which no scheme accepts.
    pub(crate) fn of(text: &str) -> Self {
        let known = KNOWN.iter().find(|(prefix, _)| text.starts_with(prefix));
        known.map_or(Self::Unknown, |(_, name)| Self::Known(name))
    }
}
