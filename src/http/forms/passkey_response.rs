//! The response of a passkey, from the hidden field of a form, and the ceremony that it completes.

use serde_json::Value;

use super::request::FormRequest;
use crate::{
    auth::{
        accounts::passkey_sign_up::PasskeySignUpError,
        factors::passkeys::{AddPasskeyError, CeremonySecret},
        sign_in::passkey::PasskeySignInError,
    },
    domain::form::{FormError, PasskeyProblem},
    http::{forms::errors::FormErrors, session::ceremony::CeremonyKind},
};

/// A response, not verified.
pub struct PasskeyResponse {
    /// The ceremony that this browser has begun.
    pub secret: CeremonySecret,
    /// What the browser answered.
    pub response: Value,
}

impl PasskeyResponse {
    /// Takes the response of a form. The ceremony ends in this browser, whatever the response is worth.
    pub fn take(request: &FormRequest, kind: CeremonyKind, response: &str) -> Result<Self, PasskeyProblem> {
        if response.is_empty() {
            return Err(PasskeyProblem::Missing);
        }
        let secret = request.jar.take_ceremony(kind).ok_or(PasskeyProblem::Ended)?;
        let response = serde_json::from_str(response).map_err(|_| PasskeyProblem::Invalid)?;
        Ok(Self { secret, response })
    }
}

impl From<PasskeyProblem> for FormErrors {
    fn from(problem: PasskeyProblem) -> Self {
        FormError::Passkey(problem).into()
    }
}

impl From<AddPasskeyError> for FormErrors {
    fn from(error: AddPasskeyError) -> Self {
        match error {
            AddPasskeyError::NotRecent => FormError::NotRecent.into(),
            AddPasskeyError::ChallengeNotFound | AddPasskeyError::OtherSession | AddPasskeyError::Gone => {
                PasskeyProblem::Ended.into()
            }
            AddPasskeyError::Invalid(_) => PasskeyProblem::Invalid.into(),
            AddPasskeyError::Duplicate => PasskeyProblem::Duplicate.into(),
            AddPasskeyError::TooMany => PasskeyProblem::TooMany.into(),
            AddPasskeyError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}

impl From<PasskeySignUpError> for FormErrors {
    fn from(error: PasskeySignUpError) -> Self {
        match error {
            PasskeySignUpError::Closed => FormError::SignUpClosed.into(),
            PasskeySignUpError::ChallengeNotFound => PasskeyProblem::Ended.into(),
            PasskeySignUpError::Response(_) => PasskeyProblem::Invalid.into(),
            PasskeySignUpError::Duplicate => PasskeyProblem::Duplicate.into(),
            PasskeySignUpError::Invalid(errors) => Self(errors),
            PasskeySignUpError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}

impl From<PasskeySignInError> for FormErrors {
    fn from(error: PasskeySignInError) -> Self {
        match error {
            PasskeySignInError::ChallengeNotFound => PasskeyProblem::Ended.into(),
            PasskeySignInError::UnknownPasskey => PasskeyProblem::Unknown.into(),
            PasskeySignInError::Failed => PasskeyProblem::Invalid.into(),
            PasskeySignInError::Disabled => FormError::Disabled.into(),
            PasskeySignInError::NotVerified(_) => PasskeyProblem::NotVerified.into(),
            PasskeySignInError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}
