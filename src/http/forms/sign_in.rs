//! `POST /actions/sign-in`

use leptos::{prelude::*, server_fn::codec::PostUrl};

use super::{
    errors::FormErrors,
    request::{FormRequest, rejected},
};
use crate::{
    auth::sign_in::{
        SignInStep,
        password::{EmailAndPassword, SignInError},
    },
    domain::{
        Email,
        form::{Field, FormError, FormKind, Remember},
        password::WeakPassword,
    },
};

/// Signs a user in with e-mail address and password.
#[server(prefix = "/actions", endpoint = "sign-in", input = PostUrl)]
pub async fn submit_sign_in(
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] remember: Remember,
    #[server(default)] next: String,
) -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    let form = EmailAndPassword { email: &email, password: &password, remember: remember.is_persistent() };
    match sign_in(&request, form).await {
        Ok(SignInStep::Complete(signed_in)) => request.start_session(&signed_in, &next, None).await,
        Ok(SignInStep::SecondFactor(pending)) => request.ask_second_step(&pending, &next),
        Err(errors) => {
            let rejected = rejected(FormKind::SignIn, errors);
            request.reject(rejected.with_value(Field::Email, &email).with_remember(remember), &next);
        }
    }
    Ok(())
}

async fn sign_in(request: &FormRequest, form: EmailAndPassword<'_>) -> Result<SignInStep, FormErrors> {
    if form.password.is_empty() {
        let email = Email::presented(form.email).err().map(FormError::Email);
        let password = FormError::Password(WeakPassword::Missing);
        return Err(FormErrors(email.into_iter().chain([password]).collect()));
    }
    match request.auth.sign_in.with_password(form, &request.requester).await {
        Ok(step) => Ok(step),
        Err(error) => {
            if let SignInError::NotVerified(user) = error {
                request.jar.keep_unverified(user, &request.settings.form_key);
                request.auth.accounts.request_verification(form.email, None, &request.requester).await?;
            }
            Err(error.into())
        }
    }
}
