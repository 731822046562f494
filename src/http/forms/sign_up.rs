//! `POST /actions/sign-up`

use leptos::{prelude::*, server_fn::codec::PostUrl};

use super::request::{FormRequest, rejected};
use crate::{
    auth::accounts::sign_up::{SignUp, SignedUp},
    domain::form::{Field, FormKind, Notice, Remember},
};

/// Creates an account and signs the user in, or sends a message to verify the address first.
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
        Ok(SignedUp::SignedIn(signed_in)) => {
            request.start_session(&signed_in, &next, Some(Notice::AccountCreated)).await;
        }
        Ok(SignedUp::CheckMail(user)) => {
            request.jar.keep_unverified(user.id, &request.settings.form_key);
            request.succeed(Notice::CheckMail, &request.sign_in_page(&next));
        }
        Err(error) => {
            let rejected = rejected(FormKind::SignUp, error);
            let values = rejected.with_value(Field::Email, &email).with_value(Field::Name, &name);
            request.reject(values.with_remember(remember), &next);
        }
    }
    Ok(())
}
