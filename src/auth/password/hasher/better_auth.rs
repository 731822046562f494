//! Password hashes of Better Auth: scrypt with N = 2¹⁴, r = 16, p = 1 of the password in NFKC.
//!
//! The format is `<salt>:<key>`, both hexadecimal. The scrypt salt is the hexadecimal text, not the decoded
//! bytes. The import converts the hashes to PHC strings, so that every stored hash names its algorithm.

use argon2::password_hash::phc::{self, Ident, Output, ParamsString, Salt};
use scrypt::{Params, scrypt};

use super::{HasherError, PasswordHash, stored::Stored};
use crate::domain::Password;

const SCRYPT: &str = "scrypt";

/// Better Auth's fixed parameters: 32 MiB of memory per hash.
const LOG_N: u8 = 14;
const R: u32 = 16;
const P: u32 = 1;

/// The length of the salt in hexadecimal digits.
const SALT_DIGITS: usize = 32;

const KEY_BYTES: usize = 64;

/// A password hash in an unsupported format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownHash {
    /// bcrypt.
    #[error("its password is hashed with bcrypt")]
    Bcrypt,
    /// argon2id that is damaged, not version 19, or above 64 MiB, ten passes or four lanes.
    #[error("its argon2id hash is damaged, of an old version or too expensive")]
    Argon2id,
    /// Another variant of argon2.
    #[error("its password is hashed with argon2i or argon2d")]
    Argon2,
    /// Another format.
    #[error("its password hash has an unknown format")]
    Other,
}

impl PasswordHash {
    /// Parses the password hash of a Better Auth account: scrypt, or an argon2id PHC string if Better Auth was
    /// configured to use argon2id.
    pub fn from_better_auth(text: &str) -> Result<Self, UnknownHash> {
        if let Some(phc) = scrypt_to_phc(text) {
            return Ok(Self(phc));
        }
        let stored = Self(text.to_owned());
        match Stored::read(&stored) {
            Ok(Stored::Argon2id { .. }) => Ok(stored),
            _ if text.starts_with("$2") => Err(UnknownHash::Bcrypt),
            _ if text.starts_with("$argon2id$") => Err(UnknownHash::Argon2id),
            _ if text.starts_with("$argon2") => Err(UnknownHash::Argon2),
            _ => Err(UnknownHash::Other),
        }
    }

    /// Whether the hash is an imported scrypt hash.
    pub fn is_from_better_auth(&self) -> bool {
        matches!(Stored::read(self), Ok(Stored::Scrypt { .. }))
    }
}

/// Converts `<salt>:<key>` to a PHC string. `None` for another format.
fn scrypt_to_phc(text: &str) -> Option<String> {
    let (salt, key) = text.split_once(':')?;
    let hexadecimal = salt.bytes().chain(key.bytes()).all(|byte| byte.is_ascii_hexdigit());
    if salt.len() != SALT_DIGITS || key.len() != 2 * KEY_BYTES || !hexadecimal {
        return None;
    }
    let mut bytes = [0; KEY_BYTES];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(key.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    let phc = phc::PasswordHash {
        algorithm: Ident::new(SCRYPT).ok()?,
        version: None,
        params: params()?,
        salt: Some(Salt::new(salt.as_bytes()).ok()?),
        hash: Some(Output::new(&bytes).ok()?),
    };
    Some(phc.to_string())
}

/// Whether the PHC string has the form that [`scrypt_to_phc`] returns.
pub(crate) fn is_better_auth(phc: &phc::PasswordHash) -> bool {
    phc.algorithm.as_str() == SCRYPT
        && phc.version.is_none()
        && Some(&phc.params) == params().as_ref()
        && phc.hash.as_ref().is_some_and(|output| output.len() == KEY_BYTES)
}

fn params() -> Option<ParamsString> {
    let mut params = ParamsString::new();
    for (name, value) in [("ln", u32::from(LOG_N)), ("r", R), ("p", P)] {
        params.add_decimal(name, value).ok()?;
    }
    Some(params)
}

/// Computes the hash. Allocates 32 MiB and frees them afterwards.
pub(crate) fn compute(password: &Password, salt: &[u8]) -> Result<Output, HasherError> {
    let params = Params::new(LOG_N, R, P).map_err(|_| HasherError::Unavailable)?;
    let mut output = [0; KEY_BYTES];
    scrypt(password.expose().as_bytes(), salt, &params, &mut output).map_err(|_| HasherError::Unavailable)?;
    Output::new(&output).map_err(|_| HasherError::Unavailable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::password::hasher::{HashLimits, PasswordHasher, Verdict};

    /// Output of `hashPassword` in better-auth 1.7.6.
    const VECTORS: [(&str, &str); 3] = [
        (
            "violet otter lantern 42",
            "355d76cef8bf42ecc46d89730bfa0e45:cb2b1d08fb285553ca410a3aed68d92344d9494d51fb359120461b60d1ef8aede1e3\
             6b4dd717b5f2806c1340e883d3a6550ae3a2947426e64341398c99142b24",
        ),
        (
            "ｐａｓｓｗｏｒｄ ①",
            "b2dfecc733247fc795b17b52e29fbdf4:4ff8f61520a61caf61c3480ce891268d8b0a3cb4f46f72733eb56154a58a18ddcad4\
             7bb553a3144fa5b98f393af852ad0d5f427c7e75f36208552a7a034971bc",
        ),
        (
            "pass",
            "9d62e48208b977b38355d80de5669c26:9e77826b4a8b2e367d800f7c0039ac5d39e872ec1daa9703136bced0d3066cc4df19\
             c813b278001b4370d09604893fb1ecaa6fafd5f989c41f2390dd53fc68b4",
        ),
    ];

    fn hasher() -> PasswordHasher {
        let limits = HashLimits { permits: 2, queue: 10 };
        PasswordHasher::new(crate::auth::password::hasher::HashParameters::cheap_for_tests(), limits).unwrap()
    }

    async fn verdict(hasher: &PasswordHasher, password: &str, hash: &PasswordHash) -> Verdict {
        hasher.verify(Password::presented(password).unwrap(), hash).await.unwrap()
    }

    #[tokio::test]
    async fn verify_better_auth_hash_needs_rehash() {
        let hasher = hasher();
        for (password, hash) in VECTORS {
            let hash = PasswordHash::from_better_auth(hash).unwrap();
            assert!(hash.as_str().starts_with("$scrypt$ln=14,r=16,p=1$"), "{}", hash.as_str());
            assert!(hash.is_from_better_auth());
            assert_eq!(verdict(&hasher, password, &hash).await, Verdict::Match { rehash: true });
            assert_eq!(verdict(&hasher, &format!("{password} "), &hash).await, Verdict::Mismatch);
        }
    }

    #[tokio::test]
    async fn upgrade_keeps_accepted_unicode_spellings() {
        let hasher = hasher();
        let (wide, hash) = VECTORS[1];
        let old = PasswordHash::from_better_auth(hash).unwrap();
        for typed_first in [wide, "password 1"] {
            let new = hasher.upgrade(&Password::presented(typed_first).unwrap()).await.unwrap();
            assert!(new.as_str().starts_with("$argon2id$") && !new.is_from_better_auth());
            for spelling in [wide, "password 1", "password ①"] {
                assert_eq!(verdict(&hasher, spelling, &old).await, Verdict::Match { rehash: true }, "{spelling}");
                assert_eq!(verdict(&hasher, spelling, &new).await, Verdict::Match { rehash: false }, "{spelling}");
            }
            assert_eq!(verdict(&hasher, "Password 1", &new).await, Verdict::Mismatch);
        }
    }

    #[test]
    fn from_better_auth_unknown_format_is_refused() {
        let (salt, key) = ("a".repeat(32), "b".repeat(128));
        let rest = "c2FsdHNhbHRzYWx0c2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g";
        for (text, kind) in [
            (format!("{salt}{key}"), UnknownHash::Other),
            (format!("{salt}:{}", &key[1..]), UnknownHash::Other),
            (format!("{salt}0:{key}"), UnknownHash::Other),
            (format!("{salt}:{key}:"), UnknownHash::Other),
            (format!("{salt}:{}g", &key[1..]), UnknownHash::Other),
            (format!("{salt}:{}é", &key[2..]), UnknownHash::Other),
            (format!("{salt}: {}", &key[1..]), UnknownHash::Other),
            (String::new(), UnknownHash::Other),
            (":".to_owned(), UnknownHash::Other),
            (format!("$scrypt$ln=14,r=16,p=1${rest}"), UnknownHash::Other),
            ("$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW".to_owned(), UnknownHash::Bcrypt),
            (format!("$argon2id$v=19$m=65537,t=2,p=1${rest}"), UnknownHash::Argon2id),
            (format!("$argon2i$v=19$m=19456,t=2,p=1${rest}"), UnknownHash::Argon2),
        ] {
            assert_eq!(PasswordHash::from_better_auth(&text), Err(kind), "{text}");
        }
        let accepted = format!("$argon2id$v=19$m=65536,t=3,p=4${rest}");
        assert_eq!(PasswordHash::from_better_auth(&accepted).unwrap().as_str(), accepted);
    }

    #[test]
    fn read_scrypt_with_other_parameters_fails() {
        let valid = PasswordHash::from_better_auth(VECTORS[0].1).unwrap();
        for (from, to) in [("ln=14", "ln=15"), ("r=16", "r=32"), ("p=1", "p=2"), ("$scrypt$", "$scrypt$v=1$")] {
            let bad = PasswordHash::from_stored(valid.as_str().replace(from, to));
            assert!(Stored::read(&bad).is_err(), "{}", bad.as_str());
        }
    }
}
