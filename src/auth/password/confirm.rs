//! Confirming the password of a signed-in user.

use super::{
    Confirmed, Passwords,
    hasher::{HasherError, Verdict},
};
use crate::{
    auth::{
        audit::EventDetail,
        error::{InternalError, Interrupted, interruptible},
        principal::Principal,
        requester::Requester,
        throttle::{AttemptTarget, Purpose},
    },
    domain::{Password, event::EventKind},
    store::StoreError,
};

/// Why a password was not confirmed.
#[derive(Debug, thiserror::Error)]
pub enum ConfirmPasswordError {
    /// The password is wrong.
    #[error("the password is wrong")]
    Mismatch,
    /// The account is gone, or has no password.
    #[error("the account has no password")]
    NoPassword,
    /// The password was not checked.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

interruptible!(ConfirmPasswordError: InternalError, StoreError, HasherError);

impl Passwords {
    /// Checks the password of a signed-in user, with the rate limits of a sign-in.
    pub async fn confirm(
        &self,
        principal: Principal,
        password: &str,
        requester: &Requester,
    ) -> Result<(), ConfirmPasswordError> {
        self.confirm_current(principal, password, requester).await.map(drop)
    }

    /// Like [`confirm`](Self::confirm), for the deletion of an account.
    pub(in crate::auth) async fn confirm_current(
        &self,
        principal: Principal,
        password: &str,
        requester: &Requester,
    ) -> Result<Confirmed, ConfirmPasswordError> {
        let failure = (EventKind::LoginFail, Some(EventDetail::Confirmation));
        self.confirm_or_record(principal, password, failure, requester).await
    }

    /// Checks the password and records a mismatch as `failure`. All use cases that ask a signed-in user for
    /// the password share one budget.
    pub(super) async fn confirm_or_record(
        &self,
        principal: Principal,
        password: &str,
        failure: (EventKind, Option<EventDetail>),
        requester: &Requester,
    ) -> Result<Confirmed, ConfirmPasswordError> {
        let owner = principal.user_id();
        let admitted = self.throttle.check_network(Purpose::PasswordCheck, requester);
        self.audit.record_throttled(admitted, EventDetail::Network, None, requester).await?;
        let counted = self.throttle.count_attempt(AttemptTarget::ConfirmPassword(owner), requester).await;
        let attempt = self.audit.record_throttled(counted, EventDetail::Account, principal, requester).await?;

        let stored = self.store.password(owner).await?.ok_or(ConfirmPasswordError::NoPassword)?;
        let verdict = match Password::presented(password) {
            Ok(password) => match self.compare(&password, &stored.hash).await {
                Ok(verdict) => verdict,
                Err(error) => {
                    self.throttle.undo(attempt).await;
                    return Err(error.into());
                }
            },
            Err(_) => Verdict::Mismatch,
        };
        if matches!(verdict, Verdict::Mismatch) {
            let (kind, detail) = failure;
            self.audit.record(kind, principal, requester, detail).await;
            return Err(ConfirmPasswordError::Mismatch);
        }
        self.throttle.clear(attempt).await;
        Ok(Confirmed { version: stored.version })
    }
}
