//! Creating an account with a passkey and no password.
//!
//! The rules are those of a [sign-up with a password](super::sign_up). The passkey is made before the answer: an address
//! that has an account is reported as late as there, or not at all.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::{
    Accounts,
    sign_up::{CreationError, FirstSession, SignedUp},
};
use crate::{
    auth::{
        audit::EventDetail,
        error::{InternalError, Interrupted, interruptible},
        factors::passkeys::{
            self, Ceremony, CeremonySecret, CreationState, InvalidResponse, Mediation, PasskeyUser, default_name,
            new_passkey, random_handle,
        },
        requester::Requester,
        throttle::Purpose,
    },
    crypto::random::{NoRandomness, random_bytes},
    domain::{Email, LinkPurpose, Name, UserId, form::FormError, passkey::FirstPasskey},
    store::{
        StoreError,
        users::{FirstCredential, NewAccount},
    },
};

const PURPOSE: LinkPurpose = LinkPurpose::PasskeySignUp;

/// The input of a sign-up with a passkey.
#[derive(Clone, Copy, Debug)]
pub struct PasskeySignUp<'a> {
    /// The e-mail address.
    pub email: &'a str,
    /// The name. May be empty.
    pub name: &'a str,
    /// Whether the session outlives the browser ("keep me signed in").
    pub remember: bool,
    /// Where the link that verifies the address leads. `None`: to the page of this service.
    pub return_to: Option<&'a str>,
}

/// Why no account was created.
#[derive(Debug, thiserror::Error)]
pub enum PasskeySignUpError {
    /// Sign-up is closed.
    #[error("sign-up is closed")]
    Closed,
    /// No challenge for this address waits in this browser: it was used, or has expired.
    #[error("no challenge waits for a response")]
    ChallengeNotFound,
    /// The response does not verify.
    #[error(transparent)]
    Response(#[from] InvalidResponse),
    /// An account has the passkey.
    #[error("the passkey is registered")]
    Duplicate,
    /// The input is invalid. All problems, in the order of the fields.
    #[error("the form has {} problem(s)", .0.len())]
    Invalid(Vec<FormError>),
    /// The account was not created because of a rate limit or a failure.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

interruptible!(PasskeySignUpError: InternalError, StoreError, NoRandomness);

impl From<CreationError> for PasskeySignUpError {
    fn from(error: CreationError) -> Self {
        match error {
            CreationError::EmailTaken => Self::Invalid(vec![FormError::EmailTaken]),
            CreationError::PasskeyTaken => Self::Duplicate,
            CreationError::Interrupted(interrupted) => Self::Interrupted(interrupted),
        }
    }
}

/// What verifies the response.
#[derive(Serialize, Deserialize)]
struct Registration {
    email: String,
    handle: Uuid,
    state: CreationState,
}

impl Accounts {
    /// Begins a sign-up with a passkey. The answer is the same for all addresses.
    pub async fn begin_passkey_sign_up(
        &self,
        form: PasskeySignUp<'_>,
        requester: &Requester,
    ) -> Result<Ceremony, PasskeySignUpError> {
        let (email, name) = self.parse_passkey_form(form)?;
        let admitted = self.throttle.check_network(Purpose::Ceremony, requester);
        self.audit.record_throttled(admitted, EventDetail::Network, None, requester)?;
        let handle = random_handle()?;
        let email = email.as_str();
        let display_name = if name.is_empty() { email } else { name.as_str() };
        let user = PasskeyUser { handle, email, display_name };
        let (options, state) = self.factors.relying_party()?.creation(user, &[], None)?;
        let registration = Registration { email: email.to_owned(), handle, state };
        Ok(passkeys::begin(&self.store, &self.clock, PURPOSE, None, (options, registration)).await?)
    }

    /// Creates an account with the passkey of a response, and opens its first session, or queues the account if its
    /// address must be verified first.
    pub async fn sign_up_with_passkey(
        &self,
        form: PasskeySignUp<'_>,
        secret: &CeremonySecret,
        response: &Value,
        requester: &Requester,
    ) -> Result<SignedUp, PasskeySignUpError> {
        let (email, name) = self.parse_passkey_form(form)?;
        let admitted = self.throttle.check_network(Purpose::SignUp, requester);
        self.audit.record_throttled(admitted, EventDetail::Network, None, requester)?;
        let begun: Option<Registration> = passkeys::take(&self.store, &self.clock, PURPOSE, secret).await?;
        let begun = begun.filter(|begun| begun.email == email.as_str()).ok_or(PasskeySignUpError::ChallengeNotFound)?;
        let key = self.factors.relying_party()?.register(response, &begun.state, Mediation::Modal)?;
        // Reveals nothing about an address: the requester has the passkey.
        if self.store.has_passkey(&key.credential_id).await? {
            return Err(PasskeySignUpError::Duplicate);
        }
        let now = self.clock.now();
        let passkey = new_passkey(key, default_name(requester), now)?;
        let credential = FirstCredential::Passkey(Box::new(FirstPasskey { passkey, handle: begun.handle }));
        let account = NewAccount { id: UserId::new(now, random_bytes()?), email, name, image: None, credential };
        let first = FirstSession { remember: form.remember, return_to: form.return_to };
        Ok(self.sign_up_with(account, first, requester).await?)
    }

    fn parse_passkey_form(&self, form: PasskeySignUp<'_>) -> Result<(Email, Name), PasskeySignUpError> {
        if !self.sign_up_is_open() {
            return Err(PasskeySignUpError::Closed);
        }
        match (Email::parse(form.email), Name::parse(form.name)) {
            (Ok(email), Ok(name)) => Ok((email, name)),
            (email, name) => {
                let problems = [email.err().map(FormError::Email), name.err().map(FormError::Name)];
                Err(PasskeySignUpError::Invalid(problems.into_iter().flatten().collect()))
            }
        }
    }
}
