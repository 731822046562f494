//! Sign-in with a passkey.
//!
//! A passkey is two factors: the authenticator, and the PIN, finger or face that it verifies. So this way of signing in
//! has one step, also for an account with an authenticator app.

mod reauthenticate;
mod step;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{SignIn, SignedIn};
use crate::{
    auth::{
        audit::{EventDetail, Subject},
        error::{InternalError, Interrupted, interruptible},
        factors::passkeys::{self, Assertion, AssertionError, Ceremony, CeremonySecret, RequestState, UserIs},
        requester::Requester,
        sessions::open::VerifiedUser,
        throttle::{AttemptTarget, Purpose},
    },
    domain::{
        Email, LinkPurpose, UserId,
        authentication::{AuthMethod, AuthMethods},
        event::EventKind,
    },
    store::{
        StoreError,
        passkeys::{PasskeyLogin, PasskeyUse},
    },
};

/// Why a sign-in with a passkey failed.
#[derive(Debug, thiserror::Error)]
pub enum PasskeySignInError {
    /// No challenge waits in this browser: it was used, or has expired.
    #[error("no challenge waits for a response")]
    ChallengeNotFound,
    /// No account has the passkey.
    #[error("the passkey is unknown")]
    UnknownPasskey,
    /// The response does not verify.
    #[error("the response does not verify")]
    Failed,
    /// The passkey is right, and the account is disabled.
    #[error("the account is disabled")]
    Disabled,
    /// The passkey is right, and the address is not verified.
    #[error("the address is not verified")]
    NotVerified(UserId),
    /// The response was not verified, or the session not opened.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

interruptible!(PasskeySignInError: InternalError, StoreError);

/// What verifies a response.
#[derive(Serialize, Deserialize)]
struct Request {
    /// The only user who can answer. `None`: any.
    user: Option<String>,
    /// The SHA-256 of the secret of the sign-in that waits, in hexadecimal digits.
    pending: Option<String>,
    state: RequestState,
}

impl Request {
    fn admits(&self, user: UserId) -> bool {
        self.user.as_deref().is_none_or(|only| only == user.as_str())
    }
}

impl SignIn {
    /// Begins a sign-in with a passkey: one of `user`, or the one that the browser offers and its user chooses.
    pub async fn begin_passkey(
        &self,
        user: Option<UserId>,
        requester: &Requester,
    ) -> Result<Ceremony, PasskeySignInError> {
        let admitted = self.throttle.check_network(Purpose::Ceremony, requester);
        self.audit.record_throttled(admitted, EventDetail::Network, None, requester)?;
        Ok(self.begin_request(LinkPurpose::PasskeySignIn, user, None).await?)
    }

    /// Signs in with a passkey.
    pub async fn with_passkey(
        &self,
        secret: &CeremonySecret,
        response: &Value,
        remember: bool,
        requester: &Requester,
    ) -> Result<SignedIn, PasskeySignInError> {
        let admitted = self.throttle.check_network(Purpose::SignIn, requester);
        self.audit.record_throttled(admitted, EventDetail::Network, None, requester)?;
        let request = self.take_request(LinkPurpose::PasskeySignIn, secret).await?;
        let request = request.ok_or(PasskeySignInError::ChallengeNotFound)?;
        let (login, used) = self.check_passkey(request, response, requester).await?;
        if let Some((detail, error)) = self.refusal(&login) {
            self.audit.record(EventKind::LoginFail, login.user.id, requester, detail);
            return Err(error);
        }
        let methods = AuthMethods::of(AuthMethod::Passkey);
        let verified = VerifiedUser { user: login.user, methods, version: login.version };
        let opened = self.sessions.open_with_passkey(&verified, used, remember, requester).await?;
        // The credentials have changed, or a copy of the response was faster.
        let opened = opened.ok_or(PasskeySignInError::Failed)?;
        Ok(self.sessions.complete_sign_in(verified, opened, requester)?)
    }

    /// Why the user of a passkey cannot sign in. Only the account's own passkey reveals that.
    fn refusal(&self, login: &PasskeyLogin) -> Option<(EventDetail, PasskeySignInError)> {
        if login.disabled {
            Some((EventDetail::Disabled, PasskeySignInError::Disabled))
        } else if self.requires_verification && !login.user.email_verified {
            Some((EventDetail::NotVerified, PasskeySignInError::NotVerified(login.user.id)))
        } else {
            None
        }
    }

    /// A challenge for a passkey of `user`, or of any user.
    async fn begin_request(
        &self,
        purpose: LinkPurpose,
        user: Option<UserId>,
        pending: Option<String>,
    ) -> Result<Ceremony, InternalError> {
        let allowed = match user {
            Some(user) => self.factors.passkeys(user).await?,
            None => Vec::new(),
        };
        let (options, state) = self.factors.relying_party()?.request(&allowed)?;
        let request = Request { user: user.map(|user| user.to_string()), pending, state };
        passkeys::begin(&self.store, &self.clock, purpose, user, (options, request)).await
    }

    /// Uses a challenge up.
    async fn take_request(
        &self,
        purpose: LinkPurpose,
        secret: &CeremonySecret,
    ) -> Result<Option<Request>, InternalError> {
        passkeys::take(&self.store, &self.clock, purpose, secret).await
    }

    /// Verifies a response, with the budgets of the account. The caller records its use.
    async fn check_passkey(
        &self,
        request: Request,
        response: &Value,
        requester: &Requester,
    ) -> Result<(PasskeyLogin, PasskeyUse), PasskeySignInError> {
        let failed = |subject: Subject, error| {
            self.audit.record(EventKind::LoginFail, subject, requester, EventDetail::Passkey);
            Err(error)
        };
        let Ok(assertion) = Assertion::parse(response) else {
            return failed(Subject::unknown(), PasskeySignInError::Failed);
        };
        let Some(login) = self.store.passkey_login(assertion.credential_id()).await? else {
            return failed(Subject::unknown(), PasskeySignInError::UnknownPasskey);
        };
        let owner = login.user.id;
        let Ok(email) = Email::presented(&login.user.email) else {
            return failed(owner.into(), PasskeySignInError::Failed);
        };
        let counted = self.throttle.count_attempt(AttemptTarget::Passkey(&email), requester).await;
        let attempt = self.audit.record_throttled(counted, EventDetail::Account, None, requester)?;
        if !request.admits(owner) {
            return failed(owner.into(), PasskeySignInError::Failed);
        }
        match self.verify(&assertion, request, &login, requester)? {
            Some(used) => {
                self.throttle.clear(attempt).await;
                Ok((login, used))
            }
            None => failed(owner.into(), PasskeySignInError::Failed),
        }
    }

    /// Verifies a response. `None` if it does not verify. Records a counter that has not grown.
    fn verify(
        &self,
        assertion: &Assertion,
        request: Request,
        login: &PasskeyLogin,
        requester: &Requester,
    ) -> Result<Option<PasskeyUse>, InternalError> {
        let user = if request.user.is_some() { UserIs::Known } else { UserIs::Discovered };
        match self.factors.relying_party()?.verify(assertion, request.state, login, user) {
            Ok(verified) => Ok(Some(verified)),
            Err(AssertionError::Invalid) => Ok(None),
            Err(AssertionError::Counter) => {
                self.audit.record(EventKind::PasskeyCounterFail, login.user.id, requester, None);
                Ok(None)
            }
        }
    }
}
