//! Password hashes of Better Auth: scrypt with N = 2¹⁴, r = 16, p = 1 of the password in NFKC.
//!
//! The format is `<salt>:<key>`, both hexadecimal. The scrypt salt is the hexadecimal text, not the decoded
//! bytes. The import converts the hashes to PHC strings, so that every stored hash names its algorithm.

use base64::Engine;

use super::{
    phc::BASE64,
    scrypt::{ScryptCost, ScryptHash},
};

/// Better Auth's fixed parameters: 32 MiB of memory per hash.
const WORK: ScryptCost = ScryptCost { log_n: 14, r: 16, p: 1 };

/// The length of the salt in hexadecimal digits.
const SALT_DIGITS: usize = 32;

const KEY_BYTES: usize = 64;

/// Converts `<salt>:<key>` to a PHC string. `None` for another format.
pub(crate) fn to_phc(text: &str) -> Option<String> {
    let (salt, key) = text.split_once(':')?;
    let hexadecimal = salt.bytes().chain(key.bytes()).all(|byte| byte.is_ascii_hexdigit());
    if salt.len() != SALT_DIGITS || key.len() != 2 * KEY_BYTES || !hexadecimal {
        return None;
    }
    let byte = |at: usize| u8::from_str_radix(key.get(at..at + 2)?, 16).ok();
    let key = (0..key.len()).step_by(2).map(byte).collect::<Option<Vec<_>>>()?;
    let ScryptCost { log_n, r, p } = WORK;
    Some(format!("$scrypt$ln={log_n},r={r},p={p}${}${}", BASE64.encode(salt), BASE64.encode(key)))
}

/// Whether the hash has the form that [`to_phc`] returns.
pub(crate) fn is_better_auth(hash: &ScryptHash) -> bool {
    let digits = hash.salt.len() == SALT_DIGITS && hash.salt.iter().all(u8::is_ascii_hexdigit);
    hash.work == WORK && hash.output.len() == KEY_BYTES && digits
}

#[cfg(test)]
mod tests {
    use crate::{
        auth::password::hasher::{HashLimits, HashParameters, PasswordHash, PasswordHasher, UnsupportedHash, Verdict},
        auth::throttle::Network,
        domain::Password,
    };

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
        PasswordHasher::new(HashParameters::cheap_for_tests(), limits).unwrap()
    }

    async fn verdict(hasher: &PasswordHasher, password: &str, hash: &PasswordHash) -> Verdict {
        hasher.verify(Password::presented(password).unwrap(), hash, Network::of([192, 0, 2, 1].into())).await.unwrap()
    }

    #[tokio::test]
    async fn verify_better_auth_hash_needs_rehash() {
        let hasher = hasher();
        for (password, hash) in VECTORS {
            let hash = PasswordHash::import(hash).unwrap();
            assert!(hash.as_str().starts_with("$scrypt$ln=14,r=16,p=1$"), "{}", hash.as_str());
            assert_eq!(verdict(&hasher, password, &hash).await, Verdict::Match { rehash: true });
            assert_eq!(verdict(&hasher, &format!("{password} "), &hash).await, Verdict::Mismatch);
        }
    }

    #[tokio::test]
    async fn upgrade_keeps_accepted_unicode_spellings() {
        let hasher = hasher();
        let (wide, hash) = VECTORS[1];
        let old = PasswordHash::import(hash).unwrap();
        for typed_first in [wide, "password 1"] {
            let new = hasher
                .upgrade(&Password::presented(typed_first).unwrap(), Network::of([192, 0, 2, 1].into()))
                .await
                .unwrap();
            assert!(new.as_str().starts_with("$argon2id$"));
            for spelling in [wide, "password 1", "password ①"] {
                assert_eq!(verdict(&hasher, spelling, &old).await, Verdict::Match { rehash: true }, "{spelling}");
                assert_eq!(verdict(&hasher, spelling, &new).await, Verdict::Match { rehash: false }, "{spelling}");
            }
            assert_eq!(verdict(&hasher, "Password 1", &new).await, Verdict::Mismatch);
        }
    }

    #[test]
    fn import_damaged_better_auth_hash_is_refused() {
        let (salt, key) = ("a".repeat(32), "b".repeat(128));
        for text in [
            format!("{salt}{key}"),
            format!("{salt}:{}", &key[1..]),
            format!("{salt}0:{key}"),
            format!("{salt}:{key}:"),
            format!("{salt}:{}g", &key[1..]),
            format!("{salt}:{}é", &key[2..]),
            format!("{salt}: {}", &key[1..]),
            ":".to_owned(),
        ] {
            assert_eq!(PasswordHash::import(&text), Err(UnsupportedHash::Unknown), "{text}");
        }
    }
}
