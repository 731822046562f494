//! The first password of an account that was created by a sign-in by mail, or imported without one.

use super::{Passwords, hasher::HasherError};
use crate::{
    auth::{
        audit::EventDetail,
        error::{InternalError, Interrupted, interruptible},
        principal::Principal,
        requester::Requester,
        throttle::Purpose,
    },
    domain::{event::EventKind, password::WeakPassword},
    store::StoreError,
};

/// Why no password was set.
#[derive(Debug, thiserror::Error)]
pub enum FirstPasswordError {
    /// The account has a password.
    #[error("the account has a password")]
    AlreadySet,
    /// The session is too old.
    #[error("the session is not fresh")]
    NotFresh,
    /// The session has ended, or the account is gone.
    #[error("the session has ended")]
    Gone,
    /// The new password violates the policy.
    #[error(transparent)]
    NewPassword(#[from] WeakPassword),
    /// The password was not stored.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

interruptible!(FirstPasswordError: InternalError, StoreError, HasherError);

impl Passwords {
    /// Sets the first password of a user with a fresh session, and ends all other sessions (ASVS 7.4.3). The user gets a
    /// notice (ASVS 6.3.7).
    pub async fn set_first(
        &self,
        principal: Principal,
        new: &str,
        requester: &Requester,
    ) -> Result<(), FirstPasswordError> {
        let (session, user) = self.sessions.current(principal).await?.ok_or(FirstPasswordError::Gone)?;
        let admitted = self.throttle.check_network(Purpose::PasswordCheck, requester);
        self.audit.record_throttled(admitted, EventDetail::Network, principal, requester)?;
        if self.credential(user.id).await?.is_some() {
            return Err(FirstPasswordError::AlreadySet);
        }
        if !self.sessions.is_fresh(&session) {
            return Err(FirstPasswordError::NotFresh);
        }
        let new = self.check_new(new, &user, requester).await??;
        let hash = self.hash(new.into_password(), requester).await?.as_str().to_owned();
        self.sessions.settle(user.id).await?;
        let notice = self.notices.password_changed(&user, requester);
        let set = self.store.set_first_password(user.id, hash, session.id, notice, self.clock.now()).await?;
        self.sessions.deny_tokens_of(&set.ok_or(FirstPasswordError::AlreadySet)?);
        self.audit.record(EventKind::PasswordChange, principal, requester, None);
        Ok(())
    }
}
