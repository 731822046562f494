//! Maps the errors of use cases to form errors.

use crate::{
    auth::{
        accounts::{delete::DeleteUserError, sign_up::SignUpError},
        error::{Busy, InternalError},
        password::change::ChangePasswordError,
        sign_in::password::SignInError,
        throttle::Throttled,
    },
    domain::form::FormError,
};

/// The errors that a form shows, in the order of its fields.
pub struct FormErrors(pub Vec<FormError>);

impl From<FormError> for FormErrors {
    fn from(error: FormError) -> Self {
        Self(vec![error])
    }
}

impl From<Throttled> for FormErrors {
    fn from(throttled: Throttled) -> Self {
        let retry_after = u32::try_from(throttled.retry_after_seconds()).unwrap_or(u32::MAX);
        FormError::Throttled { retry_after }.into()
    }
}

impl From<Busy> for FormErrors {
    fn from(_: Busy) -> Self {
        FormError::Busy.into()
    }
}

/// The cause is only logged.
impl From<InternalError> for FormErrors {
    fn from(error: InternalError) -> Self {
        tracing::error!(%error, "a form failed");
        FormError::Internal.into()
    }
}

impl From<SignUpError> for FormErrors {
    fn from(error: SignUpError) -> Self {
        match error {
            SignUpError::Refused(errors) => Self(errors),
            SignUpError::Throttled(throttled) => throttled.into(),
            SignUpError::Busy(busy) => busy.into(),
            SignUpError::Internal(error) => error.into(),
        }
    }
}

impl From<SignInError> for FormErrors {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Email(invalid) => FormError::Email(invalid).into(),
            SignInError::Credentials => FormError::Credentials.into(),
            SignInError::Throttled(throttled) => throttled.into(),
            SignInError::Busy(busy) => busy.into(),
            SignInError::Internal(error) => error.into(),
        }
    }
}

impl From<ChangePasswordError> for FormErrors {
    fn from(error: ChangePasswordError) -> Self {
        match error {
            ChangePasswordError::CurrentPassword | ChangePasswordError::NoPassword => FormError::CurrentPassword.into(),
            ChangePasswordError::NewPassword(weak) => FormError::Password(weak).into(),
            ChangePasswordError::Throttled(throttled) => throttled.into(),
            ChangePasswordError::Busy(busy) => busy.into(),
            ChangePasswordError::Internal(error) => error.into(),
        }
    }
}

impl From<DeleteUserError> for FormErrors {
    fn from(error: DeleteUserError) -> Self {
        match error {
            DeleteUserError::Password
            | DeleteUserError::NoPassword
            | DeleteUserError::NotFresh
            | DeleteUserError::Gone => FormError::CurrentPassword.into(),
            DeleteUserError::Throttled(throttled) => throttled.into(),
            DeleteUserError::Busy(busy) => busy.into(),
            DeleteUserError::Internal(error) => error.into(),
        }
    }
}
