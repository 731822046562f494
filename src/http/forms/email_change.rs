//! `POST /actions/request-email-change`, `POST /actions/change-email` and `POST /actions/undo-email-change`

use leptos::{prelude::*, server_fn::codec::PostUrl};

use super::{
    errors::{FormErrors, unless_bug},
    request::{FormRequest, rejected},
};
use crate::{
    auth::{
        Principal,
        accounts::change_email::{EmailChangeRequested, NewEmail, RequestEmailChangeError},
    },
    domain::{
        form::{Field, FormError, FormKind, Notice},
        session::StepUp,
    },
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
    match ask(&request, principal, &email, &current_password).await {
        Ok(EmailChangeRequested::CheckMail) => request.succeed(Notice::EmailChangeRequested, form.page()),
        Ok(EmailChangeRequested::Applied) => request.succeed(Notice::EmailRespelled, form.page()),
        Err(errors) => request.reject(rejected(form, errors).with_value(Field::Email, &email), ""),
    }
    Ok(())
}

async fn ask(
    request: &FormRequest,
    principal: Principal,
    email: &str,
    password: &str,
) -> Result<EmailChangeRequested, FormErrors> {
    let accounts = &request.auth.accounts;
    let new = NewEmail { email, password: Some(password).filter(|password| !password.is_empty()), return_to: None };
    match accounts.request_email_change(principal, new, &request.requester).await {
        Err(RequestEmailChangeError::NotRecent) => {
            let current = request.auth.sessions.current(principal).await?;
            let Some((session, _)) = current else { return Err(FormError::NotRecent.into()) };
            Err(match accounts.step_up(&session).await? {
                StepUp::SignIn => FormError::NotRecent.into(),
                StepUp::None | StepUp::Password => FormError::CurrentPasswordMissing.into(),
            })
        }
        requested => Ok(requested?),
    }
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
