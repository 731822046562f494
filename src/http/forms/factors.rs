//! `POST /actions/set-up-totp`, `confirm-totp`, `replace-totp`, `renew-recovery-codes`, `remove-totp` and `untrust-device`
//!
//! A restricted session, whose user must set up a second factor, can use the first two. It has a page of its own, which
//! keeps `next`.

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
pub async fn submit_totp_set_up(
    #[server(default)] current_password: String,
    #[server(default)] next: String,
) -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    let pages = Pages::of(&request);
    let Some(principal) = request.restricted.or_else(|| request.require_principal(pages.begin)) else { return Ok(()) };
    let (factors, password) = (&request.auth.factors, given(&current_password));
    match factors.begin_totp(principal, password, CodesAt::Completion, &request.requester).await {
        Ok(_) => request.redirect_to(pages.confirm.page(), &next),
        Err(error) => refuse(&request, principal, error, pages.begin, &next).await,
    }
    Ok(())
}

/// Completes the set-up with a code of the app.
#[server(prefix = "/actions", endpoint = "confirm-totp", input = PostUrl)]
pub async fn submit_totp_code(
    #[server(default)] code: String,
    #[server(default)] next: String,
) -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    let pages = Pages::of(&request);
    let form = pages.confirm;
    let Some(principal) = request.restricted.or_else(|| request.require_principal(form)) else { return Ok(()) };
    match request.auth.factors.confirm_totp(principal, &code, &request.requester).await {
        Ok(codes) if !codes.is_empty() => show_once(&request, &codes, &next),
        // The beginning has shown the codes.
        Ok(_) if request.restricted.is_some() => request.continue_at(&next, Some(Notice::TwoStepOn)),
        Ok(_) => request.succeed(Notice::TwoStepOn, FormKind::Factors.page()),
        Err(ConfirmTotpError::NotStarted | ConfirmTotpError::Gone) => {
            request.reject(rejected(pages.begin, FormError::SetUpEnded), &next);
        }
        Err(ConfirmTotpError::Code) => {
            let error = if code.trim().is_empty() { FormError::TotpMissing } else { FormError::Totp };
            request.reject(rejected(form, error), &next);
        }
        Err(ConfirmTotpError::Interrupted(interrupted)) => request.reject(rejected(form, interrupted), &next),
    }
    Ok(())
}

/// Replaces the authenticator app by one on another device.
#[server(prefix = "/actions", endpoint = "replace-totp", input = PostUrl)]
pub async fn submit_totp_replacement(#[server(default)] current_password: String) -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    let form = FormKind::Factors;
    let Some(principal) = request.require_principal(form) else { return Ok(()) };
    match request.auth.factors.replace_totp(principal, given(&current_password), &request.requester).await {
        Ok(is_restricted) => {
            request.jar.drop_trust();
            if is_restricted {
                request.changes.restrict_session();
            }
            let next = if is_restricted { FormKind::RequiredSetUp } else { FormKind::TotpConfirmation };
            leptos_axum::redirect(next.page());
        }
        Err(error) => refuse(&request, principal, error, form, "").await,
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
        Ok(codes) => show_once(&request, &codes, ""),
        Err(error) => refuse(&request, principal, error, FormKind::Factors, "").await,
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
        Err(error) => refuse(&request, principal, error, FormKind::Factors, "").await,
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

/// The forms of a set-up.
struct Pages {
    begin: FormKind,
    confirm: FormKind,
}

impl Pages {
    const fn of(request: &FormRequest) -> Self {
        match request.restricted {
            Some(_) => Self { begin: FormKind::RequiredSetUp, confirm: FormKind::RequiredSetUp },
            None => Self { begin: FormKind::Factors, confirm: FormKind::TotpConfirmation },
        }
    }
}

/// The next page shows the codes, once, and leads to `next`.
fn show_once(request: &FormRequest, codes: &[RecoveryCode], next: &str) {
    request.changes.show_form(FormState::RecoveryCodes(codes.iter().map(RecoveryCode::to_text).collect()));
    request.redirect_to(RECOVERY_CODES, next);
}

async fn refuse(request: &FormRequest, principal: Principal, error: ChangeFactorsError, form: FormKind, next: &str) {
    let errors = match error {
        // The page of a restricted session asks for the password, or to sign in again.
        ChangeFactorsError::NotRecent if request.restricted.is_some() => FormError::CurrentPasswordMissing.into(),
        ChangeFactorsError::NotRecent => match request.confirm_first(principal, form).await {
            Ok(()) => return,
            Err(errors) => errors,
        },
        ChangeFactorsError::Confirm(error) => error.into(),
        ChangeFactorsError::Required => FormError::SecondFactorRequired.into(),
        // The page shows the state that another request has made.
        ChangeFactorsError::AlreadyOn | ChangeFactorsError::NotOn | ChangeFactorsError::Gone => FormErrors(Vec::new()),
        ChangeFactorsError::Interrupted(interrupted) => interrupted.into(),
    };
    request.reject(rejected(form, errors), next);
}
