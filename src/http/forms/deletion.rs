//! `POST /actions/delete-account`

use leptos::{prelude::*, server_fn::codec::PostUrl};

use super::{
    errors::FormErrors,
    request::{FormRequest, rejected},
};
use crate::{
    auth::accounts::delete::{DeleteAccountError, Proof},
    domain::form::{FormKind, Notice},
};

/// Deletes the account. The current password confirms the deletion.
#[server(prefix = "/actions", endpoint = "delete-account", input = PostUrl)]
pub async fn submit_delete_account(#[server(default)] current_password: String) -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    let Some(principal) = request.require_principal(FormKind::Deletion) else { return Ok(()) };
    match request.auth.accounts.delete(principal, Proof::Password(&current_password), &request.requester).await {
        Ok(()) => {
            request.changes.end_session();
            request.succeed(Notice::AccountDeleted, "/");
        }
        // Another request has ended the session or deleted the account.
        Err(DeleteAccountError::Gone) => {
            request.changes.end_session();
            FormRequest::redirect_to_sign_in(FormKind::Deletion);
        }
        Err(error) => {
            let errors = FormErrors::from(error).for_current_password(&current_password);
            request.reject(rejected(FormKind::Deletion, errors), "");
        }
    }
    Ok(())
}
