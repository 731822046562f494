//! `POST /actions/confirm`, `POST /actions/confirm-with-passkey` and `POST /actions/send-confirmation-code`

use leptos::{prelude::*, server_fn::codec::PostUrl};

use super::{
    errors::FormErrors,
    passkey_response::PasskeyResponse,
    request::{FormRequest, rejected},
};
use crate::{
    auth::{
        Principal,
        codes::CodeError,
        error::InternalError,
        sign_in::reauthenticate::{Presented, ReauthenticateError, Reauthenticated},
    },
    domain::form::{FormError, FormKind, FormState, Notice},
    http::session::{ceremony::CeremonyKind, confirmation::WaitingForm},
    mail::codes::BrowserSecret,
};

const FORM: FormKind = FormKind::Confirmation;

/// Confirms the identity of the signed-in user, and continues with the form that waits.
#[server(prefix = "/actions", endpoint = "confirm", input = PostUrl)]
pub async fn submit_confirmation(
    #[server(default)] label: String,
    #[server(default)] current_password: String,
    #[server(default)] mail_code: String,
    #[server(default)] code: String,
) -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    let Some((principal, waiting)) = waiting(&request, &label) else { return Ok(()) };
    let browser = waiting.browser();
    let presented =
        Presented { password: &current_password, mail_code: &mail_code, browser: browser.as_ref(), second: &code };
    match request.auth.sign_in.reauthenticate(principal, presented, &request.requester).await {
        Ok(again) => request.continue_with(waiting, &again),
        Err(error) => refuse(&request, errors(error, presented)),
    }
    Ok(())
}

/// As [`submit_confirmation`], with a passkey.
#[server(prefix = "/actions", endpoint = "confirm-with-passkey", input = PostUrl)]
pub async fn submit_passkey_confirmation(
    #[server(default)] label: String,
    #[server(default)] response: String,
) -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    let Some((principal, waiting)) = waiting(&request, &label) else { return Ok(()) };
    match check_passkey(&request, principal, &response).await {
        Ok(again) => request.continue_with(waiting, &again),
        Err(errors) => refuse(&request, errors),
    }
    Ok(())
}

async fn check_passkey(
    request: &FormRequest,
    principal: Principal,
    response: &str,
) -> Result<Box<Reauthenticated>, FormErrors> {
    let PasskeyResponse { secret, response } = PasskeyResponse::take(request, CeremonyKind::SignIn, response)?;
    let sign_in = &request.auth.sign_in;
    Ok(sign_in.reauthenticate_with_passkey(principal, &secret, &response, &request.requester).await?)
}

/// Sends the signed-in user a code.
#[server(prefix = "/actions", endpoint = "send-confirmation-code", input = PostUrl)]
pub async fn submit_confirmation_code_request(#[server(default)] label: String) -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    let Some((principal, waiting)) = waiting(&request, &label) else { return Ok(()) };
    match send(&request, principal, waiting).await {
        Ok(()) => leptos_axum::redirect(FORM.page()),
        Err(error) => refuse(&request, errors(error, Presented::default())),
    }
    Ok(())
}

/// The code of an earlier message stays usable until the next one is sent.
async fn send(
    request: &FormRequest,
    principal: Principal,
    mut waiting: WaitingForm,
) -> Result<(), ReauthenticateError> {
    let earlier = waiting.browser();
    let is_again = earlier.is_some();
    let browser = earlier.map_or_else(BrowserSecret::generate, Ok).map_err(InternalError::from)?;
    request.auth.sign_in.request_confirmation_code(principal, &browser, &request.requester).await?;
    if is_again {
        request.changes.show_form(FormState::Done(Notice::ConfirmationCodeSent));
    }
    waiting.keep_browser(&browser);
    request.jar.keep_confirmation(&waiting, &request.settings.form_key);
    Ok(())
}

/// The signed-in user, and the form that waits in this session. `None`: it waited too long, or another one waits since.
fn waiting(request: &FormRequest, label: &str) -> Option<(Principal, WaitingForm)> {
    let principal = request.require_principal(FORM)?;
    let Some(waiting) = request.waiting(principal, label) else {
        request.succeed(Notice::ConfirmationEnded, FORM.page());
        return None;
    };
    Some((principal, waiting))
}

fn refuse(request: &FormRequest, errors: FormErrors) {
    request.reject(rejected(FORM, errors), "");
}

fn errors(error: ReauthenticateError, presented: Presented<'_>) -> FormErrors {
    let is_missing = |text: &str| text.trim().is_empty();
    match error {
        // The page shows what the account offers, or asks to sign in.
        ReauthenticateError::NotOffered | ReauthenticateError::Gone => FormErrors(Vec::new()),
        ReauthenticateError::Password(error) => FormErrors::from(error).for_current_password(presented.password),
        ReauthenticateError::MailCode(_) if is_missing(presented.mail_code) => FormError::CodeMissing.into(),
        ReauthenticateError::MailCode(CodeError::Invalid) => FormError::MailCode.into(),
        ReauthenticateError::MailCode(error) => error.into(),
        ReauthenticateError::Second if is_missing(presented.second) => FormError::TotpMissing.into(),
        ReauthenticateError::Second => FormError::Totp.into(),
        ReauthenticateError::Interrupted(interrupted) => interrupted.into(),
    }
}
