//! Replace the password and end every other session.

use super::{confirm::ConfirmPasswordError, hasher::HasherError};
use crate::{
    auth::{
        Auth, Principal, Requester, Subject,
        error::{Busy, InternalError},
        sign_in::password::SignedIn,
        throttle::Throttled,
    },
    domain::{Email, Password, event::EventKind, password::WeakPassword, user::User},
    store::{StoreError, sessions::AfterPasswordChange},
};

/// What a person filled in.
#[derive(Clone, Copy, Debug)]
pub struct PasswordChange<'a> {
    /// The password until now.
    pub current: &'a str,
    /// The password from now on.
    pub new: &'a str,
    /// Whether this device gets a new session too (ASVS 7.2.4).
    pub new_session: bool,
}

/// The password was changed.
#[derive(Debug)]
pub enum PasswordChanged {
    /// The session that asked goes on.
    SameSession(User),
    /// It has been replaced.
    NewSession(Box<SignedIn>),
}

/// Why the password was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangePasswordError {
    /// The current password is not right.
    #[error("the current password is not right")]
    CurrentPassword,
    /// The new password cannot be chosen.
    #[error(transparent)]
    NewPassword(#[from] WeakPassword),
    /// Too many attempts.
    #[error(transparent)]
    Throttled(#[from] Throttled),
    /// No password could be hashed just now.
    #[error("busy")]
    Busy(Busy),
    /// The account or the session is gone, or there is no password.
    #[error("the account has no password")]
    NoPassword,
    /// Something failed that the person cannot mend.
    #[error(transparent)]
    Internal(#[from] InternalError),
}

impl Auth {
    /// Replaces the password of someone who knows the current one, and ends all their other sessions.
    pub async fn change_password(
        &self,
        principal: Principal,
        change: PasswordChange<'_>,
        requester: &Requester,
    ) -> Result<PasswordChanged, ChangePasswordError> {
        let new = Password::parse(change.new)?;
        let (current, user) = self.current_session(principal).await?.ok_or(ChangePasswordError::NoPassword)?;
        let failed = (EventKind::PasswordChangeFail, None);
        let stored = self.confirm_own_password(principal, change.current, failed, requester).await?;
        // An address that was accepted once is: only the context words depend on it.
        let email = Email::parse(&user.email).map_err(|_| ChangePasswordError::NoPassword)?;
        let new = self.policy.check_off_thread(new, email, user.name.clone()).await?;
        let next = self.hasher.hash(new.into_password()).await?.as_str().to_owned();

        let (opened, after) = if change.new_session {
            let (new, token) = self.new_session(principal.user_id, current.persistent, requester)?;
            (Some((new.session.clone(), token)), AfterPasswordChange::Open(Box::new(new)))
        } else {
            (None, AfterPasswordChange::Keep(principal.session_id))
        };
        let now = self.clock.now();
        let ended = self.store.change_password(principal.user_id, &stored, next, &after, now).await?;
        let Some(ended) = ended else { return Err(ChangePasswordError::CurrentPassword) };
        self.forget_tokens_of(&ended);
        self.record(EventKind::PasswordChange, Subject::from(principal), requester, None).await;
        Ok(match opened {
            Some((session, token)) => {
                PasswordChanged::NewSession(Box::new(self.signed_in(user, session, token, requester).await?))
            }
            None => PasswordChanged::SameSession(user),
        })
    }
}

impl From<HasherError> for ChangePasswordError {
    fn from(error: HasherError) -> Self {
        match Busy::or_internal(error) {
            Ok(busy) => Self::Busy(busy),
            Err(error) => Self::Internal(error),
        }
    }
}

impl From<StoreError> for ChangePasswordError {
    fn from(error: StoreError) -> Self {
        Self::Internal(error.into())
    }
}

impl From<ConfirmPasswordError> for ChangePasswordError {
    fn from(error: ConfirmPasswordError) -> Self {
        match error {
            ConfirmPasswordError::Mismatch => Self::CurrentPassword,
            ConfirmPasswordError::NoPassword => Self::NoPassword,
            ConfirmPasswordError::Throttled(throttled) => Self::Throttled(throttled),
            ConfirmPasswordError::Busy(busy) => Self::Busy(busy),
            ConfirmPasswordError::Internal(error) => Self::Internal(error),
        }
    }
}
