//! Changing the password. All other sessions end (ASVS 7.4.3), and the user gets a notice (ASVS 6.3.7).

use std::sync::Arc;

use super::{
    Passwords,
    confirm::{ConfirmPasswordError, PasswordUse},
    hasher::HasherError,
    policy::NewPassword,
};
use crate::{
    auth::{
        error::{InternalError, Interrupted, interruptible},
        principal::Principal,
        requester::Requester,
        sessions::open::SignedIn,
    },
    domain::{Email, Password, event::EventKind, password::WeakPassword, user::User},
    store::{StoreError, sessions::AfterPasswordChange},
};

/// The input of a password change.
#[derive(Clone, Copy, Debug)]
pub struct PasswordChange<'a> {
    /// The current password.
    pub current: &'a str,
    /// The new password.
    pub new: &'a str,
    /// Whether the current session is replaced by a new one (ASVS 7.2.4).
    pub new_session: bool,
}

/// A changed password.
#[derive(Debug)]
pub enum PasswordChanged {
    /// The current session continues.
    SameSession(Arc<User>),
    /// The current session was replaced.
    NewSession(Box<SignedIn>),
}

/// Why the password was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangePasswordError {
    /// The current password was not confirmed.
    #[error(transparent)]
    Confirm(#[from] ConfirmPasswordError),
    /// The new password violates the policy.
    #[error(transparent)]
    NewPassword(#[from] WeakPassword),
    /// The current password is wrong, and the new one violates the policy.
    #[error("the current password is wrong, and {0}")]
    Both(WeakPassword),
    /// The new password was not hashed or stored.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

interruptible!(ChangePasswordError: InternalError, StoreError, HasherError);

impl Passwords {
    /// Replaces the password and ends all other sessions.
    pub async fn change(
        &self,
        principal: Principal,
        change: PasswordChange<'_>,
        requester: &Requester,
    ) -> Result<PasswordChanged, ChangePasswordError> {
        let (current, user) = self.sessions.current(principal).await?.ok_or(ConfirmPasswordError::NoPassword)?;
        let confirmed = match self.confirm_for(PasswordUse::PasswordChange, principal, change.current, requester).await
        {
            Ok(confirmed) => Some(confirmed),
            Err(ConfirmPasswordError::Mismatch) => None,
            // A throttled request must not cause a request to the API of breached passwords.
            Err(error) => return Err(error.into()),
        };
        let (confirmed, new) = match (confirmed, self.check_new(change.new, &user, requester).await?) {
            (Some(confirmed), Ok(new)) => (confirmed, new),
            (Some(_), Err(weak)) => return Err(weak.into()),
            (None, Err(weak)) => return Err(ChangePasswordError::Both(weak)),
            (None, Ok(_)) => return Err(ConfirmPasswordError::Mismatch.into()),
        };
        let hash = self.hash(new.into_password(), requester).await?.as_str().to_owned();

        self.sessions.settle(user.id).await?;
        let opened = if change.new_session {
            // The current password alone must not raise or refresh the sign-in.
            Some(self.sessions.prepare(user.id, current.authentication, current.persistent, requester)?)
        } else {
            None
        };
        let after = opened
            .as_ref()
            .map_or(AfterPasswordChange::Keep(principal.session_id()), |opened| AfterPasswordChange::Open(&opened.new));
        let notice = self.notices.password_changed(&user, requester);
        let now = self.clock.now();
        let ended = self.store.change_password(user.id, confirmed.version, hash, after, notice, now).await?;
        let ended = ended.ok_or(ConfirmPasswordError::Mismatch)?;
        self.sessions.deny_tokens_of(&ended);
        self.audit.record(EventKind::PasswordChange, principal, requester, None);
        Ok(match opened {
            Some(opened) => PasswordChanged::NewSession(Box::new(self.sessions.complete(
                user.as_ref().clone(),
                confirmed.version.next(),
                opened,
                requester,
            )?)),
            None => PasswordChanged::SameSession(user),
        })
    }

    /// Checks a new password against the policy.
    pub(in crate::auth) async fn check_new(
        &self,
        password: &str,
        user: &User,
        requester: &Requester,
    ) -> Result<Result<NewPassword, WeakPassword>, HasherError> {
        let password = match Password::parse(password).and_then(|password| self.policy.long_enough(password)) {
            Ok(password) => password,
            Err(weak) => return Ok(Err(weak)),
        };
        // The stored address was valid at sign-up; only the policy's context words depend on it.
        let email = Email::presented(&user.email).ok();
        self.accept(password, email, user.name.clone(), requester).await
    }
}
