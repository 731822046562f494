//! Delete an account: sign out everywhere, and leave nothing personal behind but the security log.

use crate::{
    auth::{
        Auth, Principal, Requester, Subject,
        error::{Busy, InternalError},
        password::confirm::ConfirmPasswordError,
        throttle::Throttled,
    },
    domain::event::EventKind,
    store::StoreError,
};

/// How someone who is signed in shows that the account is theirs to delete.
#[derive(Clone, Copy, Debug)]
pub enum Proof<'a> {
    /// They know the password.
    Password(&'a str),
    /// They have signed in not long ago.
    FreshSession,
}

/// Why the account was not deleted.
#[derive(Debug, thiserror::Error)]
pub enum DeleteUserError {
    /// The password is not right.
    #[error("the password is not right")]
    Password,
    /// There is no password to be compared with.
    #[error("the account has no password")]
    NoPassword,
    /// The session is too old to go without the password.
    #[error("the session is not fresh")]
    NotFresh,
    /// The account or the session is gone.
    #[error("the account is gone")]
    Gone,
    /// Too many attempts.
    #[error(transparent)]
    Throttled(#[from] Throttled),
    /// No password could be hashed just now.
    #[error("busy")]
    Busy(Busy),
    /// Something failed that the person cannot mend.
    #[error(transparent)]
    Internal(#[from] InternalError),
}

impl Auth {
    /// Deletes the account with its password and profile, and ends all its sessions: their access tokens
    /// are refused here at once and elsewhere with the next poll of the feed. The address is free again;
    /// the identifier never is.
    pub async fn delete_user(
        &self,
        principal: Principal,
        proof: Proof<'_>,
        requester: &Requester,
    ) -> Result<(), DeleteUserError> {
        let (session, _) = self.current_session(principal).await?.ok_or(DeleteUserError::Gone)?;
        let owner = principal.user_id;
        let ended = match proof {
            Proof::Password(password) => {
                let failed = (EventKind::LoginFail, Some("confirmation"));
                let seen = self.confirm_own_password(principal, password, failed, requester).await?;
                let ended = self.store.delete_user(owner, Some(&seen), self.clock.now()).await?;
                // Changed in the meantime, or gone with the account.
                ended.ok_or(DeleteUserError::Password)?
            }
            Proof::FreshSession if self.is_fresh(&session) => {
                self.store.delete_user(owner, None, self.clock.now()).await?.ok_or(DeleteUserError::Gone)?
            }
            Proof::FreshSession => return Err(DeleteUserError::NotFresh),
        };
        self.forget_tokens_of(&ended);
        self.record(EventKind::UserDeleted, Subject::from(principal), requester, None).await;
        Ok(())
    }
}

impl From<ConfirmPasswordError> for DeleteUserError {
    fn from(error: ConfirmPasswordError) -> Self {
        match error {
            ConfirmPasswordError::Mismatch => Self::Password,
            ConfirmPasswordError::NoPassword => Self::NoPassword,
            ConfirmPasswordError::Throttled(throttled) => Self::Throttled(throttled),
            ConfirmPasswordError::Busy(busy) => Self::Busy(busy),
            ConfirmPasswordError::Internal(error) => Self::Internal(error),
        }
    }
}

impl From<StoreError> for DeleteUserError {
    fn from(error: StoreError) -> Self {
        Self::Internal(error.into())
    }
}
