//! `POST /actions/add-passkey`, `rename-passkey` and `remove-passkey`

use leptos::{prelude::*, server_fn::codec::PostUrl};

use super::{
    errors::FormErrors,
    passkey_response::PasskeyResponse,
    request::{FormRequest, rejected},
};
use crate::{
    auth::{
        Principal,
        factors::passkeys::{ChangePasskeyError, RemovePasskeyError},
    },
    domain::{
        PasskeyId, PasskeyName,
        form::{Field, FormError, FormKind, Notice, PasskeyProblem},
    },
    http::{session::ceremony::CeremonyKind, step_up},
};

/// Adds the passkey that the browser has created. A restricted session, whose user must set up a second factor, is then
/// no longer restricted, and continues at `next`.
#[server(prefix = "/actions", endpoint = "add-passkey", input = PostUrl)]
pub async fn submit_new_passkey(
    #[server(default)] name: String,
    #[server(default)] response: String,
    #[server(default)] next: String,
) -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    let form = if request.restricted.is_some() { FormKind::RequiredSetUp } else { FormKind::NewPasskey };
    let Some(principal) = request.restricted.or_else(|| request.require_principal(form)) else { return Ok(()) };
    match add(&request, principal, &name, &response).await {
        Ok(()) if principal.is_restricted() => request.continue_at(&next, Some(Notice::PasskeyAdded)),
        Ok(()) => request.succeed(Notice::PasskeyAdded, form.page()),
        Err(errors) => request.reject(rejected(form, errors).with_value(Field::PasskeyName, &name), &next),
    }
    Ok(())
}

async fn add(request: &FormRequest, principal: Principal, name: &str, response: &str) -> Result<(), FormErrors> {
    let name = given(name)?;
    let PasskeyResponse { secret, response } = PasskeyResponse::take(request, CeremonyKind::Registration, response)?;
    request.auth.factors.add_passkey(principal, &secret, &response, name, &request.requester).await?;
    Ok(())
}

/// The name of a new passkey. `None`: left empty.
pub(super) fn given(name: &str) -> Result<Option<PasskeyName>, PasskeyProblem> {
    if name.trim().is_empty() {
        return Ok(None);
    }
    PasskeyName::parse(name).map(Some).map_err(PasskeyProblem::Name)
}

/// Renames a passkey.
#[server(prefix = "/actions", endpoint = "rename-passkey", input = PostUrl)]
pub async fn submit_passkey_name(
    #[server(default)] passkey: String,
    #[server(default)] name: String,
) -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    let form = FormKind::Passkeys;
    let Some(principal) = request.require_principal(form) else { return Ok(()) };
    match rename(&request, principal, &passkey, &name).await {
        Ok(()) => request.succeed(Notice::PasskeyRenamed, form.page()),
        Err(errors) => request.reject(rejected(form, errors), ""),
    }
    Ok(())
}

async fn rename(request: &FormRequest, principal: Principal, id: &str, name: &str) -> Result<(), FormErrors> {
    let id: PasskeyId = id.parse().map_err(|_| PasskeyProblem::Gone)?;
    let name = PasskeyName::parse(name).map_err(PasskeyProblem::Name)?;
    match request.auth.factors.rename_passkey(principal, id, name).await {
        Ok(_) => Ok(()),
        Err(ChangePasskeyError::NotFound) => Err(PasskeyProblem::Gone.into()),
        Err(ChangePasskeyError::Interrupted(interrupted)) => Err(interrupted.into()),
    }
}

/// Removes a passkey. One that was removed before, or an invalid id, is a success too.
#[server(prefix = "/actions", endpoint = "remove-passkey", input = PostUrl)]
pub async fn submit_passkey_removal(#[server(default)] passkey: String) -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    let form = FormKind::Passkeys;
    let Some(principal) = request.require_principal(form) else { return Ok(()) };
    let removed = match passkey.parse() {
        Ok(id) => request.auth.factors.remove_passkey(principal, id, None, &request.requester).await,
        Err(_) => Ok(()),
    };
    let errors = match removed {
        Ok(()) | Err(RemovePasskeyError::NotFound) => {
            request.succeed(Notice::PasskeyRemoved, form.page());
            return Ok(());
        }
        Err(RemovePasskeyError::NotRecent) => match request.confirm_first(principal, form).await {
            Ok(()) => return Ok(()),
            // The account has nothing to confirm with but its passkeys.
            Err(errors) if errors.0 == [FormError::NotRecent] => {
                leptos_axum::redirect(&step_up::recent_sign_in_address(form));
                return Ok(());
            }
            Err(errors) => errors,
        },
        Err(RemovePasskeyError::LastWayIn) => PasskeyProblem::LastWayIn.into(),
        Err(RemovePasskeyError::Required) => FormError::SecondFactorRequired.into(),
        Err(RemovePasskeyError::Confirm(error)) => error.into(),
        Err(RemovePasskeyError::Gone) => FormErrors(Vec::new()),
        Err(RemovePasskeyError::Interrupted(interrupted)) => interrupted.into(),
    };
    request.reject(rejected(form, errors), "");
    Ok(())
}
