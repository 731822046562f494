//! The old secrets of Better Auth, which sign cookies and encrypt second factors.

use std::fmt;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::crypto::{hex::from_hex, xchacha::XChaChaOpener};

/// The start of a value that names the version of its secret: `$ba$2$…`.
const ENVELOPE: &str = "$ba$";

/// The longest encrypted value in characters. Ten backup codes have about 400.
const MAX_ENCRYPTED: usize = 64 * 1024;

/// The secret of an installation, and earlier ones.
pub struct OldSecrets {
    current: Zeroizing<Vec<u8>>,
    openers: Vec<XChaChaOpener>,
}

impl OldSecrets {
    /// The current secret, which signs cookies, and those that encrypted older values.
    pub fn new(current: Zeroizing<Vec<u8>>, earlier: &[Zeroizing<Vec<u8>>]) -> Self {
        let openers = [&current].into_iter().chain(earlier);
        let openers = openers.map(|secret| XChaChaOpener::new(&Sha256::digest(secret.as_slice()).into())).collect();
        Self { current, openers }
    }

    /// Parses `BETTER_AUTH_SECRETS`: `2:new,1:old`, the current secret first. `legacy` encrypted values without a version.
    pub fn parse_versions(text: &str, legacy: Option<Zeroizing<Vec<u8>>>) -> Result<Self, InvalidVersions> {
        let secret = |entry: &str| {
            let (version, secret) = entry.trim().split_once(':').ok_or(InvalidVersions)?;
            let (is_version, secret) = (version.trim().parse::<u32>().is_ok(), secret.trim());
            if !is_version || secret.is_empty() {
                return Err(InvalidVersions);
            }
            Ok(Zeroizing::new(secret.as_bytes().to_vec()))
        };
        let mut secrets = text.split(',').map(secret).collect::<Result<Vec<_>, _>>()?;
        let current = secrets.remove(0);
        secrets.extend(legacy);
        Ok(Self::new(current, &secrets))
    }

    /// The secret that signs cookies.
    pub(crate) fn signing(&self) -> &[u8] {
        &self.current
    }

    /// Decrypts a value. `None`: none of the secrets encrypted it.
    ///
    /// The version that the value names is ignored: the tag tells whether a secret is the right one.
    pub(crate) fn decrypt(&self, text: &str) -> Option<Zeroizing<Vec<u8>>> {
        let text = text.trim();
        let digits = match text.strip_prefix(ENVELOPE) {
            Some(envelope) => envelope.split_once('$')?.1,
            None => text,
        };
        let sealed = (digits.len() <= MAX_ENCRYPTED).then(|| from_hex(digits))??;
        self.openers.iter().find_map(|opener| opener.open(&sealed).ok())
    }
}

impl fmt::Debug for OldSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OldSecrets(…)")
    }
}

/// The text does not list secrets with their versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not a list of versions and secrets, as 2:SECRET,1:SECRET")]
pub struct InvalidVersions;

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "q7J0xVwq3C1kZ9uYtH5nB8mR2sD6fG4aL1eP0oI=";

    /// What better-auth 1.7.6 stored for the key `DZCyNXnaiTpxd4CTLyvRfdJ-WQUPtpUd`, with [`SECRET`].
    const ENCRYPTED: &str = "d03a6b28caae25e8e0ea7d07f12d5961bca6dd6ee89ed356168f75a36e5aa2d5932d141aeeec8a92a45fa07ed010a352c66574ee6e013f615f6c8e5c6ac4dcfdc343dd51500d03c5";
    const KEY: &str = "DZCyNXnaiTpxd4CTLyvRfdJ-WQUPtpUd";

    /// The same for `c-zrvKScasfkaops5bMLRrltugvthV9h`, with the versions [`VERSIONS`].
    const VERSIONED: &str = "$ba$2$881a01d106dacfe09c3d4d26c57bd09de5af81e62c4a09e866c54f17ef108d7ffc1a7f6418d8760219555df2dcf18d2c2e5ad34e0aed3aecaa521ba6c11e4807d43ae7f8cd0c84dd";
    const VERSIONED_KEY: &str = "c-zrvKScasfkaops5bMLRrltugvthV9h";
    const VERSIONS: &str = "2:Zk1vX8q0mZ5tYw7nB1cD4eF6gH9jK3lM, 1:q7J0xVwq3C1kZ9uYtH5nB8mR2sD6fG4aL1eP0oI=";

    fn bytes(text: &str) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(text.as_bytes().to_vec())
    }

    fn decrypted(secrets: &OldSecrets, text: &str) -> Option<String> {
        secrets.decrypt(text).map(|plain| String::from_utf8(plain.to_vec()).unwrap())
    }

    #[test]
    fn value_of_better_auth_is_decrypted() {
        let secrets = OldSecrets::new(bytes(SECRET), &[]);
        for text in [ENCRYPTED, &ENCRYPTED.to_uppercase(), &format!(" {ENCRYPTED}\n")] {
            assert_eq!(decrypted(&secrets, text).as_deref(), Some(KEY));
        }
        for text in ["", "00", KEY, VERSIONED, &ENCRYPTED[..ENCRYPTED.len() - 2], "$ba$", "$ba$2", &"0".repeat(70_000)]
        {
            assert_eq!(decrypted(&secrets, text), None, "{text}");
        }
        assert_eq!(decrypted(&OldSecrets::new(bytes("another"), &[]), ENCRYPTED), None);
    }

    #[test]
    fn rotated_secrets_decrypt_old_and_new_values() {
        let versions = OldSecrets::parse_versions(VERSIONS, None).unwrap();
        assert_eq!(versions.signing(), b"Zk1vX8q0mZ5tYw7nB1cD4eF6gH9jK3lM");
        let legacy = OldSecrets::parse_versions(VERSIONS.split(',').next().unwrap(), Some(bytes(SECRET))).unwrap();
        for secrets in [versions, legacy] {
            assert_eq!(decrypted(&secrets, VERSIONED).as_deref(), Some(VERSIONED_KEY));
            assert_eq!(decrypted(&secrets, ENCRYPTED).as_deref(), Some(KEY));
        }
    }

    #[test]
    fn versions_without_number_or_secret_are_refused() {
        for text in ["", "secret", "x:secret", "1:", "1:secret,", "-1:secret", ":secret"] {
            assert_eq!(OldSecrets::parse_versions(text, None).err(), Some(InvalidVersions), "{text}");
        }
    }
}
