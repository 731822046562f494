//! Resetting a forgotten password with a link in a message.

use super::{
    Accounts,
    link::{RequestLinkError, SetPasswordError},
};
use crate::{auth::requester::Requester, domain::LinkPurpose, mail::Letter};

impl Accounts {
    /// Requests a message with a link. The answer is the same for addresses without an account.
    pub async fn request_reset(
        &self,
        email: &str,
        return_to: Option<String>,
        requester: &Requester,
    ) -> Result<(), RequestLinkError> {
        self.request_link(email, |email| Letter::ResetPassword { email, return_to }, requester).await
    }

    /// Sets a new password with a link.
    pub async fn reset_password(
        &self,
        token: &str,
        password: &str,
        requester: &Requester,
    ) -> Result<(), SetPasswordError> {
        self.set_password_with_link(LinkPurpose::ResetPassword, token, password, requester).await
    }
}
