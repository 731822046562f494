//! Firebase's variant of scrypt (github.com/firebase/scrypt).
//!
//! scrypt derives a key from the password, the user's salt and the project's salt separator. The hash is the
//! project's signer key, encrypted with AES-256-CTR under that key. The project's values are stored with each hash:
//! `$firebase-scrypt$ln=14,r=8,ss=<salt separator>,sk=<signer key>$<salt>$<output>`.

use std::fmt;

use aws_lc_rs::{
    cipher::{AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey},
    iv::FixedLength,
};
use base64::Engine;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{
    HasherError, PasswordHash,
    phc::{BASE64, Fields, decode, decode_output},
    scrypt::ScryptCost,
    unsupported::{Scheme, UnsupportedHash},
};

/// The algorithm in stored hashes.
pub(crate) const ALGORITHM: &str = "$firebase-scrypt$";

const DAMAGED: UnsupportedHash = UnsupportedHash::Damaged(Scheme::Firebase);

const KEY_BYTES: usize = 32;

/// The password hash parameters of a Firebase project.
pub struct FirebaseProject {
    work: ScryptCost,
    salt_separator: Vec<u8>,
    signer_key: Zeroizing<Vec<u8>>,
}

/// Why the hash parameters of a project cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidProject {
    /// A parameter is missing, or is not of its form.
    #[error("{0} is missing or damaged; copy the hash_config that the Firebase console shows")]
    Parameter(&'static str),
    /// The cost is above the limits.
    #[error("rounds and mem_cost need more than 10 seconds or 256 MiB per password")]
    TooExpensive,
}

impl FirebaseProject {
    /// Parses the `hash_config` that the Firebase console shows under Authentication, Users, Password hash parameters.
    pub fn parse(text: &str) -> Result<Self, InvalidProject> {
        let value = |name: &'static str| {
            let pairs = text.lines().filter_map(|line| line.trim().trim_end_matches(',').split_once(':'));
            let mut values = pairs.filter(|pair| pair.0.trim() == name).map(|pair| pair.1.trim());
            values.next().ok_or(InvalidProject::Parameter(name))
        };
        let bytes = |name| BASE64.decode(value(name)?).map_err(|_| InvalidProject::Parameter(name));
        let number = |name| value(name)?.parse::<u32>().map_err(|_| InvalidProject::Parameter(name));
        let log_n = number("mem_cost")?.try_into().map_err(|_| InvalidProject::Parameter("mem_cost"))?;
        let project = Self {
            work: ScryptCost { log_n, r: number("rounds")?, p: 1 },
            salt_separator: bytes("base64_salt_separator")?,
            signer_key: Zeroizing::new(bytes("base64_signer_key")?),
        };
        if project.signer_key.len() < KEY_BYTES {
            return Err(InvalidProject::Parameter("base64_signer_key"));
        }
        if !project.work.is_valid() || project.work.estimate().is_excessive() {
            return Err(InvalidProject::TooExpensive);
        }
        Ok(project)
    }

    /// The hash of a user, from the `salt` and `passwordHash` of an exported account.
    pub fn hash(&self, salt: &str, output: &str) -> Result<PasswordHash, UnsupportedHash> {
        let text = format!(
            "{ALGORITHM}ln={},r={},ss={},sk={}${}${}",
            self.work.log_n,
            self.work.r,
            BASE64.encode(&self.salt_separator),
            BASE64.encode(&*self.signer_key),
            BASE64.encode(decode(Scheme::Firebase, &standard(salt))?),
            BASE64.encode(decode(Scheme::Firebase, &standard(output))?),
        );
        PasswordHash::import(&text)
    }
}

/// From the alphabet for URLs, which the API uses, to the standard one, which the command line exports.
fn standard(base64: &str) -> String {
    base64.replace('-', "+").replace('_', "/")
}

impl fmt::Debug for FirebaseProject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FirebaseProject(…)")
    }
}

/// A password hash of Firebase.
pub(crate) struct FirebaseHash {
    pub work: ScryptCost,
    /// The user's salt and the project's separator.
    salt: Vec<u8>,
    signer_key: Zeroizing<Vec<u8>>,
    output: Vec<u8>,
}

impl FirebaseHash {
    /// Parses what follows [`ALGORITHM`].
    pub(crate) fn parse(text: &str) -> Result<Self, UnsupportedHash> {
        let fields = Fields::split(Scheme::Firebase, text)?;
        let bytes = |name| decode(Scheme::Firebase, fields.value(name).ok_or(DAMAGED)?);
        let hash = Self {
            work: ScryptCost {
                log_n: fields.number("ln")?.try_into().map_err(|_| DAMAGED)?,
                r: fields.number("r")?,
                p: 1,
            },
            salt: [decode(Scheme::Firebase, fields.salt)?, bytes("ss")?].concat(),
            signer_key: Zeroizing::new(bytes("sk")?),
            output: decode_output(Scheme::Firebase, fields.output)?,
        };
        if hash.work.is_valid() && hash.output.len() == hash.signer_key.len() { Ok(hash) } else { Err(DAMAGED) }
    }

    /// Whether this is the hash of `password`. Compares in constant time.
    pub(crate) fn matches(&self, password: &str) -> Result<bool, HasherError> {
        let mut derived = Zeroizing::new([0; 2 * KEY_BYTES]);
        self.work.compute(password, &self.salt, &mut *derived)?;
        let key = UnboundCipherKey::new(&AES_256, &derived[..KEY_BYTES]).map_err(|_| HasherError::Unavailable)?;
        let key = EncryptingKey::ctr(key).map_err(|_| HasherError::Unavailable)?;
        let mut encrypted = self.signer_key.clone();
        let counter = EncryptionContext::Iv128(FixedLength::from([0; 16]));
        key.less_safe_encrypt(&mut encrypted, counter).map_err(|_| HasherError::Unavailable)?;
        Ok(encrypted.ct_eq(&self.output).into())
    }
}

impl fmt::Debug for FirebaseHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FirebaseHash(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        auth::password::hasher::{HashLimits, HashParameters, PasswordHasher, Verdict},
        auth::throttle::Network,
        domain::Password,
    };

    /// From the README of github.com/firebase/scrypt.
    const CONFIG: &str = "hash_config {
      algorithm: SCRYPT,
      base64_signer_key: jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==,
      base64_salt_separator: Bw==,
      rounds: 8,
      mem_cost: 14,
    }";
    const SALT: &str = "42xEC+ixf3L2lw==";
    const HASH: &str = "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==";

    #[tokio::test]
    async fn firebase_reference_hash_matches() {
        let project = FirebaseProject::parse(CONFIG).unwrap();
        let limits = HashLimits { permits: 2, queue: 10 };
        let hasher = PasswordHasher::new(HashParameters::cheap_for_tests(), limits).unwrap();
        let for_urls = |text: &str| text.replace('+', "-").replace('/', "_");
        for (salt, hash) in [(SALT.to_owned(), HASH.to_owned()), (for_urls(SALT), for_urls(HASH))] {
            let hash = project.hash(&salt, &hash).unwrap();
            assert!(hash.as_str().starts_with("$firebase-scrypt$ln=14,r=8,ss=Bw,sk=jxspr8"));
            for (password, verdict) in
                [("user1password", Verdict::Match { rehash: true }), ("user2password", Verdict::Mismatch)]
            {
                let home = Network::of([192, 0, 2, 1].into());
                assert_eq!(hasher.verify(Password::presented(password).unwrap(), &hash, home).await, Ok(verdict));
            }
        }
        assert!(!format!("{project:?}").contains("jxspr8"));
    }

    #[test]
    fn firebase_damaged_values_are_refused() {
        use InvalidProject::{Parameter, TooExpensive};
        for (from, to, problem) in [
            ("mem_cost: 14", "", Parameter("mem_cost")),
            ("mem_cost: 14", "mem_cost: -1", Parameter("mem_cost")),
            ("mem_cost: 14", "mem_cost: 21", TooExpensive),
            ("rounds: 8", "rounds: 0", TooExpensive),
            ("Bw==", "?", Parameter("base64_salt_separator")),
            ("jxspr8", "", Parameter("base64_signer_key")),
        ] {
            assert_eq!(FirebaseProject::parse(&CONFIG.replace(from, to)).err(), Some(problem), "{from}");
        }
        let project = FirebaseProject::parse(CONFIG).unwrap();
        for (salt, hash) in [("?", HASH), (SALT, "?"), (SALT, &HASH[..40]), (SALT, "")] {
            assert_eq!(project.hash(salt, hash), Err(DAMAGED), "{salt} {hash}");
        }
    }
}
