//! What a form says after a failed submit: a closed set of problems, and the values to show again.
//!
//! No free text: what a page shows is chosen by a variant, so nobody can put words on our pages.

use serde::{Deserialize, Serialize};

use super::{email::InvalidEmail, name::InvalidName, password::WeakPassword};

/// The forms there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FormKind {
    /// Create an account.
    SignUp,
    /// Sign in.
    SignIn,
    /// Change the name.
    Profile,
    /// Change the password.
    Password,
    /// End sessions.
    Sessions,
    /// Delete the account.
    Deletion,
}

/// The fields there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The e-mail address.
    Email,
    /// The name.
    Name,
    /// The password, or the new one.
    Password,
    /// The password until now.
    CurrentPassword,
}

/// What is wrong with a submitted form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum FormError {
    /// The e-mail address cannot be used.
    #[error(transparent)]
    Email(InvalidEmail),
    /// The e-mail address has an account already.
    #[error("there is already an account with this e-mail address; sign in instead")]
    EmailTaken,
    /// The name cannot be used.
    #[error(transparent)]
    Name(InvalidName),
    /// The password cannot be chosen.
    #[error(transparent)]
    Password(WeakPassword),
    /// The current password is not right.
    #[error("this is not your current password")]
    CurrentPassword,
    /// E-mail address and password do not belong together.
    #[error("the e-mail address or the password is not right")]
    Credentials,
    /// Too many attempts.
    #[error("too many attempts; try again in {retry_after} seconds")]
    Throttled {
        /// Seconds to wait.
        retry_after: u32,
    },
    /// More work than the server can take on just now.
    #[error("the service is busy; try again in a moment")]
    Busy,
    /// Something failed that the person cannot mend.
    #[error("something went wrong on our side; nothing was changed")]
    Internal,
}

impl FormError {
    /// The field this is about; `None` where it is about the form as a whole.
    pub const fn field(self) -> Option<Field> {
        match self {
            Self::Email(_) | Self::EmailTaken => Some(Field::Email),
            Self::Name(_) => Some(Field::Name),
            Self::Password(_) => Some(Field::Password),
            Self::CurrentPassword => Some(Field::CurrentPassword),
            Self::Credentials | Self::Throttled { .. } | Self::Busy | Self::Internal => None,
        }
    }
}

/// What a form success says on the next page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// The name was saved.
    ProfileSaved,
    /// The password was changed and other sessions ended.
    PasswordChanged,
    /// A session was ended.
    SessionEnded,
    /// All other sessions were ended.
    OtherSessionsEnded,
    /// The person signed out.
    SignedOut,
    /// The account was deleted.
    AccountDeleted,
}

/// What one page view hands to the next: the outcome of a form, with the values that may be shown
/// again. A password is never among them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FormState {
    /// The form was refused.
    Failed {
        /// Which form.
        form: FormKind,
        /// Everything wrong with it, in the order of its fields.
        errors: Vec<FormError>,
        /// The e-mail address as typed.
        email: String,
        /// The name as typed.
        name: String,
    },
    /// The form did what it says.
    Done(Notice),
}

impl FormState {
    /// The error that asks to come back later, if that is why the form was refused.
    pub fn asks_to_wait(&self) -> Option<FormError> {
        let Self::Failed { errors, .. } = self else { return None };
        errors.iter().copied().find(|error| matches!(error, FormError::Throttled { .. } | FormError::Busy))
    }

    /// The errors of `form`; none if this is about another form.
    pub fn errors(&self, form: FormKind) -> &[FormError] {
        match self {
            Self::Failed { form: failed, errors, .. } if *failed == form => errors,
            _ => &[],
        }
    }
}
