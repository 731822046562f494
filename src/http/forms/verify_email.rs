//! `POST /actions/send-verification`, `POST /actions/verify-email` and `POST /actions/claim-account`

use leptos::{prelude::*, server_fn::codec::PostUrl};

use super::{
    errors::{FormErrors, unless_bug},
    request::{FormRequest, rejected},
};
use crate::{
    auth::Principal,
    domain::form::{FormError, FormKind, Notice},
};

/// Sends the signed-in user the message with a link again.
#[server(prefix = "/actions", endpoint = "send-verification", input = PostUrl)]
pub async fn submit_verification_request() -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    let Some(principal) = request.require_principal(FormKind::Verification) else { return Ok(()) };
    match send(&request, principal).await {
        Ok(()) => request.succeed(Notice::VerificationSent, FormKind::Verification.page()),
        Err(errors) => request.reject(rejected(FormKind::Verification, errors), ""),
    }
    Ok(())
}

async fn send(request: &FormRequest, principal: Principal) -> Result<(), FormErrors> {
    let accounts = &request.auth.accounts;
    if let Some(user) = accounts.profile(principal.user_id()).await? {
        accounts.request_verification(&user.email, None, &request.requester).await?;
    }
    Ok(())
}

/// Verifies the address of the browser's user with the link that the browser has opened.
#[server(prefix = "/actions", endpoint = "verify-email", input = PostUrl)]
pub async fn submit_verification(#[server(default)] link: String) -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    let form = FormKind::EmailVerification;
    // The page of the form then asks for a new password, or says what happened to the link.
    let (Some(user), Some(token)) = (request.known_user(), request.link(&link)) else {
        leptos_axum::redirect(form.page());
        return Ok(());
    };
    match request.auth.accounts.verify_email(user, &token, &request.requester).await {
        Ok(true) => {
            request.jar.drop_link();
            request.jar.drop_unverified();
            let next = if request.principal.is_some() { FormKind::Profile } else { FormKind::SignIn };
            request.succeed(Notice::EmailVerified, next.page());
        }
        Ok(false) => leptos_axum::redirect(form.page()),
        Err(error) => request.reject(rejected(form, unless_bug(error, FormError::Busy)), ""),
    }
    Ok(())
}

/// Verifies an address in another browser than that of the user, and sets a new password.
#[server(prefix = "/actions", endpoint = "claim-account", input = PostUrl)]
pub async fn submit_claim(
    #[server(default)] link: String,
    #[server(default)] password: String,
) -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    let form = FormKind::EmailVerification;
    let Some(token) = request.link(&link) else {
        leptos_axum::redirect(form.page());
        return Ok(());
    };
    match request.auth.accounts.claim_account(&token, &password, &request.requester).await {
        Ok(()) => {
            request.jar.drop_link();
            request.succeed(Notice::AccountClaimed, FormKind::SignIn.page());
        }
        Err(error) => request.reject(rejected(form, error), ""),
    }
    Ok(())
}
