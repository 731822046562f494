//! How a server function reaches the use cases, and what it leaves for the next page.

use std::sync::Arc;

use leptos::prelude::{ServerFnError, use_context};

use crate::{
    auth::{
        Auth, Principal, Requester,
        accounts::{delete::DeleteUserError, sign_up::SignUpError},
        error::{Busy, InternalError},
        password::change::ChangePasswordError,
        sign_in::password::{SignInError, SignedIn},
        throttle::Throttled,
    },
    domain::{
        ReturnAddress, email,
        form::{FormError, FormKind, FormState, Notice},
        name, return_address,
    },
    http::session::changes::ResponseChanges,
};

/// The most characters of an address and of a name that are shown again.
const MAX_EMAIL: usize = email::MAX_BYTES;
const MAX_NAME: usize = 2 * name::MAX_CHARS;

/// Where someone goes who has just signed in, unless they were on their way elsewhere.
const HOME: &str = "/account";

/// Says whether people may be sent on to an origin.
pub type TrustsOrigin = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// The request a server function answers, as the http layer leaves it in the context.
#[derive(Clone)]
pub struct Visit {
    /// The use cases.
    pub auth: Arc<Auth>,
    /// Who is asking, as far as the network tells.
    pub requester: Requester,
    /// Who is signed in.
    pub principal: Option<Principal>,
    /// Which other sites people may be sent on to.
    pub trusts: TrustsOrigin,
    /// Where to leave what the response is to carry.
    pub changes: ResponseChanges,
}

impl Visit {
    /// The current request's.
    pub fn of_request() -> Result<Self, ServerFnError> {
        use_context().ok_or_else(|| ServerFnError::new("called outside a request"))
    }

    /// Sends the person to the sign-in page, and from there back to the account page.
    pub fn ask_to_sign_in(&self) {
        leptos_axum::redirect(&self.with_next("/sign-in", HOME));
    }

    /// Who is signed in; nobody is sent to the sign-in page.
    pub fn require_principal(&self) -> Option<Principal> {
        if self.principal.is_none() {
            self.ask_to_sign_in();
        }
        self.principal
    }

    /// Starts the browser's session, ending the one it had, and goes on to where the person was.
    pub async fn enter(&self, signed_in: &SignedIn, next: &str) {
        if let Some(before) = self.principal
            && let Err(error) = self.auth.sign_out(before, &self.requester).await
        {
            tracing::warn!(%error, "the browser's former session could not be ended");
        }
        self.changes.start_session(signed_in);
        leptos_axum::redirect(self.next(next).as_ref().map_or(HOME, ReturnAddress::as_str));
    }

    /// Goes on to `path`, which tells what was done.
    pub fn done(&self, notice: Notice, path: &str) {
        self.changes.show_form(FormState::Done(notice));
        leptos_axum::redirect(path);
    }

    /// Goes back to the form at `path`, which tells what is wrong.
    pub fn refuse(&self, refusal: Refusal, path: &str, next: &str) {
        let Refusal { form, errors, email, name } = refusal;
        self.changes.show_form(FormState::Failed { form, errors, email, name });
        leptos_axum::redirect(&self.with_next(path, next));
    }

    fn next(&self, next: &str) -> Option<ReturnAddress> {
        ReturnAddress::parse(next, |origin| (self.trusts)(origin))
    }

    /// `path?next=…`, if `next` is where people may be sent.
    fn with_next(&self, path: &str, next: &str) -> String {
        return_address::with_next(path, self.next(next).as_ref().map(ReturnAddress::as_str))
    }
}

/// A refused form.
pub struct Refusal {
    form: FormKind,
    errors: Vec<FormError>,
    email: String,
    name: String,
}

impl Refusal {
    /// Fills these values in again.
    pub fn showing(mut self, email: &str, name: &str) -> Self {
        self.email = shown(email, MAX_EMAIL);
        self.name = shown(name, MAX_NAME);
        self
    }
}

/// As much of a value as is shown again: what is far too long would not fit into a cookie.
fn shown(value: &str, characters: usize) -> String {
    value.chars().filter(|character| !character.is_control()).take(characters).collect()
}

/// What a use case's error comes to on a page.
pub struct Outcome(Vec<FormError>);

impl Outcome {
    /// The form it is about.
    pub fn at(self, form: FormKind) -> Refusal {
        Refusal { form, errors: self.0, email: String::new(), name: String::new() }
    }
}

impl From<FormError> for Outcome {
    fn from(error: FormError) -> Self {
        Self(vec![error])
    }
}

impl From<Throttled> for Outcome {
    fn from(throttled: Throttled) -> Self {
        let retry_after = u32::try_from(throttled.retry_after_seconds()).unwrap_or(u32::MAX);
        FormError::Throttled { retry_after }.into()
    }
}

impl From<Busy> for Outcome {
    fn from(_: Busy) -> Self {
        FormError::Busy.into()
    }
}

/// The cause goes to the log; the person learns only that there is one.
impl From<InternalError> for Outcome {
    fn from(error: InternalError) -> Self {
        tracing::error!(%error, "a form could not be handled");
        FormError::Internal.into()
    }
}

impl From<SignUpError> for Outcome {
    fn from(error: SignUpError) -> Self {
        match error {
            SignUpError::Refused(errors) => Self(errors),
            SignUpError::Throttled(throttled) => throttled.into(),
            SignUpError::Busy(busy) => busy.into(),
            SignUpError::Internal(error) => error.into(),
        }
    }
}

impl From<SignInError> for Outcome {
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

impl From<ChangePasswordError> for Outcome {
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

impl From<DeleteUserError> for Outcome {
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
