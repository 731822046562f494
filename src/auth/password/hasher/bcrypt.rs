//! bcrypt (OpenBSD, Provos and Mazières 1999): `$2b$12$<22 characters of salt><31 of output>`.
//!
//! The prefixes `$2a$`, `$2b$` and `$2y$` name the same function. As in the original, a password ends at its
//! first NUL byte, and only the first 72 bytes count.

use ::bcrypt::bcrypt;
use base64::{Engine, alphabet::BCRYPT, engine::GeneralPurpose};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{
    cost::Cost,
    phc,
    unsupported::{Scheme, UnsupportedHash},
};

const DAMAGED: UnsupportedHash = UnsupportedHash::Damaged(Scheme::Bcrypt);

/// Accepts salts whose unused bits are set, which some old libraries created.
const BASE64: GeneralPurpose = phc::engine(&BCRYPT);

const PREFIXES: [&str; 3] = ["$2a$", "$2b$", "$2y$"];

const SALT_CHARS: usize = 22;

/// The function computes 24 bytes, of which 23 are stored.
const OUTPUT_BYTES: usize = 23;

const MAX_KEY: usize = 72;

/// Per iteration. Cost 12 takes about 200 ms.
const NANOSECONDS: u64 = 50_000;

/// The blowfish state and the key schedule.
const MEMORY: u64 = 8 << 10;

/// What is hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    /// The password.
    Password,
    /// The hexadecimal SHA-256 of the password (Django's `bcrypt_sha256`).
    Sha256,
}

/// A bcrypt hash.
#[derive(Debug)]
pub(crate) struct BcryptHash {
    input: Input,
    cost: u32,
    salt: [u8; 16],
    output: [u8; OUTPUT_BYTES],
}

impl BcryptHash {
    /// Whether `text` starts like a bcrypt hash.
    pub(crate) fn is_prefix_of(text: &str) -> bool {
        PREFIXES.iter().any(|prefix| text.starts_with(prefix))
    }

    /// Parses `$2b$<cost>$<salt><output>`.
    pub(crate) fn parse(text: &str, input: Input) -> Result<Self, UnsupportedHash> {
        Self::decode(text, input).ok_or(DAMAGED)
    }

    fn decode(text: &str, input: Input) -> Option<Self> {
        let rest = PREFIXES.iter().find_map(|prefix| text.strip_prefix(prefix))?;
        let (cost, encoded) = rest.split_once('$')?;
        let digits = cost.len() == 2 && cost.bytes().all(|byte| byte.is_ascii_digit());
        let cost = cost.parse().ok().filter(|cost| digits && (4..=31).contains(cost))?;
        let (salt, output) = encoded.split_at_checked(SALT_CHARS)?;
        Some(Self {
            input,
            cost,
            salt: BASE64.decode(salt).ok()?.try_into().ok()?,
            output: BASE64.decode(output).ok()?.try_into().ok()?,
        })
    }

    pub(crate) const fn cost(&self) -> Cost {
        Cost::new(1 << self.cost, NANOSECONDS, MEMORY)
    }

    /// Whether this is the hash of `password`. Compares in constant time.
    pub(crate) fn matches(&self, password: &str) -> bool {
        let computed = bcrypt(self.cost, self.salt, &self.key(password));
        computed[..OUTPUT_BYTES].ct_eq(&self.output).into()
    }

    /// The bytes that are hashed, with the NUL byte that ends a string in C.
    fn key(&self, password: &str) -> Zeroizing<Vec<u8>> {
        let text = match self.input {
            Input::Password => Zeroizing::new(password.to_owned()),
            Input::Sha256 => Zeroizing::new(format!("{:x}", Sha256::digest(password))),
        };
        let string = text.bytes().take_while(|byte| *byte != 0).chain([0]);
        Zeroizing::new(string.take(MAX_KEY).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(hash: &str, password: &str) -> bool {
        BcryptHash::parse(hash, Input::Password).unwrap().matches(password)
    }

    /// From `crypt_blowfish` 1.3, `wrapper.c`: the prefixes `$2a$` and `$2y$` and passwords above 72 bytes.
    #[test]
    fn bcrypt_reference_vectors_match() {
        let long = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ\
                    0123456789chars after 72 are ignored";
        for (hash, password) in [
            ("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U"),
            ("$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK", "U*U*"),
            ("$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a", "U*U*U"),
            ("$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui", long),
        ] {
            for prefix in PREFIXES {
                let hash = hash.replace("$2a$", prefix);
                assert!(matches(&hash, password), "{hash}");
                assert!(!matches(&hash, &password.replacen(['U', '0'], "V", 1)), "{hash}");
            }
        }
        // jBCrypt, TestBCrypt.java.
        assert!(matches("$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe", "a"));
    }

    #[test]
    fn bcrypt_ignores_bytes_after_72_or_nul() {
        // Python's bcrypt 4.0.1: hashpw(b"x" * 80, salt).
        let hash = "$2b$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i";
        for (password, expected) in [(80, true), (72, true), (73, true), (71, false)] {
            assert_eq!(matches(hash, &"x".repeat(password)), expected, "{password}");
        }
        // 24 times three bytes: the cut is after a whole character, and in the middle of one.
        let accents = "$2b$04$abcdefghijklmnopqrstuuLMnfsIcwrd9XOzJ8Re069XuK/iLtljS";
        assert!(matches(accents, &"€".repeat(24)) && matches(accents, &"€".repeat(30)));
        assert!(!matches(accents, &"€".repeat(23)));
        let a = "$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe";
        assert!(matches(a, "a\0b") && !matches(a, "\0a"));
    }

    #[test]
    fn bcrypt_damaged_text_is_refused() {
        let valid = "$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe";
        for bad in [
            valid.replace("$06$", "$6$"),
            valid.replace("$06$", "$03$"),
            valid.replace("$06$", "$32$"),
            valid.replace("$06$", "$+6$"),
            valid.replace("$2a$", "$2x$"),
            valid[..59].to_owned(),
            format!("{valid}a"),
            valid.replace('m', "é"),
            valid.replace('m', "-"),
        ] {
            assert_eq!(BcryptHash::parse(&bad, Input::Password).err(), Some(DAMAGED), "{bad}");
        }
    }

    #[test]
    fn bcrypt_cost_18_is_excessive() {
        let with = |cost: &str| {
            let text = format!("$2b${cost}$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui");
            BcryptHash::parse(&text, Input::Password).unwrap().cost().is_excessive()
        };
        assert_eq!(["12", "14", "17", "18", "31"].map(with), [false, false, false, true, true]);
    }
}
