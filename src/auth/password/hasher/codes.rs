//! Hashes of recovery codes: argon2id, because a code has fewer than 112 bits (ASVS 6.5.2).
//!
//! The codes of one set have one salt. A presented code is hashed once, and the result is compared with all hashes.

use argon2::{Algorithm, Version};

use super::{HasherError, PasswordHash, PasswordHasher, SALT_BYTES, argon, argon::ArgonHash, phc_string};
use crate::{auth::throttle::Network, crypto::random::random_bytes, domain::RecoveryCode};

impl PasswordHasher {
    /// Hashes the codes of a new set, with the current parameters and one new salt.
    pub(in crate::auth) async fn hash_codes(
        &self,
        codes: Vec<RecoveryCode>,
        network: Network,
    ) -> Result<Vec<PasswordHash>, HasherError> {
        self.run(network, 0, move |inner| {
            let salt = random_bytes::<SALT_BYTES>().map_err(|_| HasherError::Unavailable)?;
            let hash = |code: &RecoveryCode| {
                let (memory, params) = (&inner.memory, &inner.params);
                let output = argon::compute(memory, Algorithm::Argon2id, Version::V0x13, params, code.expose(), &salt)?;
                phc_string(params, &salt, output)
            };
            codes.iter().map(hash).collect()
        })
        .await
    }

    /// Hashes a presented code with the parameters and the salt of a stored hash.
    pub(in crate::auth) async fn hash_code_like(
        &self,
        stored: &str,
        code: RecoveryCode,
        network: Network,
    ) -> Result<PasswordHash, HasherError> {
        let like = ArgonHash::parse(stored).map_err(|_| HasherError::Corrupt)?;
        if like.cost().is_excessive() {
            return Err(HasherError::Corrupt);
        }
        self.run(network, 0, move |inner| like.hash_again(&inner.memory, code.expose())).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::password::hasher::{HashLimits, HashParameters};

    #[tokio::test]
    async fn code_has_the_hash_of_its_set() {
        let hasher =
            PasswordHasher::new(HashParameters::cheap_for_tests(), HashLimits { permits: 1, queue: 8 }).unwrap();
        let network = Network::of([192, 0, 2, 1].into());
        let codes: Vec<_> = (0..3).map(|number| RecoveryCode::of_random([number; 10])).collect();
        let set = hasher.hash_codes(codes.clone(), network).await.unwrap();
        for (code, hash) in codes.iter().zip(&set) {
            let again = hasher.hash_code_like(set[0].as_str(), code.clone(), network).await.unwrap();
            assert_eq!(again, *hash);
        }
        assert_ne!(set[0], set[1]);
        let salt = |hash: &PasswordHash| hash.as_str().rsplit_once('$').unwrap().0.to_owned();
        assert_eq!(salt(&set[0]), salt(&set[1]));
        assert_ne!(salt(&hasher.hash_codes(codes.clone(), network).await.unwrap()[0]), salt(&set[0]));
        let damaged = hasher.hash_code_like("$argon2id$", codes[0].clone(), network).await;
        assert_eq!(damaged, Err(HasherError::Corrupt));
    }
}
