//! Codes that verify the address or set a new password, for applications with a field for them.

use std::sync::Arc;

use super::{Accounts, link::SetPasswordError};
use crate::{
    auth::{
        audit::EventDetail,
        codes::{CodeError, Codes, PresentedCode, RequestCodeError},
        error::{InternalError, Interrupted, interruptible},
        requester::Requester,
        throttle::Purpose,
    },
    domain::{Email, LinkPurpose, Password, UserId, event::EventKind, password::WeakPassword, user::User},
    mail::{Letter, codes::BrowserSecret},
};

/// Why no password was set.
#[derive(Debug, thiserror::Error)]
pub enum ResetWithCodeError {
    /// The code was not accepted.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// The new password violates the policy. The code stays valid.
    #[error(transparent)]
    NewPassword(#[from] WeakPassword),
    /// The password was not stored.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

interruptible!(ResetWithCodeError: InternalError);

impl Accounts {
    /// Asks for a code that verifies the address. The answer is the same for all addresses.
    pub async fn request_verification_code(
        &self,
        email: &str,
        browser: &BrowserSecret,
        requester: &Requester,
    ) -> Result<(), RequestCodeError> {
        let email = Email::presented(email)?;
        let letter = |email| Letter::VerifyCode { email, browser: browser.digest() };
        self.codes()?.request(&email, letter, requester).await
    }

    /// Asks for a code that sets a new password. The answer is the same for all addresses.
    pub async fn request_reset_code(
        &self,
        email: &str,
        browser: &BrowserSecret,
        requester: &Requester,
    ) -> Result<(), RequestCodeError> {
        let email = Email::presented(email)?;
        let letter = |email| Letter::ResetCode { email, browser: browser.digest() };
        self.codes()?.request(&email, letter, requester).await
    }

    /// Verifies the address with a code. `known` is the user whose browser this is. In another browser, the password and
    /// all sessions are discarded: another person could have created the account.
    pub async fn verify_email_with_code(
        &self,
        presented: PresentedCode<'_>,
        known: Option<UserId>,
        requester: &Requester,
    ) -> Result<Arc<User>, CodeError> {
        let stored = self.codes()?.check(LinkPurpose::VerifyEmail, presented, requester).await?;
        let owner = stored.user_id.ok_or(CodeError::Invalid)?;
        let now = self.clock.now();
        if known == Some(owner) {
            if !self.store.verify_email(owner, &stored.digest, now).await? {
                return Err(CodeError::Invalid);
            }
        } else {
            self.sessions.settle(owner).await?;
            let ended = self.store.claim_email(owner, &stored.digest, now).await?.ok_or(CodeError::Invalid)?;
            self.sessions.deny_tokens_of(&ended);
        }
        self.audit.record(EventKind::EmailVerified, owner, requester, EventDetail::EmailCode);
        self.store.enabled_user(owner).await?.ok_or(CodeError::Invalid)
    }

    /// Sets a new password with a code, as with a link. The code stays valid if the password is refused.
    pub async fn reset_password_with_code(
        &self,
        presented: PresentedCode<'_>,
        password: &str,
        requester: &Requester,
    ) -> Result<(), ResetWithCodeError> {
        let purpose = LinkPurpose::ResetPassword;
        let admitted = self.throttle.check_network(Purpose::PasswordCheck, requester);
        self.audit.record_throttled(admitted, EventDetail::Network, None, requester)?;
        Password::parse(password).and_then(|password| self.passwords.policy().long_enough(password))?;
        let stored = self.codes()?.check(purpose, presented, requester).await?;
        let set = self.set_password_with_secret(purpose, &stored.digest, password, requester).await;
        set.map_err(|error| match error {
            SetPasswordError::Link => CodeError::Invalid.into(),
            SetPasswordError::NewPassword(weak) => weak.into(),
            SetPasswordError::Interrupted(interrupted) => interrupted.into(),
        })
    }

    /// Routes that are not offered do not get here.
    fn codes(&self) -> Result<&Codes, InternalError> {
        self.codes.as_deref().ok_or_else(|| InternalError::Failed("codes are not offered".to_owned()))
    }
}
