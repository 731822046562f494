//! `POST /actions/set-up-totp`, `confirm-totp`, `renew-recovery-codes`, `remove-totp` and `untrust-device`

use leptos::{prelude::*, server_fn::codec::PostUrl};

use super::{
    errors::FormErrors,
    request::{FormRequest, rejected},
};
use crate::{
    auth::{
        Principal,
        factors::{
            ChangeFactorsError,
            totp::{CodesAt, ConfirmTotpError},
        },
    },
    domain::{
        RecoveryCode,
        form::{FormError, FormKind, FormState, Notice, RECOVERY_CODES},
    },
};

/// Begins the set-up of an authenticator app.
#[server(prefix = "/actions", endpoint = "set-up-totp", input = PostUrl)]
pub async fn submit_totp_set_up(#[server(default)] current_password: String) -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    let Some(principal) = request.require_principal(FormKind::Factors) else { return Ok(()) };
    let (factors, password) = (&request.auth.factors, given(&current_password));
    match factors.begin_totp(principal, password, CodesAt::Completion, &request.requester).await {
        Ok(_) => leptos_axum::redirect(FormKind::TotpConfirmation.page()),
        Err(error) => refuse(&request, principal, error).await,
    }
    Ok(())
}

/// Completes the set-up with a code of the app.
#[server(prefix = "/actions", endpoint = "confirm-totp", input = PostUrl)]
pub async fn submit_totp_code(#[server(default)] code: String) -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    let form = FormKind::TotpConfirmation;
    let Some(principal) = request.require_principal(form) else { return Ok(()) };
    match request.auth.factors.confirm_totp(principal, &code, &request.requester).await {
        Ok(codes) if codes.is_empty() => request.succeed(Notice::TwoStepOn, FormKind::Factors.page()),
        Ok(codes) => show_once(&request, &codes),
        Err(ConfirmTotpError::NotStarted | ConfirmTotpError::Gone) => {
            request.reject(rejected(FormKind::Factors, FormError::SetUpEnded), "");
        }
        Err(ConfirmTotpError::Code) => {
            let error = if code.trim().is_empty() { FormError::TotpMissing } else { FormError::Totp };
            request.reject(rejected(form, error), "");
        }
        Err(ConfirmTotpError::Interrupted(interrupted)) => request.reject(rejected(form, interrupted), ""),
    }
    Ok(())
}

/// Replaces the recovery codes.
#[server(prefix = "/actions", endpoint = "renew-recovery-codes", input = PostUrl)]
pub async fn submit_recovery_renewal(#[server(default)] current_password: String) -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    let Some(principal) = request.require_principal(FormKind::Factors) else { return Ok(()) };
    let (factors, password) = (&request.auth.factors, given(&current_password));
    match factors.renew_recovery_codes(principal, password, &request.requester).await {
        Ok(codes) => show_once(&request, &codes),
        Err(error) => refuse(&request, principal, error).await,
    }
    Ok(())
}

/// Removes the second factors.
#[server(prefix = "/actions", endpoint = "remove-totp", input = PostUrl)]
pub async fn submit_factor_removal(#[server(default)] current_password: String) -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    let Some(principal) = request.require_principal(FormKind::Factors) else { return Ok(()) };
    match request.auth.factors.remove(principal, given(&current_password), &request.requester).await {
        Ok(()) => {
            request.jar.drop_trust();
            request.succeed(Notice::TwoStepOff, FormKind::Factors.page());
        }
        Err(error) => refuse(&request, principal, error).await,
    }
    Ok(())
}

/// Ends the trust in a device. A device that is not trusted any more, or an invalid id, is a success too.
#[server(prefix = "/actions", endpoint = "untrust-device", input = PostUrl)]
pub async fn submit_untrusted_device(#[server(default)] device: String) -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    let Some(principal) = request.require_principal(FormKind::Factors) else { return Ok(()) };
    if let Ok(device) = device.parse()
        && let Err(error) = request.auth.factors.untrust(principal, device, &request.requester).await
    {
        request.reject(rejected(FormKind::Factors, error), "");
        return Ok(());
    }
    request.succeed(Notice::DeviceUntrusted, FormKind::Factors.page());
    Ok(())
}

fn given(password: &str) -> Option<&str> {
    Some(password).filter(|password| !password.is_empty())
}

/// The next page shows the codes, once.
fn show_once(request: &FormRequest, codes: &[RecoveryCode]) {
    request.changes.show_form(FormState::RecoveryCodes(codes.iter().map(RecoveryCode::to_text).collect()));
    leptos_axum::redirect(RECOVERY_CODES);
}

async fn refuse(request: &FormRequest, principal: Principal, error: ChangeFactorsError) {
    let form = FormKind::Factors;
    let errors = match error {
        ChangeFactorsError::NotRecent => match request.confirm_first(principal, form).await {
            Ok(()) => return,
            Err(errors) => errors,
        },
        ChangeFactorsError::Confirm(error) => error.into(),
        // The page shows the state that another request has made.
        ChangeFactorsError::AlreadyOn | ChangeFactorsError::NotOn | ChangeFactorsError::Gone => FormErrors(Vec::new()),
        ChangeFactorsError::Interrupted(interrupted) => interrupted.into(),
    };
    request.reject(rejected(form, errors), "");
}
