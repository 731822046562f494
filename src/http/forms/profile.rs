//! `POST /actions/update-profile`

use leptos::{prelude::*, server_fn::codec::PostUrl};

use super::{
    errors::FormErrors,
    request::{FormRequest, rejected},
};
use crate::{
    auth::Principal,
    domain::{
        Name,
        form::{Field, FormError, FormKind, Notice},
        user::ProfileChange,
    },
};

/// Changes the name.
#[server(prefix = "/actions", endpoint = "update-profile", input = PostUrl)]
pub async fn submit_profile(#[server(default)] name: String) -> Result<(), ServerFnError> {
    let request = FormRequest::current()?;
    let Some(principal) = request.require_principal(FormKind::Profile) else { return Ok(()) };
    match save(&request, principal, &name).await {
        Ok(()) => request.succeed(Notice::ProfileSaved, FormKind::Profile.page()),
        Err(errors) => request.reject(rejected(FormKind::Profile, errors).with_value(Field::Name, &name), ""),
    }
    Ok(())
}

async fn save(request: &FormRequest, principal: Principal, name: &str) -> Result<(), FormErrors> {
    let name = Name::parse(name).map_err(FormError::Name)?;
    let change = ProfileChange { name: Some(name), image: None };
    request.auth.accounts.update_profile(principal, change, &request.requester).await?;
    Ok(())
}
