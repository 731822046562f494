//! The errors and values that a form shows after a rejection.

use super::messages;
use crate::domain::form::{Field, FormError, FormKind, FormState, RejectedForm, Remember};

/// A form's view of the last form post. Empty unless that post was of this form and was rejected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Feedback {
    form: Option<RejectedForm>,
    remedy: Option<(FormError, Remedy)>,
}

/// A link to a page that helps with an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// The text of the link: a verb and its object.
    pub text: &'static str,
    /// The address of the page.
    pub href: String,
}

impl Feedback {
    /// The part of `state` that concerns `form`.
    pub fn new(form: FormKind, state: Option<&FormState>) -> Self {
        Self { form: state.and_then(|state| state.rejected(form)).cloned(), remedy: None }
    }

    /// Shows a link with `error`.
    #[must_use]
    pub fn with_remedy(mut self, error: FormError, remedy: Remedy) -> Self {
        self.remedy = Some((error, remedy));
        self
    }

    /// Whether the form has no errors to show.
    pub fn is_empty(&self) -> bool {
        self.errors().is_empty()
    }

    /// All errors, in the order of the fields.
    pub fn errors(&self) -> &[FormError] {
        self.form.as_ref().map_or(&[], RejectedForm::errors)
    }

    /// The link that helps with `error`.
    pub fn remedy(&self, error: FormError) -> Option<Remedy> {
        self.remedy.as_ref().filter(|(helped, _)| *helped == error).map(|(_, remedy)| remedy.clone())
    }

    /// The message under `field`.
    pub fn error(&self, field: Field) -> Option<String> {
        self.form.as_ref()?.error(field).map(messages::form_error)
    }

    /// The link under `field`.
    pub fn field_remedy(&self, field: Field) -> Option<Remedy> {
        self.remedy(self.form.as_ref()?.error(field)?)
    }

    /// The rejected value of `field`, to fill in again.
    pub fn value(&self, field: Field) -> Option<String> {
        self.form.as_ref()?.value(field).map(str::to_owned)
    }

    /// Whether the "Keep me signed in" checkbox is checked: as the user left it, and at first checked.
    pub fn remember(&self) -> bool {
        self.form.as_ref().and_then(RejectedForm::remember).is_none_or(Remember::is_persistent)
    }
}
