//! `POST /actions/request-password-reset` and `POST /actions/reset-password`

use leptos::{prelude::*, server_fn::codec::PostUrl};

use super::request::{FormRequest, rejected};
use crate::domain::form::{Field, FormKind, Notice};

/// Requests a message with a link. The answer is the same whether or not the address has an account.
#[server(prefix = "/actions", endpoint = "request-password-reset", input = PostUrl)]
pub async fn submit_forgotten_password(#[server(default)] email: String) -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    match request.auth.accounts.request_reset(&email, None, &request.requester).await {
        Ok(()) => request.succeed(Notice::ResetRequested, FormKind::ForgottenPassword.page()),
        Err(error) => {
            let rejected = rejected(FormKind::ForgottenPassword, error);
            request.reject(rejected.with_value(Field::Email, &email), "");
        }
    }
    Ok(())
}

/// Sets a new password with the link that the browser has opened, unless another link was opened since.
#[server(prefix = "/actions", endpoint = "reset-password", input = PostUrl)]
pub async fn submit_password_reset(
    #[server(default)] link: String,
    #[server(default)] password: String,
) -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    let form = FormKind::PasswordReset;
    let Some(token) = request.link(&link) else {
        leptos_axum::redirect(form.page());
        return Ok(());
    };
    match request.auth.accounts.reset_password(&token, &password, &request.requester).await {
        Ok(()) => {
            request.jar.drop_link();
            request.succeed(Notice::PasswordReset, FormKind::SignIn.page());
        }
        Err(error) => request.reject(rejected(form, error), ""),
    }
    Ok(())
}
