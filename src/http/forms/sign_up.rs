//! `POST /actions/sign-up`

use leptos::{prelude::*, server_fn::codec::PostUrl};

use super::request::{FormRequest, rejected};
use crate::{
    auth::accounts::sign_up::SignUp,
    domain::form::{Field, FormKind, Notice, Remember},
};

/// Creates an account and signs the user in.
#[server(prefix = "/actions", endpoint = "sign-up", input = PostUrl)]
pub async fn submit_sign_up(
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] remember: Remember,
    #[server(default)] next: String,
) -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    let form = SignUp {
        email: &email,
        name: &name,
        password: &password,
        image: None,
        remember: remember.is_persistent(),
        return_to: None,
    };
    match request.auth.accounts.sign_up(form, &request.requester).await {
        Ok(signed_in) => request.start_session(&signed_in, &next, Some(Notice::AccountCreated)).await,
        Err(error) => {
            let rejected = rejected(FormKind::SignUp, error);
            let values = rejected.with_value(Field::Email, &email).with_value(Field::Name, &name);
            request.reject(values.with_remember(remember), &next);
        }
    }
    Ok(())
}
