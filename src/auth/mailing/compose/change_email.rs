//! The messages of a change of the e-mail address.

use super::CHANGE;
use crate::{
    auth::mailing::Composer,
    domain::{Email, LinkPurpose, UserId},
    mail::{ComposeError, Composed, letters, links::UNDO_LIFETIME, message::Unaddressable},
    store::{email_change::ChangePayload, outbox::ClaimedMail},
};

impl Composer {
    /// The link to a new address, or the message that the address cannot be taken. Both replace the earlier link: that
    /// it still works would reveal that an address is taken.
    pub(super) async fn change_email(
        &self,
        claim: &ClaimedMail,
        user: UserId,
        email: &Email,
        return_to: Option<String>,
    ) -> Result<Composed, ComposeError> {
        let own = self.store.mail_account_of(user).await?.ok_or(ComposeError::Obsolete)?;
        let payload = ChangePayload { from: own.email_key, to: email.as_str().to_owned() }.to_text()?;
        let token = self.issue(&CHANGE, claim, user, payload).await?;
        let message = if self.store.is_free(email, user, self.clock.now()).await? {
            let content = letters::change_email::content(&self.letterhead, self.url(&CHANGE, &token, return_to));
            self.message(claim, email.as_str(), &content)?
        } else if let Some(taken) = self.store.mail_account(email).await? {
            self.message(claim, &taken.email, &letters::email_taken::content(&self.letterhead))?
        } else {
            self.reserved(claim, email.as_str()).await?.message
        };
        // The log of the user who asked, also if the message is for the owner of the address.
        Ok(Composed { user: Some(user), message })
    }

    /// The message to an address that an account has left, while the change can be undone.
    pub(super) async fn reserved(&self, claim: &ClaimedMail, email: &str) -> Result<Composed, ComposeError> {
        let address = Email::presented(email).map_err(|_| Unaddressable)?;
        if !self.store.is_reserved(&address, self.clock.now()).await? {
            return Err(ComposeError::Obsolete);
        }
        let message = self.message(claim, email, &letters::email_taken::reserved(&self.letterhead))?;
        Ok(Composed { user: None, message })
    }

    /// The link that undoes a change. Dropped if the change was undone already.
    pub(super) async fn email_changed(&self, claim: &ClaimedMail) -> Result<Composed, ComposeError> {
        let token = self.links.token(LinkPurpose::UndoEmailChange, claim.id);
        let expires_at = self.clock.now().plus(UNDO_LIFETIME);
        let left = self.store.issue_undo(claim.id, token.digest(), expires_at).await?.ok_or(ComposeError::Obsolete)?;
        let url = format!("{}/undo-email-change?token={}", self.letterhead.base_url, token.expose());
        let message = self.message(claim, &left.email, &letters::email_changed::content(&self.letterhead, url))?;
        Ok(Composed { user: Some(left.user_id), message })
    }
}
