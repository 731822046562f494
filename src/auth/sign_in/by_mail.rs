//! Sign-in with a code or a link in a message. Proving the mailbox is the first factor.
//!
//! An address without an account gets one, unless sign-up is closed. It is verified and has no password.

use super::{SignIn, SignInStep};
use crate::{
    auth::{
        audit::EventDetail,
        codes::{CodeError, Codes, PresentedCode, RequestCodeError},
        error::{InternalError, Interrupted, interruptible},
        requester::Requester,
        sessions::open::VerifiedUser,
        throttle::Purpose,
    },
    crypto::random::random_bytes,
    domain::{
        Email, LinkPurpose, Name, UserId,
        authentication::{AuthMethod, AuthMethods},
        event::EventKind,
    },
    mail::{
        Letter,
        codes::BrowserSecret,
        links::LinkToken,
        sign_in::{MailSignIn, SignInParts},
    },
    store::{
        StoreError,
        codes::StoredCode,
        mailbox_proof::{MailboxProof, NewMailUser},
    },
};

/// The request of a message that signs in.
#[derive(Debug)]
pub struct MailRequest<'a> {
    /// The address.
    pub email: &'a str,
    /// The name of a new account. Not a valid name: none.
    pub name: &'a str,
    /// Whether the session outlives the browser ("keep me signed in").
    pub remember: bool,
    /// What the message contains.
    pub parts: SignInParts,
    /// Where the user continues.
    pub return_to: Option<String>,
    /// Where the user of a new account continues.
    pub new_user_return_to: Option<String>,
    /// Where the application shows that a link does not work.
    pub error_return_to: Option<String>,
}

/// What the application says about the user of a new account.
#[derive(Clone, Copy, Debug, Default)]
pub struct NewUserProfile<'a> {
    /// The name. Not a valid name: none.
    pub name: Option<&'a str>,
    /// The address of a picture.
    pub image: Option<&'a str>,
}

/// The state of a link.
#[derive(Debug)]
pub enum SignInLink {
    /// The link can be used.
    Valid(Box<ValidLink>),
    /// The link has expired.
    Expired,
    /// The link, or the code in the same message, was used.
    Used,
    /// The link is truncated, was replaced by a newer one, or was never sent.
    Unknown,
}

/// A link that can be used.
#[derive(Debug)]
pub struct ValidLink {
    /// The sign-in as it was requested.
    pub sign_in: MailSignIn,
    /// Tells links apart.
    pub label: String,
    /// Whether this browser asked for the link.
    pub is_own_browser: bool,
}

/// The result of a sign-in by mail.
#[derive(Debug)]
pub struct MailSignedIn {
    /// The next step.
    pub step: SignInStep,
    /// The sign-in as it was requested.
    pub sign_in: MailSignIn,
    /// Whether the account was created.
    pub created: bool,
}

/// Why a link did not sign in.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The link cannot be used.
    #[error("the link is not valid")]
    Invalid,
    /// The link was not checked, or the session not opened.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

interruptible!(LinkError: InternalError, StoreError);

impl SignIn {
    /// Whether users can sign in with a code or a link.
    pub const fn by_mail_is_offered(&self) -> bool {
        self.codes.is_some()
    }

    /// Asks for a message, from the browser with this secret. The answer is the same for all addresses.
    pub async fn request_mail(
        &self,
        request: MailRequest<'_>,
        browser: &BrowserSecret,
        requester: &Requester,
    ) -> Result<(), RequestCodeError> {
        let codes = self.codes()?;
        // As strict as a sign-up, which it may be.
        let email = Email::parse(request.email)?;
        let letter = |email| Letter::SignIn {
            sign_in: MailSignIn {
                email,
                name: Name::parse(request.name).unwrap_or_default().as_str().to_owned(),
                remember: request.remember,
                return_to: request.return_to,
                new_user_return_to: request.new_user_return_to,
                error_return_to: request.error_return_to,
            },
            parts: request.parts,
            browser: browser.digest(),
            creates: codes.creates,
        };
        codes.request(&email, letter, requester).await
    }

    /// Signs in with a code, in the browser that asked for it.
    pub async fn with_code(
        &self,
        presented: PresentedCode<'_>,
        profile: NewUserProfile<'_>,
        requester: &Requester,
    ) -> Result<MailSignedIn, CodeError> {
        let stored = self.codes()?.check(LinkPurpose::SignIn, presented, requester).await?;
        let signed_in = self.with_secret(&stored, AuthMethod::EmailCode, profile, requester).await?;
        signed_in.ok_or(CodeError::Invalid)
    }

    /// The state of a link. Changes nothing.
    pub async fn link(&self, token: &str, browser: Option<&BrowserSecret>) -> Result<SignInLink, InternalError> {
        let Some(token) = LinkToken::parse(token) else { return Ok(SignInLink::Unknown) };
        let codes = self.codes()?;
        let Some(stored) = self.store.sign_in_secret(&token.digest()).await? else { return Ok(SignInLink::Unknown) };
        if stored.is_used {
            return Ok(SignInLink::Used);
        }
        if stored.expires_at <= self.clock.now() {
            return Ok(SignInLink::Expired);
        }
        let Some(sign_in) = codes.outbox.open_sign_in(stored.mail, &stored.payload) else {
            return Ok(SignInLink::Unknown);
        };
        if !self.can_sign_in(&stored, &sign_in.email).await? {
            return Ok(SignInLink::Unknown);
        }
        let is_own_browser = browser.is_some_and(|browser| browser.digest() == stored.browser);
        Ok(SignInLink::Valid(Box::new(ValidLink { sign_in, label: token.label(), is_own_browser })))
    }

    /// Whether the address still has the account that it had when the message was sent, or can get one.
    async fn can_sign_in(&self, stored: &StoredCode, email: &str) -> Result<bool, InternalError> {
        let account = match (stored.user_id, Email::presented(email)) {
            (Some(user), _) => self.store.mail_account_of(user).await?,
            (None, Ok(typed)) => match self.store.mail_account(&typed).await? {
                None => return Ok(self.codes()?.creates && !self.store.has_account(&typed).await?),
                account => account,
            },
            (None, Err(_)) => None,
        };
        Ok(account.is_some_and(|account| account.email == email))
    }

    /// Signs in with a link.
    pub async fn with_link(&self, token: &str, requester: &Requester) -> Result<MailSignedIn, LinkError> {
        let admitted = self.throttle.check_network(Purpose::SignIn, requester);
        self.audit.record_throttled(admitted, EventDetail::Network, None, requester)?;
        let token = LinkToken::parse(token).ok_or(LinkError::Invalid)?;
        let stored = self.store.sign_in_secret(&token.digest()).await?.ok_or(LinkError::Invalid)?;
        let profile = NewUserProfile::default();
        let signed_in = self.with_secret(&stored, AuthMethod::EmailLink, profile, requester).await?;
        signed_in.ok_or(LinkError::Invalid)
    }

    /// Uses the secret up and signs in. `None` if it is not valid, or there is no account to sign in to.
    async fn with_secret(
        &self,
        stored: &StoredCode,
        method: AuthMethod,
        profile: NewUserProfile<'_>,
        requester: &Requester,
    ) -> Result<Option<MailSignedIn>, InternalError> {
        let codes = self.codes()?;
        let Some(sign_in) = codes.outbox.open_sign_in(stored.mail, &stored.payload) else { return Ok(None) };
        let Ok(email) = Email::presented(&sign_in.email) else { return Ok(None) };
        let now = self.clock.now();
        let name = profile.name.unwrap_or(&sign_in.name);
        let new = NewMailUser {
            id: UserId::new(now, random_bytes()?),
            name: Name::parse(name).unwrap_or_default(),
            image: profile.image.map(str::to_owned),
        };
        if let Some(user) = stored.user_id {
            self.sessions.settle(user).await?;
        }
        let new = codes.creates.then_some(new);
        let proof = MailboxProof { digest: stored.digest, email, user_id: stored.user_id, new };
        let Some(proven) = self.store.prove_mailbox(proof, now).await? else { return Ok(None) };
        let (owner, created) = (proven.user.id, proven.created);
        self.sessions.deny_tokens_of(&proven.ended);
        for (happened, kind) in [(created, EventKind::UserCreated), (proven.verified, EventKind::EmailVerified)] {
            if happened {
                self.audit.record(kind, owner, requester, None);
            }
        }
        let verified = VerifiedUser { user: proven.user, methods: AuthMethods::of(method), version: proven.version };
        let step = self.complete(verified, sign_in.remember, requester).await?;
        Ok(step.map(|step| MailSignedIn { step, sign_in, created }))
    }

    /// Routes and pages that are not offered do not get here.
    fn codes(&self) -> Result<&Codes, InternalError> {
        self.codes.as_deref().ok_or_else(|| InternalError::Failed("sign-in by mail is not offered".to_owned()))
    }
}
