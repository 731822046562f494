//! `POST /actions/set-password`

use leptos::{prelude::*, server_fn::codec::PostUrl};

use super::request::{FormRequest, rejected};
use crate::{
    auth::password::first::FirstPasswordError,
    domain::form::{FormKind, Notice},
};

/// Sets the first password of an account, and ends every other session.
#[server(prefix = "/actions", endpoint = "set-password", input = PostUrl)]
pub async fn submit_first_password(#[server(default)] new_password: String) -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    let form = FormKind::FirstPassword;
    let Some(principal) = request.require_principal(form) else { return Ok(()) };
    match request.auth.passwords.set_first(principal, &new_password, &request.requester).await {
        Ok(()) => request.succeed(Notice::FirstPasswordSet, form.page()),
        Err(FirstPasswordError::NotFresh) => {
            if let Err(errors) = request.confirm_first(principal, form).await {
                request.reject(rejected(form, errors), "");
            }
        }
        Err(error) => request.reject(rejected(form, error), ""),
    }
    Ok(())
}
