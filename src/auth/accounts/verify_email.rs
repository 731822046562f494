//! Verifying the e-mail address with a link in a message.
//!
//! An attacker can create an account with the address of another person, and wait until that person verifies it. So a link
//! that is opened in another browser than that of its user sets a new password, which replaces the earlier one and ends all
//! sessions (GHSA-qq9h-g4jm-xgf3, CVE-2026-53516).

use super::{
    Accounts,
    link::{RequestLinkError, SetPasswordError},
};
use crate::{
    auth::{error::InternalError, requester::Requester},
    domain::{LinkPurpose, UserId, event::EventKind},
    mail::{Letter, links::LinkToken},
};

impl Accounts {
    /// Requests a message with a link. The answer is the same for addresses without an account and for verified ones.
    pub async fn request_verification(
        &self,
        email: &str,
        return_to: Option<String>,
        requester: &Requester,
    ) -> Result<(), RequestLinkError> {
        self.request_link(email, |email| Letter::VerifyEmail { email, return_to }, requester).await
    }

    /// Verifies the address of `owner` with a link. The caller knows that the browser is `owner`'s: it has a session, or
    /// it has sent the sign-up or the password of the account. `false` if the link is not valid or another user's.
    pub async fn verify_email(&self, owner: UserId, token: &str, requester: &Requester) -> Result<bool, InternalError> {
        let Some(token) = LinkToken::parse(token) else { return Ok(false) };
        let verified = self.store.verify_email(owner, &token.digest(), self.clock.now()).await?;
        if verified {
            self.audit.record(EventKind::EmailVerified, owner, requester, None);
        }
        Ok(verified)
    }

    /// Verifies the address with a link outside of a session, and sets a new password.
    pub async fn claim_account(
        &self,
        token: &str,
        password: &str,
        requester: &Requester,
    ) -> Result<(), SetPasswordError> {
        self.set_password_with_link(LinkPurpose::VerifyEmail, token, password, requester).await
    }
}
