//! The request of a server function, and the redirects that answer it.

use std::sync::Arc;

use leptos::prelude::{ServerFnError, use_context};

use super::{errors::FormErrors, step_up::Continuation};
use crate::{
    auth::{
        Auth, Principal, Requester,
        sign_in::{PendingSignIn, SignedIn},
    },
    domain::{
        ReturnAddress, UserId,
        form::{FormKind, FormState, Notice, RejectedForm},
        return_address::with_next,
    },
    http::{
        session::{changes::ResponseChanges, confirmation::PostedForm, cookies::CookieJar, second_step::WaitingSignIn},
        state::HttpSettings,
    },
    mail::links::LinkToken,
};

/// The request of a server function. [`run`](super::run) provides it as Leptos context.
#[derive(Clone)]
pub struct FormRequest {
    pub auth: Arc<Auth>,
    pub settings: Arc<HttpSettings>,
    pub requester: Requester,
    /// The signed-in user.
    pub principal: Option<Principal>,
    /// The cookies of the response.
    pub changes: ResponseChanges,
    /// All cookies.
    pub jar: CookieJar,
    /// The form as it was posted.
    pub posted: PostedForm,
    /// The form that is posted when this one is done.
    pub continuation: Continuation,
}

impl FormRequest {
    /// The request of the running server function.
    pub fn current() -> Result<Self, ServerFnError> {
        use_context().ok_or_else(|| ServerFnError::new("called outside a request"))
    }

    /// The signed-in user. `None`: the response redirects to the sign-in page, and from there to the page of `form`.
    pub fn require_principal(&self, form: FormKind) -> Option<Principal> {
        if self.principal.is_none() {
            Self::redirect_to_sign_in(form);
        }
        self.principal
    }

    /// Redirects to the sign-in page, and from there to the page of `form`.
    pub fn redirect_to_sign_in(form: FormKind) {
        leptos_axum::redirect(&with_next("/sign-in", Some(form.page())));
    }

    /// Starts the browser's session and redirects to `next`, or to the home page. A page of this service shows the
    /// notice. Ends the browser's previous session.
    pub async fn start_session(&self, signed_in: &SignedIn, next: &str, notice: Option<Notice>) {
        if let Some(previous) = self.principal
            && let Err(error) = self.auth.sessions.sign_out(previous, &self.requester).await
        {
            tracing::warn!(%error, "the browser's previous session could not be ended");
        }
        // An earlier rejection of the sign-in form is obsolete.
        self.jar.drop_form();
        self.changes.start_session(signed_in);
        let next = self.return_address(next).or_else(|| self.settings.pages.home.clone());
        let is_local = next.as_ref().is_none_or(|next| next.origin().is_none());
        if let Some(notice) = notice.filter(|_| is_local) {
            self.changes.show_form(FormState::Done(notice));
        }
        leptos_axum::redirect(next.as_ref().map_or(self.settings.home(), ReturnAddress::as_str));
    }

    /// Asks for the second factor. The user continues at `next` afterwards.
    pub fn ask_second_step(&self, pending: &PendingSignIn, next: &str) {
        self.jar.keep_second_step(&WaitingSignIn::new(pending, next), &self.settings.form_key);
        leptos_axum::redirect(FormKind::SecondStep.page());
    }

    /// Ends the browser's session and redirects to the page for signed-out users. A page of this service shows the
    /// notice.
    pub fn end_session(&self) {
        self.changes.end_session();
        let next = &self.settings.pages.after_sign_out;
        if next.origin().is_none() {
            self.changes.show_form(FormState::Done(Notice::SignedOut));
        }
        leptos_axum::redirect(next.as_str());
    }

    /// Redirects to `path`, where the page shows `notice`.
    pub fn succeed(&self, notice: Notice, path: &str) {
        self.changes.show_form(FormState::Done(notice));
        leptos_axum::redirect(path);
    }

    /// Redirects to the form's page, which shows the errors. The page keeps `next`.
    pub fn reject(&self, form: RejectedForm, next: &str) {
        let next = self.return_address(next);
        leptos_axum::redirect(&with_next(form.form().page(), next.as_ref().map(ReturnAddress::as_str)));
        self.changes.show_form(FormState::Failed(form));
    }

    /// The sign-in page, which keeps `next`.
    pub fn sign_in_page(&self, next: &str) -> String {
        with_next("/sign-in", self.return_address(next).as_ref().map(ReturnAddress::as_str))
    }

    /// The user whose browser this is: signed in, or known by the sign-up or the password that was sent before the
    /// address was verified.
    pub fn known_user(&self) -> Option<UserId> {
        let unverified = || self.jar.unverified(&self.settings.form_key);
        self.principal.map(Principal::user_id).or_else(unverified)
    }

    /// The secret of the link that the browser has opened. `None`: another link was opened since the form was shown.
    pub fn link(&self, label: &str) -> Option<String> {
        let token = self.jar.link(&self.settings.form_key)?;
        LinkToken::parse(&token).is_some_and(|token| token.label() == label).then_some(token)
    }

    fn return_address(&self, next: &str) -> Option<ReturnAddress> {
        self.settings.return_address(next)
    }
}

/// The rejection of `form` for a use case's error.
pub fn rejected(form: FormKind, errors: impl Into<FormErrors>) -> RejectedForm {
    RejectedForm::new(form, errors.into().0)
}
