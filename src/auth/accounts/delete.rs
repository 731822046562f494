//! Deleting an account. Only the security log remains, without addresses and devices in sessions.

use super::Accounts;
use crate::{
    auth::{
        error::{InternalError, Interrupted, interruptible},
        password::confirm::ConfirmPasswordError,
        principal::Principal,
        requester::Requester,
    },
    domain::event::EventKind,
    store::StoreError,
};

/// How a signed-in user authorizes the deletion.
#[derive(Clone, Copy, Debug)]
pub enum Proof<'a> {
    /// With the password.
    Password(&'a str),
    /// With a recent sign-in.
    FreshSession,
}

/// Why the account was not deleted.
#[derive(Debug, thiserror::Error)]
pub enum DeleteAccountError {
    /// The password was not confirmed.
    #[error(transparent)]
    Confirm(#[from] ConfirmPasswordError),
    /// Without the password, the session must be fresh.
    #[error("the session is not fresh")]
    NotFresh,
    /// The account or the session is gone.
    #[error("the account is gone")]
    Gone,
    /// The account was not deleted because of a failure.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

interruptible!(DeleteAccountError: InternalError, StoreError);

impl Accounts {
    /// Deletes the account with its password and profile, and ends all its sessions. The address becomes
    /// free; the user id is never used again.
    pub async fn delete(
        &self,
        principal: Principal,
        proof: Proof<'_>,
        requester: &Requester,
    ) -> Result<(), DeleteAccountError> {
        let (session, _) = self.sessions.current(principal).await?.ok_or(DeleteAccountError::Gone)?;
        let owner = principal.user_id();
        let ended = match proof {
            Proof::Password(password) => {
                let confirmed = self.passwords.confirm(principal, password, requester).await?;
                let ended = self.store.delete_user(owner, Some(confirmed.version), self.clock.now()).await?;
                // The password changed after it was confirmed, or the account is gone.
                ended.ok_or(ConfirmPasswordError::Mismatch)?
            }
            Proof::FreshSession if self.sessions.is_fresh(&session) => {
                self.store.delete_user(owner, None, self.clock.now()).await?.ok_or(DeleteAccountError::Gone)?
            }
            Proof::FreshSession => return Err(DeleteAccountError::NotFresh),
        };
        self.sessions.deny_tokens_of(&ended);
        self.audit.record(EventKind::UserDeleted, principal, requester, None);
        Ok(())
    }
}
