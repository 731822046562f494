//! Sign-in with e-mail address and password.

use super::{SignIn, SignInStep};
use crate::{
    auth::{
        audit::{EventDetail, Subject},
        error::{InternalError, Interrupted, interruptible},
        password::hasher::{HasherError, Verdict},
        requester::Requester,
        sessions::open::VerifiedUser,
        throttle::{AttemptTarget, Purpose},
    },
    domain::{
        Email, Password, UserId,
        authentication::{AuthMethod, AuthMethods},
        email::InvalidEmail,
        event::EventKind,
    },
    store::{StoreError, credentials::StoredPassword},
};

/// The input of a sign-in.
#[derive(Clone, Copy, Debug)]
pub struct EmailAndPassword<'a> {
    /// The e-mail address.
    pub email: &'a str,
    /// The password.
    pub password: &'a str,
    /// Whether the session outlives the browser ("keep me signed in").
    pub remember: bool,
}

/// Why a sign-in failed.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The text is not an e-mail address.
    #[error(transparent)]
    Email(#[from] InvalidEmail),
    /// The address or the password is wrong. Does not reveal which.
    #[error("the e-mail address or the password is wrong")]
    Credentials,
    /// The password is right, and the account is disabled.
    #[error("the account is disabled")]
    Disabled,
    /// The password is right, and the address is not verified.
    #[error("the address is not verified")]
    NotVerified(UserId),
    /// The password was not checked, or the session not opened.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

interruptible!(SignInError: InternalError, StoreError, HasherError);

/// An account whose password matched.
struct Login {
    verified: VerifiedUser,
    stored: StoredPassword,
    rehash: bool,
}

impl SignIn {
    /// Checks a password and opens a session. An unknown address takes the same work and gets the same
    /// answer as a wrong password. A disabled account is checked like an enabled one.
    pub async fn with_password(
        &self,
        form: EmailAndPassword<'_>,
        requester: &Requester,
    ) -> Result<SignInStep, SignInError> {
        let email = Email::presented(form.email)?;
        let Ok(password) = Password::presented(form.password) else { return Err(SignInError::Credentials) };
        let admitted = self.throttle.check_network(Purpose::SignIn, requester);
        self.audit.record_throttled(admitted, EventDetail::Network, None, requester)?;
        let counted = self.throttle.count_attempt(AttemptTarget::SignIn(&email), requester).await;
        let attempt = self.audit.record_throttled(counted, EventDetail::Account, None, requester)?;

        // The password is checked again if the credentials changed before the session was opened.
        for _ in 0..2 {
            let login = match self.check_password(&email, &password, requester).await {
                Ok(login) => login,
                Err(error) => {
                    if matches!(error, SignInError::Interrupted(_)) {
                        self.throttle.undo(attempt).await;
                    }
                    return Err(error);
                }
            };
            let Login { verified, stored, rehash } = login;
            if self.requires_verification && !verified.user.email_verified {
                self.throttle.clear(attempt).await;
                self.audit.record(EventKind::LoginFail, verified.user.id, requester, EventDetail::NotVerified);
                return Err(SignInError::NotVerified(verified.user.id));
            }
            let user = verified.user.id;
            let Some(step) = self.complete(verified, form.remember, requester).await? else { continue };
            self.throttle.clear(attempt).await;
            if rehash {
                self.passwords.upgrade(user, &stored.hash, &password, requester).await;
            }
            return Ok(step);
        }
        Err(SignInError::Credentials)
    }

    async fn check_password(
        &self,
        email: &Email,
        password: &Password,
        requester: &Requester,
    ) -> Result<Login, SignInError> {
        let login = self.store.password_login(email).await?;
        let verdict = match &login {
            Some(login) => self.passwords.compare(password, &login.password.hash, requester).await?,
            None => self.passwords.compare_with_dummy(password, requester).await?,
        };
        let user = login.as_ref().map(|login| login.user.id);
        match (login, verdict) {
            (Some(login), Verdict::Match { rehash }) if !login.disabled => {
                let version = login.password.version;
                let methods = AuthMethods::of(AuthMethod::Password);
                let verified = VerifiedUser { user: login.user, methods, version };
                Ok(Login { verified, stored: login.password, rehash })
            }
            (login, verdict) => {
                let detail = login.is_some_and(|login| login.disabled).then_some(EventDetail::Disabled);
                self.audit.record(EventKind::LoginFail, Subject::from(user), requester, detail);
                // Only the account's own password reveals that the account is disabled.
                let disabled = detail.is_some() && matches!(verdict, Verdict::Match { .. });
                Err(if disabled { SignInError::Disabled } else { SignInError::Credentials })
            }
        }
    }
}
