//! `POST /actions/sign-in`

use leptos::{prelude::*, server_fn::codec::PostUrl};

use super::request::{FormRequest, rejected};
use crate::{
    auth::sign_in::{SignInStep, password::EmailAndPassword},
    domain::form::{Field, FormKind, Remember},
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
    match request.auth.sign_in.with_password(form, &request.requester).await {
        Ok(SignInStep::Complete(signed_in)) => request.start_session(&signed_in, &next).await,
        Err(error) => request.reject(rejected(FormKind::SignIn, error).with_value(Field::Email, &email), &next),
    }
    Ok(())
}
