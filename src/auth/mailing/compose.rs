//! The message of each letter: finds the recipient, and makes the secret of its link.

mod change_email;
mod sign_in;

use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::Composer;
use crate::{
    auth::requester::Requester,
    domain::{Email, LinkPurpose, Name, Timestamp, UserId, event::EventKind},
    mail::{
        ComposeError, Composed, Letter, Letterhead,
        content::Content,
        letters::{self, code::CodeUse},
        links::{CHANGE_LIFETIME, DELETE_LIFETIME, LinkToken, RESET_LIFETIME, VERIFY_LIFETIME},
        message::{Message, Unaddressable},
    },
    store::{
        one_time::NewOneTimeSecret,
        outbox::ClaimedMail,
        password_reset::MailAccount,
        users::{CreateAccountError, FirstCredential, NewAccount},
    },
};

/// What the messages with a link have different.
struct LinkKind {
    purpose: LinkPurpose,
    lifetime: Duration,
    /// The path of the page, and of the API below `/api/auth`, with the secret.
    page: fn(&str) -> String,
    api: fn(&str) -> String,
    content: fn(&Letterhead, String) -> Content,
}

const RESET: LinkKind = LinkKind {
    purpose: LinkPurpose::ResetPassword,
    lifetime: RESET_LIFETIME,
    page: |token| format!("/reset-password?token={token}"),
    api: |token| format!("/api/auth/reset-password/{token}?callbackURL="),
    content: letters::reset_password::content,
};

const VERIFY: LinkKind = LinkKind {
    purpose: LinkPurpose::VerifyEmail,
    lifetime: VERIFY_LIFETIME,
    page: |token| format!("/verify-email?token={token}"),
    api: |token| format!("/api/auth/verify-email?token={token}&callbackURL="),
    content: letters::verify_email::content,
};

const DELETE: LinkKind = LinkKind {
    purpose: LinkPurpose::DeleteAccount,
    lifetime: DELETE_LIFETIME,
    page: |token| format!("/delete-account?token={token}"),
    api: |token| format!("/api/auth/delete-user/callback?token={token}&callbackURL="),
    content: letters::delete_account::content,
};

const CHANGE: LinkKind = LinkKind {
    purpose: LinkPurpose::ChangeEmail,
    lifetime: CHANGE_LIFETIME,
    page: |token| format!("/change-email?token={token}"),
    api: |token| format!("/api/auth/verify-email?token={token}&callbackURL="),
    content: letters::change_email::content,
};

impl Composer {
    pub(super) async fn message_of(&self, claim: &ClaimedMail, letter: Letter) -> Result<Composed, ComposeError> {
        match letter {
            Letter::ResetPassword { email, return_to } => {
                let account = self.account(&email).await?;
                self.with_link(&RESET, claim, account, return_to).await
            }
            Letter::VerifyEmail { email, return_to } => {
                let account = self.account_where(&email, |account| !account.email_verified).await?;
                self.with_link(&VERIFY, claim, account, return_to).await
            }
            Letter::SignUp { user_id, email, name, image, password_hash, passkey, return_to } => {
                let password = password_hash.map(FirstCredential::Password);
                let credential = password.or(passkey.map(FirstCredential::Passkey)).ok_or(Unaddressable)?;
                let new = new_account(&user_id, &email, &name, image, credential).ok_or(Unaddressable)?;
                self.sign_up(claim, new, return_to).await
            }
            Letter::SignIn { sign_in, parts, browser, creates } => {
                self.sign_in(claim, sign_in, parts, browser, creates).await
            }
            Letter::VerifyCode { email, browser } => {
                let account = self.account_where(&email, |account| !account.email_verified).await?;
                self.with_code(CodeUse::VerifyEmail, claim, account, browser).await
            }
            Letter::ResetCode { email, browser } => {
                let account = self.account(&email).await?;
                self.with_code(CodeUse::ResetPassword, claim, account, browser).await
            }
            Letter::ConfirmCode { email, browser } => {
                let account = self.account(&email).await?;
                self.with_code(CodeUse::Confirm, claim, account, browser).await
            }
            Letter::ChangeEmail { user_id, email, return_to } => {
                let user = user_id.parse().map_err(|_| Unaddressable)?;
                let email = Email::parse(&email).map_err(|_| Unaddressable)?;
                self.change_email(claim, user, &email, return_to).await
            }
            Letter::EmailChanged { .. } => self.email_changed(claim).await,
            Letter::PasswordReset { email, client } => {
                let content = letters::password_reset::content(&self.letterhead, claim.created_at, &client);
                self.notice(claim, &email, &content)
            }
            Letter::NewSignIn { email, client } => {
                let content = letters::new_sign_in::content(&self.letterhead, claim.created_at, &client);
                self.notice(claim, &email, &content)
            }
            Letter::PasswordChanged { email, client } => {
                let content = letters::password_changed::content(&self.letterhead, claim.created_at, &client);
                self.notice(claim, &email, &content)
            }
            Letter::SessionEnded { email, device, signed_in_at, client } => {
                let signed_in_at = Timestamp::from_millis(signed_in_at);
                let (letterhead, at) = (&self.letterhead, claim.created_at);
                let content = letters::session_ended::content(letterhead, at, &client, &device, signed_in_at);
                self.notice(claim, &email, &content)
            }
            Letter::FactorsChanged { email, change, client } => {
                let content = letters::factors_changed::content(&self.letterhead, claim.created_at, &client, change);
                self.notice(claim, &email, &content)
            }
            Letter::DeleteAccount { email, return_to } => {
                let account = self.account_where(&email, |account| account.email_verified).await?;
                self.with_link(&DELETE, claim, account, return_to).await
            }
            Letter::AccountDeleted { email, client } => {
                let content = letters::account_deleted::content(&self.letterhead, claim.created_at, &client);
                self.notice(claim, &email, &content)
            }
        }
    }

    /// Creates the account, and writes the message that verifies its address.
    async fn sign_up(
        &self,
        claim: &ClaimedMail,
        new: NewAccount,
        return_to: Option<String>,
    ) -> Result<Composed, ComposeError> {
        let email = new.email.as_str().to_owned();
        match self.store.create_account(new, None, None, self.clock.now()).await {
            Ok(user) => self.audit.record(EventKind::UserCreated, user.id, &Requester::default(), None),
            Err(CreateAccountError::EmailTaken | CreateAccountError::PasskeyTaken) => {}
            Err(CreateAccountError::Store(error)) => return Err(error.into()),
        }
        let account = match self.account(&email).await {
            Err(ComposeError::Obsolete) => return self.reserved(claim, &email).await,
            account => account?,
        };
        if account.email_verified {
            let content = letters::account_exists::content(&self.letterhead);
            let message = self.message(claim, &account.email, &content)?;
            return Ok(Composed { user: Some(account.user_id), message });
        }
        // An account that another person created with this address keeps its password until the address is verified;
        // the link then asks for a new one.
        self.with_link(&VERIFY, claim, account, return_to).await
    }

    /// The enabled account of an address.
    async fn account(&self, email: &str) -> Result<MailAccount, ComposeError> {
        let typed = Email::presented(email).map_err(|_| Unaddressable)?;
        self.store.mail_account(&typed).await?.ok_or(ComposeError::Obsolete)
    }

    /// The enabled account of an address, if the message is still of use to it.
    async fn account_where(
        &self,
        email: &str,
        is_useful: impl FnOnce(&MailAccount) -> bool,
    ) -> Result<MailAccount, ComposeError> {
        Some(self.account(email).await?).filter(is_useful).ok_or(ComposeError::Obsolete)
    }

    async fn with_link(
        &self,
        kind: &LinkKind,
        claim: &ClaimedMail,
        account: MailAccount,
        return_to: Option<String>,
    ) -> Result<Composed, ComposeError> {
        let token = self.issue(kind, claim, account.user_id, account.email_key).await?;
        let content = (kind.content)(&self.letterhead, self.url(kind, &token, return_to));
        // To the address of the account, not as it was typed: another spelling could be another mailbox.
        let message = self.message(claim, &account.email, &content)?;
        Ok(Composed { user: Some(account.user_id), message })
    }

    /// The secret of a link. It replaces the user's earlier one.
    async fn issue(
        &self,
        kind: &LinkKind,
        claim: &ClaimedMail,
        user_id: UserId,
        payload: String,
    ) -> Result<LinkToken, ComposeError> {
        let token = self.links.token(kind.purpose, claim.id);
        let secret = NewOneTimeSecret {
            mail: claim.id,
            purpose: kind.purpose,
            user_id,
            digest: token.digest(),
            payload,
            requested_at: claim.created_at,
            expires_at: self.clock.now().plus(kind.lifetime),
        };
        if !self.store.issue_one_time_secret(secret).await? {
            return Err(ComposeError::Obsolete);
        }
        Ok(token)
    }

    fn url(&self, kind: &LinkKind, token: &LinkToken, return_to: Option<String>) -> String {
        let token = token.expose();
        let path = match return_to {
            None => (kind.page)(&token),
            Some(next) => format!("{}{}", (kind.api)(&token), utf8_percent_encode(&next, NON_ALPHANUMERIC)),
        };
        format!("{}{path}", self.letterhead.base_url)
    }

    /// A message to the address that the account had when the event happened.
    fn notice(&self, claim: &ClaimedMail, to: &str, content: &Content) -> Result<Composed, ComposeError> {
        Ok(Composed { user: None, message: self.message(claim, to, content)? })
    }

    fn message(&self, claim: &ClaimedMail, to: &str, content: &Content) -> Result<Message, Unaddressable> {
        let to = Email::presented(to).map_err(|_| Unaddressable)?;
        Message::new(&self.letterhead, claim.id, &to, claim.created_at, content)
    }
}

fn new_account(
    user_id: &str,
    email: &str,
    name: &str,
    image: Option<String>,
    credential: FirstCredential,
) -> Option<NewAccount> {
    let email = Email::parse(email).ok()?;
    Some(NewAccount { id: user_id.parse().ok()?, email, name: Name::parse(name).ok()?, image, credential })
}
