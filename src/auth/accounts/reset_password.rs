//! Resetting a forgotten password with a link in a message.

use super::Accounts;
use crate::{
    auth::{
        audit::EventDetail,
        error::{InternalError, Interrupted, interruptible},
        password::hasher::HasherError,
        requester::Requester,
        throttle::Purpose,
    },
    domain::{Email, Password, Timestamp, UserId, email::InvalidEmail, event::EventKind, password::WeakPassword},
    mail::{Letter, links::LinkToken, outbox::QueueError},
    store::{
        StoreError,
        one_time::{LinkPurpose, OneTimeSecret},
        outbox::MailLimit,
        password_reset::PasswordReset,
    },
};

/// The most links for one account. A request beyond is answered like any other, and sends nothing.
const LIMIT: MailLimit = MailLimit { per_hour: 5, per_day: 15 };

/// The state of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// The link can be used.
    Valid {
        /// The account's address.
        email: String,
        /// Tells links apart.
        label: String,
    },
    /// The link has expired.
    Expired,
    /// The link was used.
    Used,
    /// The link is truncated, was replaced by a newer one, or was never sent.
    Unknown,
}

/// Why no link was requested.
#[derive(Debug, thiserror::Error)]
pub enum RequestResetError {
    /// The service sends no mail.
    #[error("password reset is not available")]
    NotOffered,
    /// The text is not an e-mail address.
    #[error(transparent)]
    Email(#[from] InvalidEmail),
    /// The request was not accepted.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

/// Why the password was not reset.
#[derive(Debug, thiserror::Error)]
pub enum ResetPasswordError {
    /// The link cannot be used.
    #[error("the link is not valid")]
    Link,
    /// The new password violates the policy. The link stays valid.
    #[error(transparent)]
    NewPassword(#[from] WeakPassword),
    /// The password was not stored.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

interruptible!(RequestResetError: InternalError, StoreError);
interruptible!(ResetPasswordError: InternalError, StoreError, HasherError);

impl Accounts {
    /// Whether a forgotten password can be reset: whether the service sends mail.
    pub const fn reset_is_offered(&self) -> bool {
        self.outbox.is_some()
    }

    /// Requests a message with a link. The work is the same whether or not the address has an account: the outbox
    /// decides that later (ASVS 6.3.8).
    pub async fn request_reset(
        &self,
        email: &str,
        return_to: Option<String>,
        requester: &Requester,
    ) -> Result<(), RequestResetError> {
        let outbox = self.outbox.as_ref().ok_or(RequestResetError::NotOffered)?;
        let email = Email::presented(email)?.as_str().to_owned();
        let admitted = self.throttle.check_network(Purpose::Mail, requester);
        self.audit.record_throttled(admitted, EventDetail::Network, None, requester)?;
        let mail = outbox.seal(&Letter::ResetPassword { email, return_to }).map_err(internal)?;
        self.store.request_mail(mail, LIMIT, self.clock.now()).await?;
        Ok(())
    }

    /// The state of a link. Changes nothing.
    pub async fn reset_link(&self, token: &str) -> Result<LinkState, InternalError> {
        let Some(token) = LinkToken::parse(token) else { return Ok(LinkState::Unknown) };
        let secret = self.store.one_time_secret(LinkPurpose::ResetPassword, &token.digest()).await?;
        let Some(secret) = secret else { return Ok(LinkState::Unknown) };
        if let Some(state) = ended(&secret, self.clock.now()) {
            return Ok(state);
        }
        let account = self.store.mail_account_of(secret.user_id).await?;
        let account = account.filter(|account| account.email_key == secret.payload);
        let label = token.label();
        Ok(account.map_or(LinkState::Unknown, |account| LinkState::Valid { email: account.email, label }))
    }

    /// Sets a new password with a link: uses the link up, ends every session, marks the address as verified, and
    /// notifies the user. Creates no session, so that it bypasses no second factor (ASVS 6.4.3).
    ///
    /// The password that was set before the address was verified is gone then: an account that was created with an
    /// address of another person becomes that person's (GHSA-qq9h-g4jm-xgf3).
    pub async fn reset_password(
        &self,
        token: &str,
        password: &str,
        requester: &Requester,
    ) -> Result<(), ResetPasswordError> {
        let admitted = self.throttle.check_network(Purpose::PasswordCheck, requester);
        self.audit.record_throttled(admitted, EventDetail::Network, None, requester)?;
        Password::parse(password).and_then(|password| self.passwords.policy().long_enough(password))?;
        let token = LinkToken::parse(token).ok_or(ResetPasswordError::Link)?;
        let owner = self.owner_of(&token).await?.ok_or(ResetPasswordError::Link)?;
        let user = self.store.enabled_user(owner).await?.ok_or(ResetPasswordError::Link)?;
        let new = self.passwords.check_new(password, &user, requester).await??;
        let hash = self.passwords.hash(new.into_password(), requester).await?;
        let notice = match &self.outbox {
            Some(outbox) => {
                Some(outbox.seal(&Letter::PasswordReset { email: user.email.clone() }).map_err(internal)?)
            }
            None => None,
        };
        self.sessions.settle(owner).await?;
        let reset = PasswordReset { digest: token.digest(), password_hash: hash.as_str().to_owned(), notice };
        let done = self.store.reset_password(reset, self.clock.now()).await?.ok_or(ResetPasswordError::Link)?;
        self.sessions.deny_tokens_of(&done.ended);
        self.audit.record(EventKind::PasswordReset, done.user_id, requester, None);
        Ok(())
    }

    /// The user of a link that can be used.
    async fn owner_of(&self, token: &LinkToken) -> Result<Option<UserId>, StoreError> {
        let secret = self.store.one_time_secret(LinkPurpose::ResetPassword, &token.digest()).await?;
        Ok(secret.filter(|secret| ended(secret, self.clock.now()).is_none()).map(|secret| secret.user_id))
    }
}

/// Why a secret can no longer be used. `None`: it can.
fn ended(secret: &OneTimeSecret, now: Timestamp) -> Option<LinkState> {
    if secret.is_used {
        Some(LinkState::Used)
    } else if secret.expires_at <= now {
        Some(LinkState::Expired)
    } else {
        None
    }
}

fn internal(error: QueueError) -> InternalError {
    InternalError::Failed(error.to_string())
}
