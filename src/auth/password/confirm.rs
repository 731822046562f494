//! Check that whoever is signed in is still its owner: they know the password.

use super::hasher::{HasherError, Verdict};
use crate::{
    auth::{
        Auth, Principal, Requester, Subject,
        error::{Busy, InternalError},
        throttle::{Purpose, Throttled, admission::AdmissionError},
    },
    domain::{Password, event::EventKind},
    store::StoreError,
};

/// Why a password was not confirmed.
#[derive(Debug, thiserror::Error)]
pub enum ConfirmPasswordError {
    /// It is not right.
    #[error("the password is not right")]
    Mismatch,
    /// The account is gone, or there is no password.
    #[error("the account has no password")]
    NoPassword,
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
    /// Checks the password of someone signed in, as slowly as a sign-in.
    pub async fn confirm_password(
        &self,
        principal: Principal,
        password: &str,
        requester: &Requester,
    ) -> Result<(), ConfirmPasswordError> {
        let failed = (EventKind::LoginFail, Some("confirmation"));
        self.confirm_own_password(principal, password, failed, requester).await.map(drop)
    }

    /// Checks the password of someone signed in; answers the hash it matched. All use cases that ask for
    /// it share one budget, and record a failure as `failed` says.
    pub(crate) async fn confirm_own_password(
        &self,
        principal: Principal,
        password: &str,
        failed: (EventKind, Option<&str>),
        requester: &Requester,
    ) -> Result<String, ConfirmPasswordError> {
        self.admit_from_network(Purpose::PasswordChange, requester).await?;
        let account = format!("change-password|{}", principal.user_id);
        let attempt = self.admit_attempt(&account, Subject::from(principal), requester).await?;
        let stored = self.store.password_hash(principal.user_id).await?.ok_or(ConfirmPasswordError::NoPassword)?;
        let verdict = match Password::presented(password) {
            Ok(password) => match self.compare(&password, &stored).await {
                Ok(verdict) => verdict,
                Err(error) => {
                    self.withdraw_attempt(&attempt).await;
                    return Err(error.into());
                }
            },
            Err(_) => Verdict::Mismatch,
        };
        if matches!(verdict, Verdict::Mismatch) {
            let (kind, detail) = failed;
            self.record(kind, Subject::from(principal), requester, detail).await;
            return Err(ConfirmPasswordError::Mismatch);
        }
        self.forgive_attempt(&attempt).await;
        Ok(stored)
    }
}

impl From<HasherError> for ConfirmPasswordError {
    fn from(error: HasherError) -> Self {
        match Busy::or_internal(error) {
            Ok(busy) => Self::Busy(busy),
            Err(error) => Self::Internal(error),
        }
    }
}

impl From<StoreError> for ConfirmPasswordError {
    fn from(error: StoreError) -> Self {
        Self::Internal(error.into())
    }
}

impl From<AdmissionError> for ConfirmPasswordError {
    fn from(error: AdmissionError) -> Self {
        match error {
            AdmissionError::Throttled(throttled) => Self::Throttled(throttled),
            AdmissionError::Internal(error) => Self::Internal(error),
        }
    }
}
