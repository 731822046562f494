//! Links in messages: their state, and setting a password with one.

use super::Accounts;
use crate::{
    auth::{
        audit::EventDetail,
        error::{InternalError, Interrupted, interruptible},
        password::hasher::HasherError,
        requester::Requester,
        throttle::Purpose,
    },
    domain::{
        Email, LinkPurpose, Password, Timestamp, UserId, email::InvalidEmail, event::EventKind, password::WeakPassword,
    },
    mail::{Letter, links::LinkToken, outbox::QueueError},
    store::{
        StoreError,
        one_time::OneTimeSecret,
        outbox::{MailLimit, NewMail},
        password_reset::PasswordReset,
    },
};

/// The most links of one kind for one account. A request beyond is answered like any other, and sends nothing.
pub(super) const LIMIT: MailLimit = MailLimit { per_hour: 5, per_day: 15 };

/// The state of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// The link can be used.
    Valid {
        /// The user.
        user_id: UserId,
        /// The account's address.
        email: String,
        /// Tells links apart.
        label: String,
    },
    /// The link has expired.
    Expired,
    /// The link was used, or the address that it verifies is verified.
    Used,
    /// The link is truncated, was replaced by a newer one, or was never sent.
    Unknown,
}

/// Why no link was requested.
#[derive(Debug, thiserror::Error)]
pub enum RequestLinkError {
    /// The service sends no mail.
    #[error("the service sends no mail")]
    NotOffered,
    /// The text is not an e-mail address.
    #[error(transparent)]
    Email(#[from] InvalidEmail),
    /// The request was not accepted.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

/// Why no password was set.
#[derive(Debug, thiserror::Error)]
pub enum SetPasswordError {
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

interruptible!(RequestLinkError: InternalError, StoreError);
interruptible!(SetPasswordError: InternalError, StoreError, HasherError);

impl Accounts {
    /// Whether the service sends mail, and so offers what needs links in messages.
    pub const fn mail_is_offered(&self) -> bool {
        self.outbox.is_some()
    }

    /// The state of a link. Changes nothing.
    pub async fn link_state(&self, purpose: LinkPurpose, token: &str) -> Result<LinkState, InternalError> {
        let Some(token) = LinkToken::parse(token) else { return Ok(LinkState::Unknown) };
        let secret = self.store.one_time_secret(purpose, &token.digest()).await?;
        let Some(secret) = secret else { return Ok(LinkState::Unknown) };
        if let Some(state) = ended(&secret, self.clock.now()) {
            return Ok(state);
        }
        let account = self.store.mail_account_of(secret.user_id).await?;
        let account = account.filter(|account| account.email_key == secret.payload);
        Ok(match account {
            None => LinkState::Unknown,
            Some(account) if purpose == LinkPurpose::VerifyEmail && account.email_verified => LinkState::Used,
            Some(account) => LinkState::Valid { user_id: account.user_id, email: account.email, label: token.label() },
        })
    }

    /// Requests a message with a link. The work is the same whether or not the address has an account: the outbox
    /// decides that later (ASVS 6.3.8).
    pub(super) async fn request_link(
        &self,
        email: &str,
        letter: impl FnOnce(String) -> Letter,
        requester: &Requester,
    ) -> Result<(), RequestLinkError> {
        if !self.mail_is_offered() {
            return Err(RequestLinkError::NotOffered);
        }
        let email = Email::presented(email)?.as_str().to_owned();
        let admitted = self.throttle.check_network(Purpose::Mail, requester);
        self.audit.record_throttled(admitted, EventDetail::Network, None, requester)?;
        let mail = self.sealed(&letter(email))?.ok_or(RequestLinkError::NotOffered)?;
        self.store.request_mail(mail, LIMIT, self.clock.now()).await?;
        Ok(())
    }

    /// Sets a new password with a link: uses the link up, ends every session, marks the address as verified, and
    /// notifies the user. Creates no session, so that it bypasses no second factor (ASVS 6.4.3).
    ///
    /// The password that was set before the address was verified is gone then: an account that was created with an
    /// address of another person becomes that person's (GHSA-qq9h-g4jm-xgf3).
    pub(super) async fn set_password_with_link(
        &self,
        purpose: LinkPurpose,
        token: &str,
        password: &str,
        requester: &Requester,
    ) -> Result<(), SetPasswordError> {
        let admitted = self.throttle.check_network(Purpose::PasswordCheck, requester);
        self.audit.record_throttled(admitted, EventDetail::Network, None, requester)?;
        Password::parse(password).and_then(|password| self.passwords.policy().long_enough(password))?;
        let token = LinkToken::parse(token).ok_or(SetPasswordError::Link)?;
        self.set_password_with_secret(purpose, &token.digest(), password, requester).await
    }

    /// Sets a new password with the one-time secret of a link or a code.
    pub(super) async fn set_password_with_secret(
        &self,
        purpose: LinkPurpose,
        digest: &[u8; 32],
        password: &str,
        requester: &Requester,
    ) -> Result<(), SetPasswordError> {
        let secret = self.store.one_time_secret(purpose, digest).await?;
        let secret = secret.filter(|secret| ended(secret, self.clock.now()).is_none());
        let owner = secret.ok_or(SetPasswordError::Link)?.user_id;
        let user = self.store.enabled_user(owner).await?.ok_or(SetPasswordError::Link)?;
        let new = self.passwords.check_new(password, &user, requester).await??;
        let hash = self.passwords.hash(new.into_password(), requester).await?;
        let notice = self.sealed(&Letter::PasswordReset { email: user.email.clone(), client: requester.into() })?;
        self.sessions.settle(owner).await?;
        let password_hash = hash.as_str().to_owned();
        let reset = PasswordReset { purpose, digest: *digest, password_hash, notice };
        let done = self.store.reset_password(reset, self.clock.now()).await?.ok_or(SetPasswordError::Link)?;
        self.sessions.deny_tokens_of(&done.ended);
        if done.verified {
            self.audit.record(EventKind::EmailVerified, owner, requester, None);
        }
        self.audit.record(EventKind::PasswordReset, owner, requester, None);
        Ok(())
    }

    /// A message for the outbox. `None`: the service sends no mail.
    pub(super) fn sealed(&self, letter: &Letter) -> Result<Option<NewMail>, InternalError> {
        let internal = |error: QueueError| InternalError::Failed(error.to_string());
        self.outbox.as_ref().map(|outbox| outbox.seal(letter).map_err(internal)).transpose()
    }
}

/// Why a secret can no longer be used. `None`: it can.
pub(super) fn ended(secret: &OneTimeSecret, now: Timestamp) -> Option<LinkState> {
    if secret.is_used {
        Some(LinkState::Used)
    } else if secret.expires_at <= now {
        Some(LinkState::Expired)
    } else {
        None
    }
}
