//! Keys derived from the master secret, one per purpose (HKDF, RFC 5869). None reveals another.

use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use zeroize::Zeroizing;

use super::secret::SharedSecret;

/// The cryptographic library failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no keys could be derived from the master secret")]
pub struct DerivationFailed;

/// The keys of this installation.
#[derive(Clone)]
pub struct DerivedKeys {
    /// Seals private signing keys in the database.
    pub signing_keys: Zeroizing<[u8; 32]>,
    /// Hides accounts in the attempt counters.
    pub attempts: Zeroizing<[u8; 32]>,
    /// Seals the form state for the next page.
    pub form_cookie: Zeroizing<[u8; 64]>,
    /// Seals the cookies of known devices.
    pub device_cookie: Zeroizing<[u8; 32]>,
    /// Seals messages that wait in the database.
    pub outbox: Zeroizing<[u8; 32]>,
    /// Makes the secrets of links in messages.
    pub links: Zeroizing<[u8; 32]>,
    /// Seals the keys of authenticator apps in the database.
    pub totp: Zeroizing<[u8; 32]>,
    /// Hashes recovery codes that were imported.
    pub imported_codes: Zeroizing<[u8; 32]>,
}

impl DerivedKeys {
    /// Derives the keys. The same master secret always gives the same keys.
    pub fn of(master: &SharedSecret) -> Result<Self, DerivationFailed> {
        let root = Salt::new(HKDF_SHA256, b"latchkey").extract(master.expose());
        Ok(Self {
            signing_keys: expand(&root, b"signing keys")?,
            attempts: expand(&root, b"attempts")?,
            form_cookie: expand(&root, b"form cookie")?,
            device_cookie: expand(&root, b"device cookie")?,
            outbox: expand(&root, b"outbox")?,
            links: expand(&root, b"links")?,
            totp: expand(&root, b"totp")?,
            imported_codes: expand(&root, b"imported recovery codes")?,
        })
    }
}

fn expand<const N: usize>(root: &Prk, purpose: &[u8]) -> Result<Zeroizing<[u8; N]>, DerivationFailed> {
    let mut key = Zeroizing::new([0; N]);
    let purpose = [purpose];
    let material = root.expand(&purpose, Length(N)).map_err(|_| DerivationFailed)?;
    material.fill(&mut *key).map_err(|_| DerivationFailed)?;
    Ok(key)
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(secret: &str) -> DerivedKeys {
        DerivedKeys::of(&SharedSecret::parse(secret.as_bytes()).unwrap()).unwrap()
    }

    #[test]
    fn keys_differ_per_purpose_and_secret() {
        let (one, other) = (keys("Rk2vX8q0mZ5tYw7nB1cD4eF6gH9jK3lM"), keys("Sk2vX8q0mZ5tYw7nB1cD4eF6gH9jK3lM"));
        assert_ne!(*one.signing_keys, *one.attempts);
        assert_ne!(*one.signing_keys, one.form_cookie[..32]);
        assert_ne!(*one.device_cookie, *one.attempts);
        assert_ne!(*one.device_cookie, one.form_cookie[..32]);
        assert_ne!(*one.outbox, *one.links);
        assert_ne!(*one.totp, *one.signing_keys);
        assert_ne!(*one.imported_codes, *one.totp);
        assert_ne!(*one.signing_keys, *other.signing_keys);
        assert_eq!(*one.signing_keys, *keys("Rk2vX8q0mZ5tYw7nB1cD4eF6gH9jK3lM").signing_keys);
    }
}
