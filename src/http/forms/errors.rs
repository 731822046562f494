//! Maps the errors of use cases to form errors.

use crate::{
    auth::{
        accounts::{
            change_email::RequestEmailChangeError,
            delete::DeleteAccountError,
            link::{RequestLinkError, SetPasswordError},
            sign_up::SignUpError,
        },
        codes::{CodeError, RequestCodeError},
        error::{InternalError, Interrupted},
        password::{change::ChangePasswordError, confirm::ConfirmPasswordError, first::FirstPasswordError},
        sign_in::{by_mail::LinkError, password::SignInError},
    },
    domain::form::FormError,
};

/// The errors that a form shows, in the order of its fields.
pub struct FormErrors(pub Vec<FormError>);

impl FormErrors {
    /// Names the reason why an empty current password is wrong.
    pub fn for_current_password(self, password: &str) -> Self {
        let named = |error| match error {
            FormError::CurrentPassword if password.is_empty() => FormError::CurrentPasswordMissing,
            error => error,
        };
        Self(self.0.into_iter().map(named).collect())
    }
}

impl From<FormError> for FormErrors {
    fn from(error: FormError) -> Self {
        Self(vec![error])
    }
}

impl From<Interrupted> for FormErrors {
    fn from(interrupted: Interrupted) -> Self {
        match interrupted {
            Interrupted::Throttled(throttled) => {
                let retry_after = u32::try_from(throttled.retry_after_seconds()).unwrap_or(u32::MAX);
                FormError::Throttled { retry_after }.into()
            }
            Interrupted::Busy(_) => FormError::Busy.into(),
            Interrupted::Internal(error) => error.into(),
        }
    }
}

/// `unavailable` if the database is unavailable. The cause is only logged.
pub fn unless_bug(error: InternalError, unavailable: FormError) -> FormErrors {
    if error.unavailable().is_none() {
        return error.into();
    }
    tracing::error!(%error, "a form is not complete");
    unavailable.into()
}

/// The cause is only logged.
impl From<InternalError> for FormErrors {
    fn from(error: InternalError) -> Self {
        tracing::error!(%error, "a form failed");
        match error.unavailable() {
            Some(_) => FormError::Busy.into(),
            None => FormError::Internal.into(),
        }
    }
}

impl From<SignUpError> for FormErrors {
    fn from(error: SignUpError) -> Self {
        match error {
            SignUpError::Closed => FormError::SignUpClosed.into(),
            SignUpError::Invalid(errors) => Self(errors),
            SignUpError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}

impl From<RequestLinkError> for FormErrors {
    fn from(error: RequestLinkError) -> Self {
        match error {
            RequestLinkError::Email(invalid) => FormError::Email(invalid).into(),
            RequestLinkError::NotOffered => FormError::Internal.into(),
            RequestLinkError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}

impl From<SetPasswordError> for FormErrors {
    fn from(error: SetPasswordError) -> Self {
        match error {
            // The page says what happened to the link.
            SetPasswordError::Link => Self(Vec::new()),
            SetPasswordError::NewPassword(weak) => FormError::Password(weak).into(),
            SetPasswordError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}

impl From<RequestEmailChangeError> for FormErrors {
    fn from(error: RequestEmailChangeError) -> Self {
        match error {
            RequestEmailChangeError::Email(invalid) => FormError::Email(invalid).into(),
            RequestEmailChangeError::Same => FormError::EmailSame.into(),
            RequestEmailChangeError::NotRecent | RequestEmailChangeError::Gone => FormError::NotRecent.into(),
            RequestEmailChangeError::Confirm(error) => error.into(),
            RequestEmailChangeError::NotOffered => FormError::Internal.into(),
            RequestEmailChangeError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}

impl From<SignInError> for FormErrors {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Email(invalid) => FormError::Email(invalid).into(),
            SignInError::Credentials => FormError::Credentials.into(),
            SignInError::Disabled => FormError::Disabled.into(),
            SignInError::NotVerified(_) => FormError::NotVerified.into(),
            SignInError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}

impl From<RequestCodeError> for FormErrors {
    fn from(error: RequestCodeError) -> Self {
        match error {
            RequestCodeError::Email(invalid) => FormError::Email(invalid).into(),
            RequestCodeError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}

impl From<CodeError> for FormErrors {
    fn from(error: CodeError) -> Self {
        match error {
            CodeError::Invalid => FormError::Code.into(),
            CodeError::Expired => FormError::CodeExpired.into(),
            CodeError::Exhausted => FormError::CodeExhausted.into(),
            CodeError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}

impl From<LinkError> for FormErrors {
    fn from(error: LinkError) -> Self {
        match error {
            // The page says what happened to the link.
            LinkError::Invalid => Self(Vec::new()),
            LinkError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}

impl From<FirstPasswordError> for FormErrors {
    fn from(error: FirstPasswordError) -> Self {
        match error {
            // The page shows the form that changes the password, or the sign-in page.
            FirstPasswordError::AlreadySet | FirstPasswordError::Gone => Self(Vec::new()),
            FirstPasswordError::NotFresh => FormError::NotRecent.into(),
            FirstPasswordError::NewPassword(weak) => FormError::Password(weak).into(),
            FirstPasswordError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}

impl From<ConfirmPasswordError> for FormErrors {
    fn from(error: ConfirmPasswordError) -> Self {
        match error {
            ConfirmPasswordError::Mismatch | ConfirmPasswordError::NoPassword => FormError::CurrentPassword.into(),
            ConfirmPasswordError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}

impl From<ChangePasswordError> for FormErrors {
    fn from(error: ChangePasswordError) -> Self {
        match error {
            ChangePasswordError::Confirm(error) => error.into(),
            ChangePasswordError::NewPassword(weak) => FormError::Password(weak).into(),
            ChangePasswordError::Both(weak) => Self(vec![FormError::CurrentPassword, FormError::Password(weak)]),
            ChangePasswordError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}

impl From<DeleteAccountError> for FormErrors {
    fn from(error: DeleteAccountError) -> Self {
        match error {
            DeleteAccountError::Confirm(error) => error.into(),
            DeleteAccountError::NotFresh | DeleteAccountError::Gone => FormError::CurrentPassword.into(),
            // The page says what happened to the link.
            DeleteAccountError::Link => Self(Vec::new()),
            DeleteAccountError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}
