//! The outcome of a form post, passed to the next page in a sealed cookie.
//!
//! Pages choose their text by enum variants. Free text never comes from the cookie, except the values of
//! fields that are shown again, and recovery codes.

mod field;
mod kind;
mod passkey_problem;
mod remember;

pub use field::Field;
pub use kind::{ALL_SESSIONS, FormKind, RECOVERY_CODES};
pub use passkey_problem::PasskeyProblem;
pub use remember::Remember;

use serde::{Deserialize, Serialize};

use super::{email::InvalidEmail, name::InvalidName, password::WeakPassword};

/// The most that a form shows again of one rejected value, in bytes of JSON. Two such values keep the sealed cookie
/// below 4,096 bytes, the most that browsers store.
const MAX_SHOWN: usize = 1_200;

/// Why a form was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FormError {
    /// The e-mail address is invalid.
    Email(InvalidEmail),
    /// The e-mail address belongs to an account already.
    EmailTaken,
    /// The e-mail address is that of the account.
    EmailSame,
    /// The name is invalid.
    Name(InvalidName),
    /// The new password is refused by the password policy.
    Password(WeakPassword),
    /// The current password is missing.
    CurrentPasswordMissing,
    /// The current password is wrong.
    CurrentPassword,
    /// The sign-in is not recent, and the account has nothing to confirm the user's identity with.
    NotRecent,
    /// The code is missing.
    CodeMissing,
    /// The code is wrong.
    Code,
    /// The code is wrong, and its message has no link.
    MailCode,
    /// The code has expired.
    CodeExpired,
    /// The code had too many wrong attempts.
    CodeExhausted,
    /// The code of the authenticator app is missing.
    TotpMissing,
    /// The code of the authenticator app is wrong, or was used.
    Totp,
    /// The recovery code is missing.
    RecoveryCodeMissing,
    /// The recovery code is wrong, or was used.
    RecoveryCode,
    /// The sign-in waited too long for the second factor, or the credentials have changed.
    SecondStepEnded,
    /// The sign-in had too many wrong codes.
    SecondStepExhausted,
    /// No set-up of an authenticator app waits in this session.
    SetUpEnded,
    /// Why a form about passkeys was rejected.
    Passkey(PasskeyProblem),
    /// The service requires two-step sign-in.
    SecondFactorRequired,
    /// Sign-up is closed.
    SignUpClosed,
    /// No account has this e-mail address and password.
    Credentials,
    /// The password is right, and the account is disabled.
    Disabled,
    /// The password is right, and the address is not verified.
    NotVerified,
    /// Too many attempts.
    Throttled {
        /// In seconds.
        retry_after: u32,
    },
    /// The server is at capacity.
    Busy,
    /// The user is signed out of this server, and other servers do not know of it yet.
    SignOutPending,
    /// This server refuses the sessions, and other servers do not know of it yet.
    RevocationPending,
    /// An internal error. Its cause is only logged.
    Internal,
}

impl FormError {
    /// The field with the error. `None`: the error concerns the whole form.
    pub const fn field(self) -> Option<Field> {
        match self {
            Self::Email(_) | Self::EmailTaken | Self::EmailSame => Some(Field::Email),
            Self::Name(_) => Some(Field::Name),
            Self::Password(_) => Some(Field::Password),
            Self::CurrentPasswordMissing | Self::CurrentPassword => Some(Field::CurrentPassword),
            Self::CodeMissing
            | Self::Code
            | Self::MailCode
            | Self::CodeExpired
            | Self::CodeExhausted
            | Self::TotpMissing
            | Self::Totp
            | Self::RecoveryCodeMissing
            | Self::RecoveryCode => Some(Field::Code),
            Self::Passkey(problem) => problem.field(),
            Self::NotRecent
            | Self::SecondStepEnded
            | Self::SecondStepExhausted
            | Self::SetUpEnded
            | Self::SecondFactorRequired
            | Self::SignUpClosed
            | Self::Credentials
            | Self::Disabled
            | Self::NotVerified
            | Self::Throttled { .. }
            | Self::Busy
            | Self::SignOutPending
            | Self::RevocationPending
            | Self::Internal => None,
        }
    }

    /// Whether the form was not at fault: the page that shows the error has an error status.
    pub const fn is_failure(self) -> bool {
        matches!(
            self,
            Self::Throttled { .. } | Self::Busy | Self::SignOutPending | Self::RevocationPending | Self::Internal
        )
    }
}

/// A successful form post, confirmed on the next page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// The account was created and the user signed in.
    AccountCreated,
    /// The name was saved.
    ProfileSaved,
    /// The password was changed and other sessions ended.
    PasswordChanged,
    /// One session was ended.
    SessionEnded,
    /// All other sessions were ended.
    OtherSessionsEnded,
    /// The user signed out.
    SignedOut,
    /// The account was deleted.
    AccountDeleted,
    /// A link was sent, if the address has an account.
    ResetRequested,
    /// The password was reset.
    PasswordReset,
    /// A message follows the sign-up.
    CheckMail,
    /// The message that verifies the e-mail address was sent.
    VerificationSent,
    /// The e-mail address was verified.
    EmailVerified,
    /// The e-mail address was verified and a new password set.
    AccountClaimed,
    /// The message with a link that deletes the account was sent.
    DeletionRequested,
    /// A link was sent to the new e-mail address.
    EmailChangeRequested,
    /// The e-mail address was changed and other sessions ended.
    EmailChanged,
    /// The spelling of the e-mail address was changed.
    EmailRespelled,
    /// The former e-mail address was restored and a new password set.
    EmailRestored,
    /// Another message with a code was sent, if the address can sign in.
    CodeSentAgain,
    /// The first password was set.
    FirstPasswordSet,
    /// Two-step sign-in was turned on.
    TwoStepOn,
    /// Two-step sign-in was turned off.
    TwoStepOff,
    /// The user signed in with a recovery code.
    RecoveryCodeUsed,
    /// A device is not trusted any more.
    DeviceUntrusted,
    /// A passkey was added.
    PasskeyAdded,
    /// A passkey was renamed.
    PasskeyRenamed,
    /// A passkey was removed.
    PasskeyRemoved,
    /// Another message with a code that confirms the user's identity was sent.
    ConfirmationCodeSent,
    /// A form waited too long for the confirmation of the user's identity, or another one waits since.
    ConfirmationEnded,
}

/// A rejected form: its errors, and the values to fill in again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedForm {
    form: FormKind,
    errors: Vec<FormError>,
    values: Vec<(Field, String)>,
    remember: Option<Remember>,
}

impl RejectedForm {
    /// A rejected form without values. The errors are in the order of the fields.
    pub const fn new(form: FormKind, errors: Vec<FormError>) -> Self {
        Self { form, errors, values: Vec::new(), remember: None }
    }

    /// Adds a value to fill in again, unless the field is a password.
    #[must_use]
    pub fn with_value(mut self, field: Field, value: &str) -> Self {
        if field.is_shown_again() {
            self.values.push((field, shown(value)));
        }
        self
    }

    /// Adds the state of the "Keep me signed in" checkbox.
    #[must_use]
    pub const fn with_remember(mut self, remember: Remember) -> Self {
        self.remember = Some(remember);
        self
    }

    /// The form that was rejected.
    pub const fn form(&self) -> FormKind {
        self.form
    }

    /// All errors, in the order of the fields.
    pub fn errors(&self) -> &[FormError] {
        &self.errors
    }

    /// The first error of `field`.
    pub fn error(&self, field: Field) -> Option<FormError> {
        self.errors.iter().copied().find(|error| error.field() == Some(field))
    }

    /// The value of `field` to fill in again.
    pub fn value(&self, field: Field) -> Option<&str> {
        self.values.iter().find(|(known, _)| *known == field).map(|(_, value)| value.as_str())
    }

    /// The state of the "Keep me signed in" checkbox.
    pub const fn remember(&self) -> Option<Remember> {
        self.remember
    }
}

/// The value, without the characters that a browser removes from a field of one line, and not longer than
/// [`MAX_SHOWN`].
fn shown(value: &str) -> String {
    let mut length = 0;
    let characters = value.chars().filter(|character| !matches!(character, '\0' | '\n' | '\r'));
    let fitting = characters.take_while(|character| {
        length += match character {
            '"' | '\\' => 2,
            control if control.is_ascii_control() => 6,
            other => other.len_utf8(),
        };
        length <= MAX_SHOWN
    });
    fitting.collect()
}

/// The outcome of a form post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FormState {
    /// The form was rejected.
    Failed(RejectedForm),
    /// The form is shown with these values, without errors.
    Filled(RejectedForm),
    /// The form succeeded.
    Done(Notice),
    /// The form has made recovery codes, which are shown once.
    RecoveryCodes(Vec<String>),
}

impl FormState {
    /// The errors and values of `form`. `None` after a success, or after a post of another form.
    pub fn rejected(&self, form: FormKind) -> Option<&RejectedForm> {
        match self {
            Self::Failed(rejected) | Self::Filled(rejected) if rejected.form == form => Some(rejected),
            _ => None,
        }
    }

    /// Whether the page at `path` uses this outcome up. Errors and values wait for the page of their form.
    pub fn is_for(&self, path: &str) -> bool {
        match self {
            Self::Failed(form) | Self::Filled(form) => form.form.page() == path,
            Self::Done(_) => true,
            Self::RecoveryCodes(_) => path == RECOVERY_CODES,
        }
    }

    /// The sign-in form with the address of a sign-up that was rejected because the address has an account.
    pub fn sign_in_instead(&self) -> Option<Self> {
        let Self::Failed(rejected) = self else { return None };
        let taken = rejected.form == FormKind::SignUp && rejected.errors.contains(&FormError::EmailTaken);
        let email = rejected.value(Field::Email).filter(|_| taken)?;
        let values = RejectedForm::new(FormKind::SignIn, Vec::new()).with_value(Field::Email, email);
        Some(Self::Filled(RejectedForm { remember: rejected.remember, ..values }))
    }

    /// The error for which the page has an error status.
    pub fn failure(&self) -> Option<FormError> {
        let Self::Failed(rejected) = self else { return None };
        rejected.errors.iter().copied().find(|error| error.is_failure())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejected_form_never_keeps_a_password() {
        let rejected = RejectedForm::new(FormKind::SignUp, vec![FormError::EmailTaken])
            .with_value(Field::Email, "ada@example.com")
            .with_value(Field::Password, "open sesame")
            .with_value(Field::CurrentPassword, "open sesame");
        assert_eq!(rejected.value(Field::Email), Some("ada@example.com"));
        assert_eq!((rejected.value(Field::Password), rejected.value(Field::CurrentPassword)), (None, None));
        assert!(!format!("{rejected:?}").contains("sesame"));
    }

    #[test]
    fn rejected_form_bounds_its_values() {
        let rejected = RejectedForm::new(FormKind::SignUp, Vec::new())
            .with_value(Field::Email, &"🔑".repeat(10_000))
            .with_value(Field::Name, "a\r\nb");
        assert_eq!(rejected.value(Field::Email).unwrap().len(), MAX_SHOWN);
        assert_eq!(rejected.value(Field::Name), Some("ab"));
    }

    #[test]
    fn rejected_form_keeps_values_exactly() {
        for typed in ["  spaces  ", "a\tb\u{7}", "\u{202e}\u{200b}\"\\'<>&", &"x".repeat(1_000), ""] {
            let rejected = RejectedForm::new(FormKind::SignUp, Vec::new()).with_value(Field::Name, typed);
            assert_eq!(rejected.value(Field::Name), Some(typed));
        }
    }

    #[test]
    fn sign_in_instead_keeps_address_and_checkbox() {
        let rejected = RejectedForm::new(FormKind::SignUp, vec![FormError::EmailTaken])
            .with_value(Field::Email, "ada@example.com")
            .with_value(Field::Name, "Ada")
            .with_remember(Remember::UntilClosed);
        let filled = FormState::Failed(rejected).sign_in_instead().unwrap();
        assert!(filled.is_for("/sign-in") && !filled.is_for("/sign-up"));
        let form = filled.rejected(FormKind::SignIn).unwrap();
        assert_eq!((form.value(Field::Email), form.value(Field::Name)), (Some("ada@example.com"), None));
        assert_eq!((form.remember(), form.errors()), (Some(Remember::UntilClosed), &[][..]));
        for other in [FormError::Busy, FormError::Name(InvalidName::TooLong)] {
            let rejected = RejectedForm::new(FormKind::SignUp, vec![other]).with_value(Field::Email, "a@b.org");
            assert_eq!(FormState::Failed(rejected).sign_in_instead(), None);
        }
    }

    #[test]
    fn rejected_other_form_is_none() {
        let state = FormState::Failed(RejectedForm::new(FormKind::SignIn, vec![FormError::Busy]));
        assert!(state.rejected(FormKind::SignIn).is_some() && state.rejected(FormKind::SignUp).is_none());
    }
}
