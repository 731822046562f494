//! Confirming the password of a signed-in user.

use super::{
    Passwords,
    hasher::{HasherError, Verdict},
};
use crate::{
    auth::{
        audit::EventDetail,
        error::{InternalError, Interrupted, interruptible},
        principal::Principal,
        requester::Requester,
        throttle::{self, AttemptTarget},
    },
    domain::{Password, event::EventKind},
    store::{StoreError, credentials::CredentialsVersion},
};

/// A confirmed password.
#[derive(Clone, Copy, Debug)]
pub struct Confirmed {
    /// The version of the account's credentials when the password was checked.
    pub(in crate::auth) version: CredentialsVersion,
}

/// The use case that asks for the password. It determines the event of a mismatch.
#[derive(Clone, Copy)]
pub(super) enum PasswordUse {
    Confirmation,
    PasswordChange,
}

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
    ) -> Result<Confirmed, ConfirmPasswordError> {
        self.confirm_for(PasswordUse::Confirmation, principal, password, requester).await
    }

    /// All use cases that ask a signed-in user for the password share one budget.
    pub(super) async fn confirm_for(
        &self,
        purpose: PasswordUse,
        principal: Principal,
        password: &str,
        requester: &Requester,
    ) -> Result<Confirmed, ConfirmPasswordError> {
        let owner = principal.user_id();
        let admitted = self.throttle.check_network(throttle::Purpose::PasswordCheck, requester);
        self.audit.record_throttled(admitted, EventDetail::Network, None, requester)?;
        // Not a guess, and not counted for the account: no account has an empty password.
        if password.is_empty() {
            return Err(ConfirmPasswordError::Mismatch);
        }
        let counted = self.throttle.count_attempt(AttemptTarget::ConfirmPassword(owner), requester).await;
        let attempt = self.audit.record_throttled(counted, EventDetail::Account, principal, requester)?;

        let stored = self.store.password(owner).await?.ok_or(ConfirmPasswordError::NoPassword)?;
        let verdict = match Password::presented(password) {
            Ok(password) => match self.compare(&password, &stored.hash, requester).await {
                Ok(verdict) => verdict,
                Err(error) => {
                    self.throttle.undo(attempt).await;
                    return Err(error.into());
                }
            },
            Err(_) => Verdict::Mismatch,
        };
        if matches!(verdict, Verdict::Mismatch) {
            let (kind, detail) = match purpose {
                PasswordUse::Confirmation => (EventKind::LoginFail, Some(EventDetail::Confirmation)),
                PasswordUse::PasswordChange => (EventKind::PasswordChangeFail, None),
            };
            self.audit.record(kind, principal, requester, detail);
            return Err(ConfirmPasswordError::Mismatch);
        }
        self.throttle.clear(attempt).await;
        Ok(Confirmed { version: stored.version })
    }
}
