//! The errors and values that a form shows after a rejection.

use super::messages;
use crate::domain::form::{Field, FormError, FormKind, FormState, RejectedForm};

/// A form's view of the last form post. Empty unless that post was of this form and was rejected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Feedback(Option<RejectedForm>);

impl Feedback {
    /// The part of `state` that concerns `form`.
    pub fn new(form: FormKind, state: Option<&FormState>) -> Self {
        Self(state.and_then(|state| state.rejected(form)).cloned())
    }

    /// Whether the form has no errors to show.
    pub fn is_empty(&self) -> bool {
        self.errors().is_empty()
    }

    /// All errors, in the order of the fields.
    pub fn errors(&self) -> &[FormError] {
        self.0.as_ref().map_or(&[], RejectedForm::errors)
    }

    /// The message under `field`.
    pub fn error(&self, field: Field) -> Option<String> {
        self.0.as_ref()?.error(field).map(messages::form_error)
    }

    /// The rejected value of `field`, to fill in again.
    pub fn value(&self, field: Field) -> Option<String> {
        self.0.as_ref()?.value(field).map(str::to_owned)
    }
}
