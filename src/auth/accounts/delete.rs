//! Deleting an account. Only the security log remains, without addresses and devices in sessions.
//!
//! A user who cannot confirm the deletion with the password or a recent sign-in gets a link by e-mail. The link works in
//! a session of its user only, because mail scanners open links.

use super::{Accounts, link::LIMIT};
use crate::{
    auth::{
        audit::EventDetail,
        error::{InternalError, Interrupted, interruptible},
        password::confirm::ConfirmPasswordError,
        principal::Principal,
        requester::Requester,
        throttle::Purpose,
    },
    domain::{event::EventKind, session::Session, user::User},
    mail::{Letter, links::LinkToken},
    store::{StoreError, deletion::DeletionProof},
};

/// How a signed-in user authorizes the deletion.
#[derive(Clone, Copy, Debug)]
pub enum Proof<'a> {
    /// With the password.
    Password(&'a str),
    /// With a recent sign-in.
    FreshSession,
    /// With the secret of a link.
    Link(&'a str),
}

/// What a signed-in user needs to authorize the deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequiredProof {
    /// The password.
    Password,
    /// Nothing more: the account has no password, and the sign-in is recent.
    None,
    /// A link in a message: the account has no password.
    Link,
    /// Another sign-in: the account has no password, and the service cannot send a link.
    SignIn,
}

/// Why the account was not deleted.
#[derive(Debug, thiserror::Error)]
pub enum DeleteAccountError {
    /// The password was not confirmed.
    #[error(transparent)]
    Confirm(#[from] ConfirmPasswordError),
    /// Without the password, the session must be fresh.
    #[error("the session is not fresh")]
    NotFresh,
    /// The link is not valid, or another user's.
    #[error("the link is not valid")]
    Link,
    /// The account or the session is gone.
    #[error("the account is gone")]
    Gone,
    /// The account was not deleted because of a failure.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

interruptible!(DeleteAccountError: InternalError, StoreError);

impl Accounts {
    /// Deletes the account with its password and profile, and ends all its sessions. The address becomes
    /// free; the user id is never used again.
    pub async fn delete(
        &self,
        principal: Principal,
        proof: Proof<'_>,
        requester: &Requester,
    ) -> Result<(), DeleteAccountError> {
        let (session, user) = self.sessions.current(principal).await?.ok_or(DeleteAccountError::Gone)?;
        // The error if the proof is no longer valid in the transaction, or the account is gone.
        let (proof, invalid) = match proof {
            Proof::Password(password) => {
                let confirmed = self.passwords.confirm(principal, password, requester).await?;
                (
                    DeletionProof::Credentials(confirmed.version),
                    DeleteAccountError::Confirm(ConfirmPasswordError::Mismatch),
                )
            }
            Proof::FreshSession if self.sessions.is_fresh(&session) => {
                (DeletionProof::FreshSession, DeleteAccountError::Gone)
            }
            Proof::FreshSession => return Err(DeleteAccountError::NotFresh),
            Proof::Link(token) => {
                let token = LinkToken::parse(token).ok_or(DeleteAccountError::Link)?;
                (DeletionProof::Link(token.digest()), DeleteAccountError::Link)
            }
        };
        let notice = self.notices.account_deleted(&user, requester);
        let ended = self.store.delete_user(principal.user_id(), proof, notice, self.clock.now()).await?;
        let ended = ended.ok_or(invalid)?;
        self.sessions.deny_tokens_of(&ended);
        self.audit.record(EventKind::UserDeleted, principal, requester, None);
        Ok(())
    }

    /// What the user of `session` needs to authorize the deletion on the pages.
    pub async fn required_proof(&self, session: &Session, user: &User) -> Result<RequiredProof, InternalError> {
        Ok(if self.passwords.credential(user.id).await?.is_some() {
            RequiredProof::Password
        } else if self.sessions.is_fresh(session) {
            RequiredProof::None
        } else if self.sends_deletion_link(user) {
            RequiredProof::Link
        } else {
            RequiredProof::SignIn
        })
    }

    /// Requests a message with a link that deletes the account. `false` if the service sends no mail, or the address is
    /// not verified: it may belong to another person.
    pub async fn request_deletion(
        &self,
        principal: Principal,
        return_to: Option<String>,
        requester: &Requester,
    ) -> Result<bool, DeleteAccountError> {
        let (_, user) = self.sessions.current(principal).await?.ok_or(DeleteAccountError::Gone)?;
        if !self.sends_deletion_link(&user) {
            return Ok(false);
        }
        let admitted = self.throttle.check_network(Purpose::Mail, requester);
        self.audit.record_throttled(admitted, EventDetail::Network, principal, requester)?;
        let letter = Letter::DeleteAccount { email: user.email.clone(), return_to };
        let Some(mail) = self.sealed(&letter)? else { return Ok(false) };
        self.store.request_mail(mail, LIMIT, self.clock.now()).await?;
        Ok(true)
    }

    fn sends_deletion_link(&self, user: &User) -> bool {
        self.mail_is_offered() && user.email_verified
    }
}
