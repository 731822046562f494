//! Composes a message when it is sent: finds the recipient, and makes the secret of its link.

use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    Letter, Letterhead, Mailer,
    content::Content,
    letters::{self, code::CodeUse, sign_in::SignInContent},
    links::{CODE_LIFETIME, LinkToken, RESET_LIFETIME, VERIFY_LIFETIME},
    message::{Message, Unaddressable},
    outbox::QueueError,
    sign_in::{MailSignIn, SignInParts},
};
use crate::{
    domain::{Email, LinkPurpose, Name, UserId},
    store::{
        StoreError,
        codes::{NewCode, NewSignInSecret},
        one_time::NewOneTimeSecret,
        outbox::ClaimedMail,
        password_reset::MailAccount,
        users::{CreateAccountError, NewAccount},
    },
};

/// A message and its user.
pub(super) struct Composed {
    pub user: Option<UserId>,
    /// Whether the account was created now.
    pub created: bool,
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
    /// The data of a sign-in cannot be sealed.
    #[error(transparent)]
    Seal(#[from] QueueError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

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

impl Mailer {
    pub(super) async fn compose(&self, claim: &ClaimedMail) -> Result<Composed, ComposeError> {
        match self.outbox.open(claim).ok_or(ComposeError::Unreadable)? {
            Letter::ResetPassword { email, return_to } => {
                let account = self.account(&email).await?;
                self.with_link(&RESET, claim, account, return_to).await
            }
            Letter::VerifyEmail { email, return_to } => {
                let account = self.account(&email).await?;
                if account.email_verified {
                    return Err(ComposeError::Obsolete);
                }
                self.with_link(&VERIFY, claim, account, return_to).await
            }
            Letter::SignUp { user_id, email, name, image, password_hash, return_to } => {
                let new = new_account(&user_id, &email, &name, image, password_hash).ok_or(Unaddressable)?;
                self.sign_up(claim, new, return_to).await
            }
            Letter::SignIn { sign_in, parts, browser, creates } => {
                self.sign_in(claim, sign_in, parts, browser, creates).await
            }
            Letter::VerifyCode { email, browser } => {
                let account = self.account(&email).await?;
                if account.email_verified {
                    return Err(ComposeError::Obsolete);
                }
                self.with_code(CodeUse::VerifyEmail, claim, account, browser).await
            }
            Letter::ResetCode { email, browser } => {
                let account = self.account(&email).await?;
                self.with_code(CodeUse::ResetPassword, claim, account, browser).await
            }
            Letter::PasswordReset { email } => {
                let content = letters::password_reset::content(&self.letterhead);
                let message = self.message(claim, &email, &content)?;
                Ok(Composed { user: None, created: false, message })
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
        let created = match self.store.create_account(new, None, None, self.clock.now()).await {
            Ok(_) => true,
            Err(CreateAccountError::EmailTaken) => false,
            Err(CreateAccountError::Store(error)) => return Err(error.into()),
        };
        let account = self.account(&email).await?;
        if account.email_verified {
            let content = letters::account_exists::content(&self.letterhead);
            let message = self.message(claim, &account.email, &content)?;
            return Ok(Composed { user: Some(account.user_id), created, message });
        }
        // An account that another person created with this address keeps its password until the address is verified;
        // the link then asks for a new one.
        let composed = self.with_link(&VERIFY, claim, account, return_to).await?;
        Ok(Composed { created, ..composed })
    }

    /// The enabled account of an address.
    async fn account(&self, email: &str) -> Result<MailAccount, ComposeError> {
        let typed = Email::presented(email).map_err(|_| Unaddressable)?;
        self.store.mail_account(&typed).await?.ok_or(ComposeError::Obsolete)
    }

    async fn with_link(
        &self,
        kind: &LinkKind,
        claim: &ClaimedMail,
        account: MailAccount,
        return_to: Option<String>,
    ) -> Result<Composed, ComposeError> {
        let token = self.links.token(kind.purpose, claim.id);
        let secret = NewOneTimeSecret {
            mail: claim.id,
            purpose: kind.purpose,
            user_id: account.user_id,
            digest: token.digest(),
            payload: account.email_key,
            requested_at: claim.created_at,
            expires_at: self.clock.now().plus(kind.lifetime),
        };
        if !self.store.issue_one_time_secret(secret).await? {
            return Err(ComposeError::Obsolete);
        }
        let token = token.expose();
        let path = match return_to {
            None => (kind.page)(&token),
            Some(next) => format!("{}{}", (kind.api)(&token), utf8_percent_encode(&next, NON_ALPHANUMERIC)),
        };
        let url = format!("{}{path}", self.letterhead.base_url);
        let content = (kind.content)(&self.letterhead, url);
        // To the address of the account, not as it was typed: another spelling could be another mailbox.
        let message = self.message(claim, &account.email, &content)?;
        Ok(Composed { user: Some(account.user_id), created: false, message })
    }

    /// The message that signs in the owner of an address.
    async fn sign_in(
        &self,
        claim: &ClaimedMail,
        sign_in: MailSignIn,
        parts: SignInParts,
        browser: [u8; 32],
        creates: bool,
    ) -> Result<Composed, ComposeError> {
        let purpose = LinkPurpose::SignIn;
        let typed = Email::presented(&sign_in.email).map_err(|_| Unaddressable)?;
        let account = self.store.mail_account(&typed).await?;
        if account.is_none() && (!creates || self.store.has_account(&typed).await?) {
            return Err(ComposeError::Obsolete);
        }
        let address = self.outbox.account(&sign_in.email);
        // To the address of the account, not as it was typed: another spelling could be another mailbox.
        let email = account.as_ref().map_or(sign_in.email, |account| account.email.clone());
        let sign_in = MailSignIn { email, ..sign_in };
        let token = self.links.token(purpose, claim.id);
        let code = (parts != SignInParts::Link).then(|| self.links.code(purpose, claim.id));
        let tag = code.as_ref().map(|code| self.links.code_tag(purpose, &browser, code));
        let secret = NewSignInSecret {
            mail: claim.id,
            address,
            user_id: account.as_ref().map(|account| account.user_id),
            digest: token.digest(),
            payload: self.outbox.seal_sign_in(claim.id, &sign_in)?,
            code: NewCode { browser, tag },
            requested_at: claim.created_at,
            expires_at: self.clock.now().plus(CODE_LIFETIME),
        };
        if !self.store.issue_sign_in(secret).await? {
            return Err(ComposeError::Obsolete);
        }
        let url = (parts != SignInParts::Code).then(|| self.sign_in_url(&token, &sign_in, parts));
        let content = SignInContent { code: code.as_ref(), url, creates: account.is_none() };
        let message = self.message(claim, &sign_in.email, &letters::sign_in::content(&self.letterhead, content))?;
        Ok(Composed { user: account.map(|account| account.user_id), created: false, message })
    }

    /// The link of an application leads to the sign-in API, any other to the page of this service.
    fn sign_in_url(&self, token: &LinkToken, sign_in: &MailSignIn, parts: SignInParts) -> String {
        let (base, token) = (&self.letterhead.base_url, token.expose());
        let Some(next) = sign_in.return_to.as_ref().filter(|_| parts == SignInParts::Link) else {
            return format!("{base}/sign-in/link?token={token}");
        };
        let mut url = format!("{base}/api/auth/magic-link/verify?token={token}");
        let others =
            [("newUserCallbackURL", &sign_in.new_user_return_to), ("errorCallbackURL", &sign_in.error_return_to)];
        let others = others.into_iter().filter_map(|(name, target)| Some((name, target.as_ref()?)));
        for (name, target) in [("callbackURL", next)].into_iter().chain(others) {
            url.extend(["&", name, "="]);
            url.extend(utf8_percent_encode(target, NON_ALPHANUMERIC));
        }
        url
    }

    /// The message with a code for an account. The code and the secret of a link that is not sent are one secret.
    async fn with_code(
        &self,
        usage: CodeUse,
        claim: &ClaimedMail,
        account: MailAccount,
        browser: [u8; 32],
    ) -> Result<Composed, ComposeError> {
        let purpose = match usage {
            CodeUse::VerifyEmail => LinkPurpose::VerifyEmail,
            CodeUse::ResetPassword => LinkPurpose::ResetPassword,
        };
        let code = self.links.code(purpose, claim.id);
        let secret = NewOneTimeSecret {
            mail: claim.id,
            purpose,
            user_id: account.user_id,
            digest: self.links.token(purpose, claim.id).digest(),
            payload: account.email_key,
            requested_at: claim.created_at,
            expires_at: self.clock.now().plus(CODE_LIFETIME),
        };
        let tag = Some(self.links.code_tag(purpose, &browser, &code));
        if !self.store.issue_code(secret, NewCode { browser, tag }).await? {
            return Err(ComposeError::Obsolete);
        }
        let content = letters::code::content(&self.letterhead, usage, &code);
        let message = self.message(claim, &account.email, &content)?;
        Ok(Composed { user: Some(account.user_id), created: false, message })
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
    password_hash: String,
) -> Option<NewAccount> {
    let email = Email::parse(email).ok()?;
    Some(NewAccount { id: user_id.parse().ok()?, email, name: Name::parse(name).ok()?, image, password_hash })
}
