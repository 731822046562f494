//! Composes a message when it is sent: finds the recipient, and makes the secret of its link.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    Letter, Mailer, letters,
    links::RESET_LIFETIME,
    message::{Message, Unaddressable},
};
use crate::{
    domain::{Email, UserId},
    store::{
        StoreError,
        one_time::{LinkPurpose, NewOneTimeSecret},
        outbox::ClaimedMail,
    },
};

/// A message and its user.
pub(super) struct Composed {
    pub user: Option<UserId>,
    pub message: Message,
}

/// Why a message is not composed.
#[derive(Debug, thiserror::Error)]
pub(super) enum ComposeError {
    /// There is no recipient, or a newer message replaces this one.
    #[error("the message has no recipient any more")]
    Obsolete,
    /// The row cannot be opened.
    #[error("the message was sealed with another master secret")]
    Unreadable,
    /// The address cannot receive mail.
    #[error(transparent)]
    Unaddressable(#[from] Unaddressable),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Mailer {
    pub(super) async fn compose(&self, claim: &ClaimedMail) -> Result<Composed, ComposeError> {
        match self.outbox.open(claim).ok_or(ComposeError::Unreadable)? {
            Letter::ResetPassword { email, return_to } => self.reset_password(claim, &email, return_to).await,
            Letter::PasswordReset { email } => {
                let to = Email::presented(&email).map_err(|_| Unaddressable)?;
                let content = letters::password_reset::content(&self.letterhead);
                let message = Message::new(&self.letterhead, claim.id, &to, claim.created_at, &content)?;
                Ok(Composed { user: None, message })
            }
        }
    }

    async fn reset_password(
        &self,
        claim: &ClaimedMail,
        email: &str,
        return_to: Option<String>,
    ) -> Result<Composed, ComposeError> {
        let typed = Email::presented(email).map_err(|_| Unaddressable)?;
        let account = self.store.mail_account(&typed).await?.ok_or(ComposeError::Obsolete)?;
        // To the address of the account: another spelling could be another mailbox.
        let to = Email::presented(&account.email).map_err(|_| Unaddressable)?;
        let purpose = LinkPurpose::ResetPassword;
        let token = self.links.token(purpose, claim.id);
        let secret = NewOneTimeSecret {
            mail: claim.id,
            purpose,
            user_id: account.user_id,
            digest: token.digest(),
            payload: account.email_key,
            requested_at: claim.created_at,
            expires_at: self.clock.now().plus(RESET_LIFETIME),
        };
        if !self.store.issue_one_time_secret(secret).await? {
            return Err(ComposeError::Obsolete);
        }
        let (base, token) = (&self.letterhead.base_url, token.expose());
        let url = match return_to {
            None => format!("{base}/reset-password?token={token}"),
            Some(next) => {
                let next = utf8_percent_encode(&next, NON_ALPHANUMERIC);
                format!("{base}/api/auth/reset-password/{token}?callbackURL={next}")
            }
        };
        let content = letters::reset_password::content(&self.letterhead, url);
        let message = Message::new(&self.letterhead, claim.id, &to, claim.created_at, &content)?;
        Ok(Composed { user: Some(account.user_id), message })
    }
}
