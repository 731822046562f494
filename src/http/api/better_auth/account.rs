//! The account over the sign-in API: its password and its profile.

use std::sync::Arc;

use axum::{Extension, Json, extract::State, http::StatusCode};
use serde_json::{Value, json};

use super::{
    body::{ContractBody, Members},
    error::{ContractError, Refusal, sentence},
    objects::{UserObject, is_image},
    sessions::{require_session, status},
};
use crate::{
    auth::{
        Auth, Client, Principal,
        change_password::{PasswordChange, PasswordChanged},
        handover::Handover,
    },
    domain::{Name, user::ProfileChange},
};

/// `POST /change-password`: ends every other session, always; with `revokeOtherSessions` this one is
/// replaced as well.
pub async fn change_password(
    State(auth): State<Arc<Auth>>,
    principal: Option<Principal>,
    Extension(client): Extension<Client>,
    Extension(handover): Extension<Handover>,
    Extension(body): Extension<ContractBody>,
) -> Result<Json<Value>, Refusal> {
    let mut members = Members::of(&body);
    let new = members.string("newPassword");
    let current = members.string("currentPassword");
    let new_session = members.optional_bool("revokeOtherSessions").unwrap_or(false);
    members.finish()?;
    let (principal, ..) = require_session(&auth, principal).await?;
    let change = PasswordChange { current, new, new_session };
    Ok(Json(match auth.change_password(principal, change, &client).await? {
        PasswordChanged::SameSession(user) => json!({ "token": null, "user": UserObject::from(&user) }),
        PasswordChanged::NewSession(signed_in) => {
            handover.start_session(&signed_in);
            json!({ "token": signed_in.session_token.expose(), "user": UserObject::from(&signed_in.user) })
        }
    }))
}

/// `POST /verify-password`: whether whoever is signed in knows the password.
pub async fn verify_password(
    State(auth): State<Arc<Auth>>,
    principal: Option<Principal>,
    Extension(client): Extension<Client>,
    Extension(body): Extension<ContractBody>,
) -> Result<Json<Value>, Refusal> {
    let mut members = Members::of(&body);
    let password = members.string("password");
    members.finish()?;
    let (principal, ..) = require_session(&auth, principal).await?;
    auth.confirm_password(principal, password, &client).await?;
    Ok(status())
}

/// `POST /update-user`: the name, the picture, and nothing else.
pub async fn update_user(
    State(auth): State<Arc<Auth>>,
    principal: Option<Principal>,
    Extension(client): Extension<Client>,
    Extension(body): Extension<ContractBody>,
) -> Result<Json<Value>, Refusal> {
    let members = Members::of_all(&body, &["record"]);
    members.check()?;
    let (principal, ..) = require_session(&auth, principal).await?;
    auth.update_profile(principal, profile_change(members)?, &client).await?;
    Ok(status())
}

/// What is to change: the address is refused, other members are passed over.
fn profile_change(mut members: Members) -> Result<ProfileChange, ContractError> {
    if members.is_truthy("email") {
        return Err(ContractError::bad_request("EMAIL_CAN_NOT_BE_UPDATED", "Email can not be updated"));
    }
    let name = members.optional_string("name").and_then(|name| match Name::parse(name) {
        Ok(name) => Some(name),
        Err(invalid) => {
            members.problem("name", &sentence(&invalid.to_string()));
            None
        }
    });
    let image = if members.is_null("image") { Some(None) } else { members.optional_string("image").map(Some) };
    if image.flatten().is_some_and(|image| !is_image(image)) {
        members.problem("image", "Invalid image address");
    }
    members.finish()?;
    if name.is_none() && image.is_none() {
        return Err(ContractError::without_code(StatusCode::BAD_REQUEST, "No fields to update"));
    }
    Ok(ProfileChange { name, image: image.map(|image| image.map(str::to_owned)) })
}
