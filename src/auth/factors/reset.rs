//! An operator removes the factors of a user who has lost them, and the recovery codes too.

use super::Factors;
use crate::{
    auth::{error::InternalError, requester::Requester},
    domain::{UserId, event::EventKind},
    mail::letter::FactorsChange,
    store::StoreError,
};

/// Why the factors were not reset.
#[derive(Debug, thiserror::Error)]
pub enum ResetFactorsError {
    /// The account does not exist, is disabled, or has neither a second factor nor a passkey.
    #[error("there is no such account with a second factor or a passkey")]
    NotOn,
    /// The database failed.
    #[error(transparent)]
    Internal(#[from] InternalError),
}

impl From<StoreError> for ResetFactorsError {
    fn from(error: StoreError) -> Self {
        Self::Internal(error.into())
    }
}

impl Factors {
    /// Removes all second factors and passkeys of a user, ends all sessions and notifies the user. The password stays.
    pub async fn reset(&self, user: UserId, requester: &Requester) -> Result<(), ResetFactorsError> {
        let account = self.store.enabled_user(user).await?.ok_or(ResetFactorsError::NotOn)?;
        self.sessions.settle(user).await?;
        let notice = self.notices.factors_changed(&account, FactorsChange::Reset, requester);
        let ended = self.store.reset_factors(user, notice, self.clock.now()).await?;
        self.sessions.deny_tokens_of(&ended.ok_or(ResetFactorsError::NotOn)?);
        self.audit.record(EventKind::FactorsReset, user, requester, None);
        Ok(())
    }
}
