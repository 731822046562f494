//! Changing the e-mail address: the signed-in user asks for another one, and proves it with a link in a message.

use super::{
    Accounts,
    link::{LIMIT, LinkState, ended},
};
use crate::{
    auth::{
        audit::EventDetail,
        error::{InternalError, Interrupted, interruptible},
        password::confirm::ConfirmPasswordError,
        principal::Principal,
        requester::Requester,
        throttle::{AttemptTarget, Purpose},
    },
    domain::{Email, LinkPurpose, UserId, email::InvalidEmail, event::EventKind},
    mail::{
        Letter,
        links::{LinkToken, UNDO_LIFETIME},
    },
    store::{
        StoreError,
        email_change::{ChangePayload, EmailChange, EmailChangeResult},
    },
};

/// The input of a change.
#[derive(Clone, Debug)]
pub struct NewEmail<'a> {
    /// The new address.
    pub email: &'a str,
    /// The current password. `None`: the session must be [fresh](crate::auth::sessions::Sessions::is_fresh).
    pub password: Option<&'a str>,
    /// Where the link leads. `None`: to the page of this service.
    pub return_to: Option<String>,
}

/// An accepted request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailChangeRequested {
    /// A message follows, whether or not the address is free.
    CheckMail,
    /// Only the spelling differs: the address is changed.
    Applied,
}

/// Why a change was not requested.
#[derive(Debug, thiserror::Error)]
pub enum RequestEmailChangeError {
    /// The service sends no mail.
    #[error("the service sends no mail")]
    NotOffered,
    /// The text is not an e-mail address.
    #[error(transparent)]
    Email(#[from] InvalidEmail),
    /// The account has this address.
    #[error("the account has this address")]
    Same,
    /// The session is not recent, and no password was given.
    #[error("the session is not recent")]
    NotRecent,
    /// The password was not confirmed.
    #[error(transparent)]
    Confirm(#[from] ConfirmPasswordError),
    /// The account or the session is gone.
    #[error("the account is gone")]
    Gone,
    /// The request was not accepted.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

interruptible!(RequestEmailChangeError: InternalError, StoreError);

/// The state of a link to a new address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeLink {
    /// Valid in a session of this user.
    Valid {
        /// The user.
        user_id: UserId,
        /// The new address.
        email: String,
        /// Tells links apart.
        label: String,
    },
    /// Another account has taken the address, or has left it within the time of an undo.
    Taken,
    /// The link has expired.
    Expired,
    /// The link was used.
    Used,
    /// The link is truncated, was replaced by a newer one, or was never sent.
    Unknown,
}

impl Accounts {
    /// Requests a message with a link to a new address. The work is the same whether or not the address is free: the
    /// outbox decides that later (ASVS 6.3.8).
    pub async fn request_email_change(
        &self,
        principal: Principal,
        new: NewEmail<'_>,
        requester: &Requester,
    ) -> Result<EmailChangeRequested, RequestEmailChangeError> {
        if !self.mail_is_offered() {
            return Err(RequestEmailChangeError::NotOffered);
        }
        let email = Email::parse(new.email)?;
        let (session, user) = self.sessions.current(principal).await?.ok_or(RequestEmailChangeError::Gone)?;
        if email.as_str() == user.email {
            return Err(RequestEmailChangeError::Same);
        }
        match new.password {
            Some(password) => {
                self.passwords.confirm(principal, password, requester).await?;
            }
            None if self.sessions.is_fresh(&session) => {}
            None => return Err(RequestEmailChangeError::NotRecent),
        }
        if Email::presented(&user.email).is_ok_and(|present| present.key() == email.key()) {
            return self.respell(principal, &user.email, &email, requester).await;
        }
        let admitted = self.throttle.check_network(Purpose::Mail, requester);
        self.audit.record_throttled(admitted, EventDetail::Network, principal, requester)?;
        // Never cleared: it bounds the messages that one account can send to other people.
        let counted = self.throttle.count_attempt(AttemptTarget::ChangeEmail(user.id), requester).await;
        drop(self.audit.record_throttled(counted, EventDetail::Account, principal, requester)?);
        let (user_id, email) = (user.id.to_string(), email.as_str().to_owned());
        let letter = Letter::ChangeEmail { user_id, email, return_to: new.return_to };
        let mail = self.sealed(&letter)?.ok_or(RequestEmailChangeError::NotOffered)?;
        self.store.request_mail(mail, LIMIT, self.clock.now()).await?;
        self.audit.record(EventKind::EmailChangeRequested, principal, requester, None);
        Ok(EmailChangeRequested::CheckMail)
    }

    /// The same mailbox needs no proof.
    async fn respell(
        &self,
        principal: Principal,
        seen: &str,
        email: &Email,
        requester: &Requester,
    ) -> Result<EmailChangeRequested, RequestEmailChangeError> {
        if !self.store.respell_email(principal.user_id(), seen, email, self.clock.now()).await? {
            return Err(RequestEmailChangeError::Gone);
        }
        self.audit.record(EventKind::EmailChanged, principal, requester, EventDetail::Spelling);
        Ok(EmailChangeRequested::Applied)
    }

    /// The state of a link to a new address. Changes nothing.
    pub async fn change_link(&self, token: &str) -> Result<ChangeLink, InternalError> {
        let Some(token) = LinkToken::parse(token).filter(|_| self.mail_is_offered()) else {
            return Ok(ChangeLink::Unknown);
        };
        let secret = self.store.one_time_secret(LinkPurpose::ChangeEmail, &token.digest()).await?;
        let Some(secret) = secret else { return Ok(ChangeLink::Unknown) };
        match ended(&secret, self.clock.now()) {
            None => {}
            Some(LinkState::Expired) => return Ok(ChangeLink::Expired),
            Some(_) => return Ok(ChangeLink::Used),
        }
        let (user_id, payload) = (secret.user_id, ChangePayload::of_text(&secret.payload));
        let account = self.store.mail_account_of(user_id).await?;
        let payload = payload.filter(|payload| account.is_some_and(|account| account.email_key == payload.from));
        let Some(email) = payload.and_then(|payload| Email::presented(&payload.to).ok()) else {
            return Ok(ChangeLink::Unknown);
        };
        if !self.store.is_free(&email, user_id, self.clock.now()).await? {
            return Ok(ChangeLink::Taken);
        }
        Ok(ChangeLink::Valid { user_id, email: email.as_str().to_owned(), label: token.label() })
    }

    /// Changes the address of the signed-in user with a link, and ends all other sessions. The former address, if it was
    /// verified, gets a link that undoes the change. `false` if the link is not valid, is another user's, or the address
    /// is taken: [`change_link`](Self::change_link) tells which.
    pub async fn change_email(
        &self,
        principal: Principal,
        token: &str,
        requester: &Requester,
    ) -> Result<bool, InternalError> {
        let Some(token) = LinkToken::parse(token) else { return Ok(false) };
        let Some((_, user)) = self.sessions.current(principal).await? else { return Ok(false) };
        let Some(notice) = self.sealed(&Letter::EmailChanged { email: user.email.clone() })? else { return Ok(false) };
        self.sessions.settle(user.id).await?;
        let now = self.clock.now();
        let change = EmailChange {
            owner: user.id,
            session: principal.session_id(),
            digest: token.digest(),
            notice,
            undo_until: now.plus(UNDO_LIFETIME),
        };
        let EmailChangeResult::Changed(ended) = self.store.change_email(change, now).await? else { return Ok(false) };
        self.sessions.deny_tokens_of(&ended);
        self.audit.record(EventKind::EmailChanged, principal, requester, None);
        Ok(true)
    }
}
