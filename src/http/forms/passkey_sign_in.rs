//! `POST /actions/sign-in-passkey`

use leptos::{prelude::*, server_fn::codec::PostUrl};

use super::{
    errors::FormErrors,
    passkey_response::PasskeyResponse,
    request::{FormRequest, rejected},
};
use crate::{
    auth::sign_in::{SignedIn, passkey::PasskeySignInError},
    domain::form::{Field, FormKind, Remember},
    http::session::ceremony::CeremonyKind,
};

/// Signs a user in with a passkey. The page is that of the password: it keeps the address.
#[server(prefix = "/actions", endpoint = "sign-in-passkey", input = PostUrl)]
pub async fn submit_passkey_sign_in(
    #[server(default)] email: String,
    #[server(default)] response: String,
    #[server(default)] remember: Remember,
    #[server(default)] next: String,
) -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    match sign_in(&request, &response, remember).await {
        Ok(signed_in) => request.start_session(&signed_in, &next, None).await,
        Err(errors) => {
            let rejected = rejected(FormKind::SignIn, errors).with_value(Field::Email, &email);
            request.reject(rejected.with_remember(remember), &next);
        }
    }
    Ok(())
}

async fn sign_in(request: &FormRequest, response: &str, remember: Remember) -> Result<SignedIn, FormErrors> {
    let PasskeyResponse { secret, response } = PasskeyResponse::take(request, CeremonyKind::SignIn, response)?;
    let (sign_in, requester) = (&request.auth.sign_in, &request.requester);
    let signed_in = sign_in.with_passkey(&secret, &response, remember.is_persistent(), requester).await;
    if let Err(PasskeySignInError::NotVerified(user)) = &signed_in {
        request.jar.keep_unverified(*user, &request.settings.form_key);
    }
    Ok(signed_in?)
}
