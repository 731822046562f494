//! The account over the sign-in API: its password and its profile.

use std::sync::Arc;

use axum::{Extension, Json, extract::State, http::StatusCode};

use super::{
    bodies::VerifyPasswordBody,
    body::{ContractBody, Members},
    description::{ChangePasswordBody, NeedsMembers, NeedsSession, Posted, Throttled, UpdateUserBody},
    error::{ContractError, Failed, Refusal, form_error, no_password, sentence},
    objects::{PasswordChangedObject, Status, UserObject, is_image},
    sessions::require_session,
    sign_up::ChoosesPassword,
};
use crate::{
    auth::{
        Auth, Principal, Requester,
        password::change::{PasswordChange, PasswordChanged},
    },
    domain::{Name, form::FormError, user::ProfileChange},
    http::{
        openapi::refusals::{Refusals, Refused},
        session::changes::ResponseChanges,
    },
};

struct KnowsPassword;

impl Refusals for KnowsPassword {
    type Error = ContractError;
    fn refusals() -> Vec<ContractError> {
        vec![form_error(FormError::CurrentPassword), no_password()]
    }
}

/// Change the password
///
/// Ends every other session, always; with `revokeOtherSessions` the one that asks is replaced as well.
#[utoipa::path(
    post, path = "/change-password", tag = "Signing in", operation_id = "changePassword",
    request_body = ChangePasswordBody, security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "The new one holds", body = PasswordChangedObject, headers(
            ("set-auth-token" = String, description = "The session token, where a new session was opened"),
        )),
        Failed,
        Refused<(Posted, (NeedsMembers, NeedsSession), (KnowsPassword, ChoosesPassword, Throttled))>,
    ),
)]
pub async fn change_password(
    State(auth): State<Arc<Auth>>,
    principal: Option<Principal>,
    Extension(requester): Extension<Requester>,
    Extension(changes): Extension<ResponseChanges>,
    Extension(body): Extension<ContractBody>,
) -> Result<Json<PasswordChangedObject>, Refusal> {
    let mut members = Members::of(&body);
    let new = members.string("newPassword");
    let current = members.string("currentPassword");
    let new_session = members.optional_bool("revokeOtherSessions").unwrap_or(false);
    members.finish()?;
    let (principal, ..) = require_session(&auth, principal).await?;
    let change = PasswordChange { current, new, new_session };
    Ok(Json(match auth.change_password(principal, change, &requester).await? {
        PasswordChanged::SameSession(user) => PasswordChangedObject { token: None, user: UserObject::from(&user) },
        PasswordChanged::NewSession(signed_in) => {
            changes.start_session(&signed_in);
            let token = Some(signed_in.session_token.expose());
            PasswordChangedObject { token, user: UserObject::from(&signed_in.user) }
        }
    }))
}

/// Check the password
///
/// Whether whoever is signed in knows it.
#[utoipa::path(
    post, path = "/verify-password", tag = "Signing in", operation_id = "verifyPassword",
    request_body = VerifyPasswordBody, security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "It is theirs", body = Status),
        Failed,
        Refused<((Posted, NeedsMembers), (NeedsSession, KnowsPassword), Throttled)>,
    ),
)]
pub async fn verify_password(
    State(auth): State<Arc<Auth>>,
    principal: Option<Principal>,
    Extension(requester): Extension<Requester>,
    Extension(body): Extension<ContractBody>,
) -> Result<Json<Status>, Refusal> {
    let mut members = Members::of(&body);
    let password = members.string("password");
    members.finish()?;
    let (principal, ..) = require_session(&auth, principal).await?;
    auth.confirm_password(principal, password, &requester).await?;
    Ok(Json(Status::DONE))
}

struct ChangesProfile;

impl Refusals for ChangesProfile {
    type Error = ContractError;
    fn refusals() -> Vec<ContractError> {
        vec![email_fixed(), nothing_to_update()]
    }
}

/// Change the profile
///
/// The name, the picture, and nothing else: other members are passed over, and `email` is refused.
#[utoipa::path(
    post, path = "/update-user", tag = "Signing in", operation_id = "updateUser", request_body = UpdateUserBody,
    security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "It has changed", body = Status),
        Failed,
        Refused<((Posted, NeedsMembers), NeedsSession, ChangesProfile)>,
    ),
)]
pub async fn update_user(
    State(auth): State<Arc<Auth>>,
    principal: Option<Principal>,
    Extension(requester): Extension<Requester>,
    Extension(body): Extension<ContractBody>,
) -> Result<Json<Status>, Refusal> {
    let members = Members::of_all(&body, &["record"]);
    members.check()?;
    let (principal, ..) = require_session(&auth, principal).await?;
    auth.update_profile(principal, profile_change(members)?, &requester).await?;
    Ok(Json(Status::DONE))
}

/// What is to change: the address is refused, other members are passed over.
fn profile_change(mut members: Members) -> Result<ProfileChange, ContractError> {
    if members.is_truthy("email") {
        return Err(email_fixed());
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
        return Err(nothing_to_update());
    }
    Ok(ProfileChange { name, image: image.map(|image| image.map(str::to_owned)) })
}

fn email_fixed() -> ContractError {
    ContractError::bad_request("EMAIL_CAN_NOT_BE_UPDATED", "Email can not be updated")
}

/// 400: no member that could be changed.
pub fn nothing_to_update() -> ContractError {
    ContractError::without_code(StatusCode::BAD_REQUEST, "No fields to update")
}
