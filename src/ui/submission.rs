//! What a form shows again after it was refused.

use super::messages;
use crate::domain::form::{Field, FormError, FormKind, FormState};

/// One form's view of the last submit: its errors and the values to fill in again. Empty where
/// nothing was submitted or another form was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Submission {
    errors: Vec<FormError>,
    values: Option<(String, String)>,
}

impl Submission {
    /// What `state` says about the form of `kind`.
    pub fn of(kind: FormKind, state: Option<&FormState>) -> Self {
        match state {
            Some(FormState::Failed { form, errors, email, name }) if *form == kind => {
                Self { errors: errors.clone(), values: Some((email.clone(), name.clone())) }
            }
            _ => Self::default(),
        }
    }

    /// Everything that is wrong, in the order of the fields.
    pub fn errors(&self) -> &[FormError] {
        &self.errors
    }

    /// What is wrong with `field`; the first reason where there are several.
    pub fn error(&self, field: Field) -> Option<String> {
        self.errors.iter().copied().find(|error| error.field() == Some(field)).map(messages::form_error)
    }

    /// Whether the form was refused.
    pub fn failed(&self) -> bool {
        !self.errors.is_empty()
    }

    /// The e-mail address as typed.
    pub fn email(&self) -> Option<String> {
        self.values.as_ref().map(|(email, _)| email.clone())
    }

    /// The name as typed.
    pub fn name(&self) -> Option<String> {
        self.values.as_ref().map(|(_, name)| name.clone())
    }
}
