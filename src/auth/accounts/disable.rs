//! Disabling and enabling an account. The address, the password and all data stay.

use super::Accounts;
use crate::{
    auth::{error::InternalError, requester::Requester},
    domain::{UserId, event::EventKind},
    store::StoreError,
};

/// Why an account was neither disabled nor enabled.
#[derive(Debug, thiserror::Error)]
pub enum DisableError {
    /// The account does not exist.
    #[error("there is no such account")]
    NoSuchAccount,
    /// The database failed.
    #[error(transparent)]
    Internal(#[from] InternalError),
}

impl From<StoreError> for DisableError {
    fn from(error: StoreError) -> Self {
        Self::Internal(error.into())
    }
}

impl Accounts {
    /// Disables the account and ends all its sessions: at once on this process, within a second on others.
    /// The user cannot sign in until the account is enabled. Has no effect on a disabled account.
    pub async fn disable(&self, user: UserId, requester: &Requester) -> Result<(), DisableError> {
        let disabled = self.store.disable_user(user, self.clock.now()).await?.ok_or(DisableError::NoSuchAccount)?;
        self.sessions.deny_tokens_of(&disabled.ended);
        if disabled.changed {
            self.audit.record(EventKind::UserDisabled, user, requester, None);
        }
        Ok(())
    }

    /// Enables the account. Its former sessions stay ended. Has no effect on an enabled account.
    pub async fn enable(&self, user: UserId, requester: &Requester) -> Result<(), DisableError> {
        let changed = self.store.enable_user(user, self.clock.now()).await?.ok_or(DisableError::NoSuchAccount)?;
        if changed {
            self.audit.record(EventKind::UserEnabled, user, requester, None);
        }
        Ok(())
    }
}
