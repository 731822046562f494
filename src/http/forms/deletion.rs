//! `POST /actions/delete-account`, `POST /actions/request-deletion` and `POST /actions/confirm-deletion`

use leptos::{prelude::*, server_fn::codec::PostUrl};

use super::{
    errors::FormErrors,
    request::{FormRequest, rejected},
};
use crate::{
    auth::{
        Principal,
        accounts::delete::{DeleteAccountError, Proof, RequiredProof},
    },
    domain::form::{FormKind, Notice},
};

/// Deletes the account. The current password confirms the deletion. Without one, the recent sign-in does.
#[server(prefix = "/actions", endpoint = "delete-account", input = PostUrl)]
pub async fn submit_delete_account(#[server(default)] current_password: String) -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    let Some(principal) = request.require_principal(FormKind::Deletion) else { return Ok(()) };
    match delete(&request, principal, &current_password).await {
        Ok(()) => deleted(&request),
        Err(DeleteAccountError::Gone) => gone(&request, FormKind::Deletion),
        Err(DeleteAccountError::NotFresh) => {
            // The page of the form says what to do instead.
            if request.confirm_first(principal, FormKind::Deletion).await.is_err() {
                leptos_axum::redirect(FormKind::Deletion.page());
            }
        }
        Err(error) => {
            let errors = FormErrors::from(error).for_current_password(&current_password);
            request.reject(rejected(FormKind::Deletion, errors), "");
        }
    }
    Ok(())
}

async fn delete(request: &FormRequest, principal: Principal, password: &str) -> Result<(), DeleteAccountError> {
    let accounts = &request.auth.accounts;
    let current = request.auth.sessions.current(principal).await?;
    let (session, user) = current.ok_or(DeleteAccountError::Gone)?;
    let proof = match accounts.required_proof(&session, &user).await? {
        RequiredProof::Password => Proof::Password(password),
        RequiredProof::None | RequiredProof::Link | RequiredProof::SignIn => Proof::FreshSession,
    };
    accounts.delete(principal, proof, &request.requester).await
}

/// Sends the signed-in user a link that deletes the account.
#[server(prefix = "/actions", endpoint = "request-deletion", input = PostUrl)]
pub async fn submit_deletion_request() -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    let form = FormKind::DeletionRequest;
    let Some(principal) = request.require_principal(form) else { return Ok(()) };
    match request.auth.accounts.request_deletion(principal, None, &request.requester).await {
        Ok(true) => request.succeed(Notice::DeletionRequested, form.page()),
        // The page of the form says what to do instead.
        Ok(false) => leptos_axum::redirect(form.page()),
        Err(DeleteAccountError::Gone) => gone(&request, form),
        Err(error) => request.reject(rejected(form, error), ""),
    }
    Ok(())
}

/// Deletes the account with the link that the browser has opened.
#[server(prefix = "/actions", endpoint = "confirm-deletion", input = PostUrl)]
pub async fn submit_linked_deletion(#[server(default)] link: String) -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    let form = FormKind::LinkedDeletion;
    let Some(principal) = request.require_principal(form) else { return Ok(()) };
    // The page of the form says what happened to the link.
    let Some(token) = request.link(&link) else {
        leptos_axum::redirect(form.page());
        return Ok(());
    };
    match request.auth.accounts.delete(principal, Proof::Link(&token), &request.requester).await {
        Ok(()) => {
            request.jar.drop_link();
            deleted(&request);
        }
        Err(DeleteAccountError::Gone) => gone(&request, form),
        Err(error) => request.reject(rejected(form, error), ""),
    }
    Ok(())
}

fn deleted(request: &FormRequest) {
    request.changes.end_session();
    request.succeed(Notice::AccountDeleted, "/");
}

/// Another request has ended the session or deleted the account.
fn gone(request: &FormRequest, form: FormKind) {
    request.changes.end_session();
    FormRequest::redirect_to_sign_in(form);
}
