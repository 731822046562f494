//! A signed-in user proves their identity again, before a sensitive change (ASVS 7.5.1, 7.5.3).
//!
//! The proof is at least as strong as the session: one factor does not refresh a session of two. An account with an
//! authenticator app always needs two factors. The attempts have the budgets of every other check of a password or a code.
//! A failure never ends the session.

use super::{SignIn, second_factor::SecondFactor};
use crate::{
    auth::{
        audit::EventDetail,
        codes::{CodeError, PresentedCode, RequestCodeError},
        error::{InternalError, Interrupted, interruptible},
        password::confirm::ConfirmPasswordError,
        principal::Principal,
        requester::Requester,
        sessions::reauthenticated::{Again, Reauthentication},
        throttle::{Attempt, AttemptTarget, Purpose},
    },
    domain::{
        Email, LinkPurpose, UserId,
        authentication::{Assurance, AuthMethod, AuthMethods},
        confirmation::{ConfirmationWays, FirstProof},
        event::EventKind,
        session::{Session, StepUp},
        user::User,
    },
    mail::{Letter, codes::BrowserSecret, letter::FactorsChange},
    store::{StoreError, credentials::CredentialsVersion, second_step::SecondProof},
};

pub use crate::auth::sessions::reauthenticated::Reauthenticated;

/// What the user presents. Only what [`SignIn::confirmation_ways`] asks for is checked.
#[derive(Clone, Copy, Default)]
pub struct Presented<'a> {
    /// The password.
    pub password: &'a str,
    /// The code in a message.
    pub mail_code: &'a str,
    /// The secret of the browser that asked for the message.
    pub browser: Option<&'a BrowserSecret>,
    /// The code of the authenticator app, or a recovery code.
    pub second: &'a str,
}

/// Why an identity was not confirmed.
#[derive(Debug, thiserror::Error)]
pub enum ReauthenticateError {
    /// The account cannot be confirmed this way.
    #[error("the account cannot be confirmed this way")]
    NotOffered,
    /// The password was not confirmed.
    #[error(transparent)]
    Password(#[from] ConfirmPasswordError),
    /// The code in the message was not accepted.
    #[error(transparent)]
    MailCode(#[from] CodeError),
    /// The code of the authenticator app, or the recovery code, is wrong or was used.
    #[error("the code is wrong")]
    Second,
    /// The session has ended, or the credentials have changed meanwhile.
    #[error("the session has ended")]
    Gone,
    /// Nothing was checked or changed.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

interruptible!(ReauthenticateError: InternalError, StoreError);

/// A verified first factor.
struct First {
    method: AuthMethod,
    version: Option<CredentialsVersion>,
    code: Option<[u8; 32]>,
}

impl SignIn {
    /// What the user of `session` can present. A session with a passkey is confirmed with a passkey, unless the account has
    /// none any more.
    pub async fn confirmation_ways(&self, session: &Session) -> Result<ConfirmationWays, InternalError> {
        let owner = session.user_id;
        let has_password = self.store.password_credential(owner).await?.is_some();
        let second = self.factors.are_required(owner).await?;
        let passkey = self.has_passkey(owner).await?;
        let first = if has_password {
            Some(FirstProof::Password)
        } else {
            self.codes.is_some().then_some(FirstProof::MailCode)
        };
        let reached = if second { Assurance::Aal2 } else { Assurance::Aal1 };
        let is_enough = !passkey || reached >= session.authentication.assurance();
        Ok(ConfirmationWays { first: first.filter(|_| is_enough), second, passkey })
    }

    /// What the user of `session` does before a sensitive change.
    pub async fn step_up(&self, session: &Session) -> Result<StepUp, InternalError> {
        if self.sessions.is_fresh(session) {
            return Ok(StepUp::None);
        }
        if self.store.password_credential(session.user_id).await?.is_some() {
            return Ok(StepUp::Password);
        }
        let ways = self.confirmation_ways(session).await?;
        Ok(if ways.is_empty() { StepUp::SignIn } else { StepUp::Confirm })
    }

    /// Asks for a message with a code, for a browser of the signed-in user.
    pub async fn request_confirmation_code(
        &self,
        principal: Principal,
        browser: &BrowserSecret,
        requester: &Requester,
    ) -> Result<(), ReauthenticateError> {
        let (session, user) = self.sessions.current(principal).await?.ok_or(ReauthenticateError::Gone)?;
        if self.confirmation_ways(&session).await?.first != Some(FirstProof::MailCode) {
            return Err(ReauthenticateError::NotOffered);
        }
        let codes = self.codes.as_deref().ok_or(ReauthenticateError::NotOffered)?;
        let email = Email::presented(&user.email).map_err(|_| ReauthenticateError::NotOffered)?;
        let letter = |email| Letter::ConfirmCode { email, browser: browser.digest() };
        codes.request(&email, letter, requester).await.map_err(|error| match error {
            RequestCodeError::Email(_) => ReauthenticateError::NotOffered,
            RequestCodeError::Interrupted(interrupted) => interrupted.into(),
        })
    }

    /// Confirms the identity of the signed-in user. Only this session gets more recent.
    pub async fn reauthenticate(
        &self,
        principal: Principal,
        presented: Presented<'_>,
        requester: &Requester,
    ) -> Result<Box<Reauthenticated>, ReauthenticateError> {
        let (session, user) = self.sessions.current(principal).await?.ok_or(ReauthenticateError::Gone)?;
        let ways = self.confirmation_ways(&session).await?;
        let proof = ways.first.ok_or(ReauthenticateError::NotOffered)?;
        let First { method, version, code } = self.check_first(proof, principal, &user, presented, requester).await?;
        // Each factor is compared only after the one before it: an attacker needs the first one for each guess.
        let factor = if ways.second {
            Some(SecondFactor::parse(presented.second).ok_or(ReauthenticateError::Second)?)
        } else {
            None
        };
        let (mut second, mut attempt) = (None, None);
        let mut methods = AuthMethods::of(method);
        if let Some(factor) = &factor {
            let (proof, counted) = self.check_second(principal, &user, factor, requester).await?;
            (second, attempt) = (Some(proof), Some(counted));
            methods = methods.with(factor.method());
        }
        let left = match &factor {
            Some(SecondFactor::RecoveryCode(_)) => {
                Some(self.store.unused_recovery_codes(user.id).await?.saturating_sub(1))
            }
            Some(SecondFactor::Totp(_)) | None => None,
        };
        let change = left.map(|left| FactorsChange::CodeUsed { left });
        let notice = change.and_then(|change| self.notices.factors_changed(&user, change, requester));
        let again = Again { methods, seen: version, code, second, notice };
        match self.sessions.reauthenticated(&session, &user, again, requester).await? {
            Reauthentication::Done(done) => {
                if let Some(attempt) = attempt {
                    self.throttle.clear(attempt).await;
                }
                if left.is_some() {
                    self.audit.record(EventKind::RecoveryCodeUsed, principal, requester, None);
                }
                Ok(done)
            }
            Reauthentication::Used => Err(match &factor {
                Some(factor) => {
                    self.audit.record(EventKind::SecondStepFail, principal, requester, factor.detail());
                    ReauthenticateError::Second
                }
                None => CodeError::Invalid.into(),
            }),
            Reauthentication::Ended => {
                if let Some(attempt) = attempt {
                    self.throttle.undo(attempt).await;
                }
                Err(ReauthenticateError::Gone)
            }
        }
    }

    async fn check_first(
        &self,
        proof: FirstProof,
        principal: Principal,
        user: &User,
        presented: Presented<'_>,
        requester: &Requester,
    ) -> Result<First, ReauthenticateError> {
        match proof {
            FirstProof::Password => {
                let confirmed = self.passwords.confirm(principal, presented.password, requester).await?;
                Ok(First { method: AuthMethod::Password, version: Some(confirmed.version), code: None })
            }
            FirstProof::MailCode => {
                let admitted = self.throttle.check_network(Purpose::PasswordCheck, requester);
                self.audit.record_throttled(admitted, EventDetail::Network, principal, requester)?;
                let codes = self.codes.as_deref().ok_or(ReauthenticateError::NotOffered)?;
                let browser = presented.browser.map(BrowserSecret::digest);
                let code = PresentedCode { email: &user.email, code: presented.mail_code, browser };
                let stored = codes.check(LinkPurpose::Confirm, code, requester).await?;
                Ok(First { method: AuthMethod::EmailCode, version: None, code: Some(stored.digest) })
            }
        }
    }

    /// Counts the attempt, then compares the second factor, and does not use it up.
    async fn check_second(
        &self,
        principal: Principal,
        user: &User,
        factor: &SecondFactor,
        requester: &Requester,
    ) -> Result<(SecondProof, Attempt), ReauthenticateError> {
        let email = Email::presented(&user.email).map_err(|_| ReauthenticateError::NotOffered)?;
        let counted = self.throttle.count_attempt(AttemptTarget::SecondStep(&email), requester).await;
        let attempt = self.audit.record_throttled(counted, EventDetail::Account, principal, requester)?;
        match self.proof_of(user.id, factor, requester).await {
            Ok(Some(proof)) => Ok((proof, attempt)),
            Ok(None) => {
                self.audit.record(EventKind::SecondStepFail, principal, requester, factor.detail());
                Err(ReauthenticateError::Second)
            }
            Err(error) => {
                self.throttle.undo(attempt).await;
                Err(error.into())
            }
        }
    }

    /// Whether the account has a passkey that can be used here.
    async fn has_passkey(&self, owner: UserId) -> Result<bool, InternalError> {
        Ok(self.factors.passkeys_are_offered() && !self.factors.passkeys(owner).await?.is_empty())
    }
}
