//! `POST /actions/sign-up-passkey`

use leptos::{prelude::*, server_fn::codec::PostUrl};

use super::{
    errors::FormErrors,
    passkey_response::PasskeyResponse,
    request::{FormRequest, rejected},
};
use crate::{
    auth::accounts::{passkey_sign_up::PasskeySignUp, sign_up::SignedUp},
    domain::form::{Field, FormKind, Notice, Remember},
    http::session::ceremony::CeremonyKind,
};

/// Creates an account with a passkey and no password, and signs the user in, or sends a message to verify the address
/// first.
#[server(prefix = "/actions", endpoint = "sign-up-passkey", input = PostUrl)]
pub async fn submit_passkey_sign_up(
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] response: String,
    #[server(default)] remember: Remember,
    #[server(default)] next: String,
) -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    let form = PasskeySignUp { email: &email, name: &name, remember: remember.is_persistent(), return_to: None };
    match sign_up(&request, form, &response).await {
        Ok(SignedUp::SignedIn(signed_in)) => {
            request.start_session(&signed_in, &next, Some(Notice::AccountCreated)).await;
        }
        Ok(SignedUp::CheckMail(user)) => {
            request.jar.keep_unverified(user.id, &request.settings.form_key);
            request.succeed(Notice::CheckMail, &request.sign_in_page(&next));
        }
        Err(errors) => {
            let rejected = rejected(FormKind::SignUp, errors);
            let values = rejected.with_value(Field::Email, &email).with_value(Field::Name, &name);
            request.reject(values.with_remember(remember), &next);
        }
    }
    Ok(())
}

async fn sign_up(request: &FormRequest, form: PasskeySignUp<'_>, response: &str) -> Result<SignedUp, FormErrors> {
    let PasskeyResponse { secret, response } = PasskeyResponse::take(request, CeremonyKind::SignUp, response)?;
    Ok(request.auth.accounts.sign_up_with_passkey(form, &secret, &response, &request.requester).await?)
}
