//! A form that needs a recent sign-in: the user confirms their identity on a page, which continues with the form.

use std::sync::{Arc, Mutex, PoisonError};

use super::{errors::FormErrors, request::FormRequest};
use crate::{
    auth::{Principal, error::InternalError, sign_in::reauthenticate::Reauthenticated},
    domain::{
        ReturnAddress,
        form::{FormError, FormKind},
        session::StepUp,
    },
    http::session::confirmation::{PostedForm, WaitingForm},
};

/// The name of the field with the current password, in every form that has one.
const PASSWORD: &str = "current_password";

/// The form that is posted when the current one is done.
#[derive(Clone, Default)]
pub struct Continuation(Arc<Mutex<Option<(Principal, PostedForm)>>>);

impl Continuation {
    /// Removes and returns the form, and its user.
    pub fn take(&self) -> Option<(Principal, PostedForm)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn set(&self, principal: Principal, form: PostedForm) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((principal, form));
    }
}

impl FormRequest {
    /// Redirects to the page that confirms the identity of the user, and continues with this form afterwards. The errors to
    /// show instead: the form has an empty field for the password, or the account has nothing to confirm with.
    pub async fn confirm_first(&self, principal: Principal, form: FormKind) -> Result<(), FormErrors> {
        let current = self.auth.sessions.current(principal).await?;
        let Some((session, _)) = current else { return Err(FormError::NotRecent.into()) };
        match self.auth.sign_in.step_up(&session).await? {
            StepUp::Password if self.posted.has(PASSWORD) => Err(FormError::CurrentPasswordMissing.into()),
            StepUp::SignIn => Err(FormError::NotRecent.into()),
            StepUp::None | StepUp::Password | StepUp::Confirm => {
                let (owner, posted) = ((principal.user_id(), principal.session_id()), Some(self.posted.clone()));
                let waiting = WaitingForm::new(owner, form, posted, self.auth.now());
                self.jar.keep_confirmation(&waiting.map_err(InternalError::from)?, &self.settings.form_key);
                leptos_axum::redirect(FormKind::Confirmation.page());
                Ok(())
            }
        }
    }

    /// The form that waits in this session, if the page that shows it is the latest one.
    pub fn waiting(&self, principal: Principal, label: &str) -> Option<WaitingForm> {
        let waiting = self.jar.confirmation(&self.settings.form_key)?;
        let is_own = waiting.is_of(principal.user_id(), principal.session_id(), self.auth.now());
        (is_own && waiting.label == label).then_some(waiting)
    }

    /// Continues after a confirmation: with the form that waits, or at the address.
    pub fn continue_with(&self, waiting: WaitingForm, again: &Reauthenticated) {
        self.jar.drop_confirmation();
        self.changes.refresh_access(again);
        let next = self.settings.return_address(&waiting.next);
        let page = match waiting.form {
            FormKind::Confirmation => FormKind::Password.page(),
            form => form.page(),
        };
        leptos_axum::redirect(next.as_ref().map_or(page, ReturnAddress::as_str));
        if let Some(posted) = waiting.posted {
            self.continuation.set(again.principal, posted);
        }
    }
}
