//! Passwords: the policy for new ones, hashing, confirmation, change, and the first one of an account.

mod accept;
pub mod breach;
pub mod change;
pub mod confirm;
pub mod first;
pub mod hasher;
pub mod policy;
mod workers;

pub use crate::store::credentials::PasswordCredential;

use std::sync::Arc;

use super::{
    audit::Audit,
    error::InternalError,
    notices::Notices,
    requester::Requester,
    sessions::Sessions,
    throttle::{Network, Throttle},
};
use crate::{
    clock::Clock,
    domain::{Password, UserId},
    store::Store,
};
use breach::BreachApi;
use hasher::{HasherError, PasswordHash, PasswordHasher, Verdict};
use policy::PasswordPolicy;

/// Hashes, confirms and changes passwords.
pub struct Passwords {
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) hasher: PasswordHasher,
    pub(super) policy: PasswordPolicy,
    pub(super) breaches: Option<BreachApi>,
    pub(super) throttle: Arc<Throttle>,
    pub(super) audit: Arc<Audit>,
    pub(super) notices: Arc<Notices>,
    pub(super) sessions: Arc<Sessions>,
}

/// What a new password is compared with.
pub struct NewPasswordRules {
    /// The rules that need no other service.
    pub policy: PasswordPolicy,
    /// The API of breached passwords. `None`: not used.
    pub breaches: Option<BreachApi>,
}

impl Passwords {
    /// The rules for new passwords.
    pub const fn policy(&self) -> &PasswordPolicy {
        &self.policy
    }

    /// When `owner`'s password was set. `None` if the account has none.
    pub async fn credential(&self, owner: UserId) -> Result<Option<PasswordCredential>, InternalError> {
        Ok(self.store.password_credential(owner).await?)
    }

    /// Hashes a new password.
    pub(super) async fn hash(&self, password: Password, requester: &Requester) -> Result<PasswordHash, HasherError> {
        self.hasher.hash(password, Network::from(requester)).await
    }

    /// Compares a password with a stored hash. A damaged hash is logged, matches no password and takes as
    /// long as a sound one, so that response times do not reveal it.
    pub(super) async fn compare(
        &self,
        password: &Password,
        stored: &str,
        requester: &Requester,
    ) -> Result<Verdict, HasherError> {
        let stored = PasswordHash::from_stored(stored.to_owned());
        match self.hasher.verify(password.clone(), &stored, Network::from(requester)).await {
            Err(error @ HasherError::Corrupt) => {
                tracing::error!(%error, "no sign-in to this account is possible until its password is replaced");
                self.compare_with_dummy(password, requester).await
            }
            verdict => verdict,
        }
    }

    /// Takes as long as [`compare`](Self::compare), for an address without an account.
    pub(super) async fn compare_with_dummy(
        &self,
        password: &Password,
        requester: &Requester,
    ) -> Result<Verdict, HasherError> {
        self.hasher.verify_unknown(password.clone(), Network::from(requester)).await
    }

    /// Replaces an outdated hash of a password that has just matched. A failure is logged; the next
    /// sign-in retries.
    pub(super) async fn upgrade(&self, owner: UserId, stored: &str, password: &Password, requester: &Requester) {
        let Ok(hash) = self.hasher.upgrade(password, Network::from(requester)).await else { return };
        let now = self.clock.now();
        if let Err(error) = self.store.replace_password_hash(owner, stored, hash.as_str().to_owned(), now).await {
            tracing::warn!(%error, "a password hash could not be upgraded");
        }
    }
}
