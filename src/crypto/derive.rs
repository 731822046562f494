//! Keys made from the master secret: one for each purpose, none of which tells anything of another
//! (HKDF, RFC 5869).

use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use zeroize::Zeroizing;

use super::secret::SharedSecret;

/// The cryptographic library refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no keys could be derived from the master secret")]
pub struct DerivationFailed;

/// The keys of this installation.
#[derive(Clone)]
pub struct DerivedKeys {
    /// Seals the private parts of signing keys in the database.
    pub signing_keys: Zeroizing<[u8; 32]>,
    /// Hides whose failed attempts are counted.
    pub attempts: Zeroizing<[u8; 32]>,
    /// Seals what a form hands to the next page.
    pub form_cookie: Zeroizing<[u8; 64]>,
}

impl DerivedKeys {
    /// The keys that follow from the master secret, always the same ones.
    pub fn of(master: &SharedSecret) -> Result<Self, DerivationFailed> {
        let root = Salt::new(HKDF_SHA256, b"latchkey").extract(master.expose());
        Ok(Self {
            signing_keys: expand(&root, b"signing keys")?,
            attempts: expand(&root, b"attempts")?,
            form_cookie: expand(&root, b"form cookie")?,
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
    fn every_purpose_and_every_secret_has_keys_of_its_own() {
        let (one, other) = (keys("Rk2vX8q0mZ5tYw7nB1cD4eF6gH9jK3lM"), keys("Sk2vX8q0mZ5tYw7nB1cD4eF6gH9jK3lM"));
        assert_ne!(*one.signing_keys, *one.attempts);
        assert_ne!(*one.signing_keys, one.form_cookie[..32]);
        assert_ne!(*one.signing_keys, *other.signing_keys);
        assert_eq!(*one.signing_keys, *keys("Rk2vX8q0mZ5tYw7nB1cD4eF6gH9jK3lM").signing_keys);
    }
}
