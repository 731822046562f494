//! `POST /actions/request-email-change`, `POST /actions/change-email` and `POST /actions/undo-email-change`

use leptos::{prelude::*, server_fn::codec::PostUrl};

use super::{
    errors::unless_bug,
    request::{FormRequest, rejected},
};
use crate::{
    auth::accounts::change_email::{EmailChangeRequested, NewEmail, RequestEmailChangeError},
    domain::form::{Field, FormError, FormKind, Notice},
};

/// Requests a message with a link to a new address. The answer is the same whether or not the address is free.
#[server(prefix = "/actions", endpoint = "request-email-change", input = PostUrl)]
pub async fn submit_email_change(
    #[server(default)] email: String,
    #[server(default)] current_password: String,
) -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    let form = FormKind::EmailChange;
    let Some(principal) = request.require_principal(form) else { return Ok(()) };
    let password = Some(&*current_password).filter(|password| !password.is_empty());
    let new = NewEmail { email: &email, password, return_to: None };
    let errors = match request.auth.accounts.request_email_change(principal, new, &request.requester).await {
        Ok(EmailChangeRequested::CheckMail) => {
            request.succeed(Notice::EmailChangeRequested, form.page());
            return Ok(());
        }
        Ok(EmailChangeRequested::Applied) => {
            request.succeed(Notice::EmailRespelled, form.page());
            return Ok(());
        }
        Err(RequestEmailChangeError::NotRecent) => match request.confirm_first(principal, form).await {
            Ok(()) => return Ok(()),
            Err(errors) => errors,
        },
        Err(error) => error.into(),
    };
    request.reject(rejected(form, errors).with_value(Field::Email, &email), "");
    Ok(())
}

/// Changes the address of the signed-in user with the link that the browser has opened.
#[server(prefix = "/actions", endpoint = "change-email", input = PostUrl)]
pub async fn submit_new_email(#[server(default)] link: String) -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    let form = FormKind::EmailConfirmation;
    // The page of the form then asks to sign in, or says what happened to the link.
    let (Some(principal), Some(token)) = (request.principal, request.link(&link)) else {
        leptos_axum::redirect(form.page());
        return Ok(());
    };
    match request.auth.accounts.change_email(principal, &token, &request.requester).await {
        Ok(true) => {
            request.jar.drop_link();
            request.jar.drop_unverified();
            request.succeed(Notice::EmailChanged, FormKind::EmailChange.page());
        }
        Ok(false) => leptos_axum::redirect(form.page()),
        Err(error) => request.reject(rejected(form, unless_bug(error, FormError::Busy)), ""),
    }
    Ok(())
}

/// Restores the former address and sets a new password, with the link that the browser has opened.
#[server(prefix = "/actions", endpoint = "undo-email-change", input = PostUrl)]
pub async fn submit_email_undo(
    #[server(default)] link: String,
    #[server(default)] password: String,
) -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    let form = FormKind::EmailUndo;
    let Some(token) = request.link(&link) else {
        leptos_axum::redirect(form.page());
        return Ok(());
    };
    match request.auth.accounts.undo_email_change(&token, &password, &request.requester).await {
        Ok(()) => {
            request.jar.drop_link();
            request.succeed(Notice::EmailRestored, FormKind::SignIn.page());
        }
        Err(error) => request.reject(rejected(form, error), ""),
    }
    Ok(())
}
