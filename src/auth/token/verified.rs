//! Tokens that were verified recently: the next request with the same token needs no signature check.

use std::{fmt, sync::Arc};

use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};

use super::claims::ValidClaims;
use crate::auth::keys::key::Key;

/// The most tokens: about 3 MB.
const CAPACITY: usize = 10_000;

/// The SHA-256 of a whole token. The tokens themselves are not kept: they authenticate their users.
pub(super) type TokenDigest = [u8; 32];

/// Verified tokens. Whether the key, the session and the lifetime of a token are still valid is checked at every use.
/// Clones share one set.
#[derive(Clone)]
pub(super) struct VerifiedTokens(Arc<Cache<TokenDigest, VerifiedToken>>);

/// A token with a valid signature, and claims for this service.
#[derive(Clone)]
pub(super) struct VerifiedToken {
    /// The key that signed the token.
    pub(super) key: Arc<Key>,
    pub(super) claims: ValidClaims,
}

pub(super) fn digest(token: &str) -> TokenDigest {
    Sha256::digest(token).into()
}

impl VerifiedTokens {
    pub(super) fn new() -> Self {
        Self(Arc::new(Cache::new(CAPACITY)))
    }

    pub(super) fn get(&self, digest: &TokenDigest) -> Option<VerifiedToken> {
        self.0.get(digest)
    }

    pub(super) fn insert(&self, digest: TokenDigest, token: VerifiedToken) {
        self.0.insert(digest, token);
    }

    pub(super) fn remove(&self, digest: &TokenDigest) {
        self.0.remove(digest);
    }
}

impl fmt::Debug for VerifiedTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VerifiedTokens(…)")
    }
}
