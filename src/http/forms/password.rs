//! `POST /actions/change-password`

use leptos::{prelude::*, server_fn::codec::PostUrl};

use super::{
    errors::FormErrors,
    request::{FormRequest, rejected},
};
use crate::{
    auth::password::change::{PasswordChange, PasswordChanged},
    domain::form::{FormKind, Notice},
};

/// Changes the password and ends every other session.
#[server(prefix = "/actions", endpoint = "change-password", input = PostUrl)]
pub async fn submit_password(
    #[server(default)] current_password: String,
    #[server(default)] new_password: String,
) -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    let Some(principal) = request.require_principal(FormKind::Password) else { return Ok(()) };
    let change = PasswordChange { current: &current_password, new: &new_password, new_session: true };
    match request.auth.passwords.change(principal, change, &request.requester).await {
        Ok(changed) => {
            if let PasswordChanged::NewSession(signed_in) = changed {
                request.changes.start_session(&signed_in);
            }
            request.succeed(Notice::PasswordChanged, FormKind::Password.page());
        }
        Err(error) => {
            let errors = FormErrors::from(error).for_current_password(&current_password);
            request.reject(rejected(FormKind::Password, errors), "");
        }
    }
    Ok(())
}
