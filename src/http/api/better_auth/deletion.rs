//! Deleting the account over the sign-in API.

use std::sync::Arc;

use axum::{Extension, Json, extract::State, http::StatusCode};
use serde::Serialize;

use utoipa::ToSchema;

use super::{
    bodies::DeleteUserBody,
    body::{ContractBody, Members},
    description::{Anything, LeadsElsewhere, NeedsMembers, NeedsSession, Posted, Throttled},
    error::{ContractError, Failed, Refusal, invalid_password, no_password, session_expired},
    origin::check_callback,
    query::Query,
    sessions::require_session,
};
use crate::{
    auth::{Auth, Principal, Requester, accounts::delete::Proof},
    http::{
        AppState,
        openapi::refusals::{Refusals, Refused},
        session::changes::ResponseChanges,
    },
};

/// The account is gone.
#[derive(Serialize, ToSchema)]
pub struct Deleted {
    /// Always true.
    success: bool,
    /// That it is gone.
    message: &'static str,
}

struct NeedsProof;

impl Refusals for NeedsProof {
    type Error = ContractError;
    fn refusals() -> Vec<ContractError> {
        vec![invalid_password(), no_password(), session_expired(), unknown_link()]
    }
}

/// Delete the account
///
/// With the password, or in a session that is less than a day old.
#[utoipa::path(
    post, path = "/delete-user", tag = "Signing in", operation_id = "deleteUser", request_body = DeleteUserBody,
    security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "It is gone, with all that belonged to it", body = Deleted),
        Failed,
        Refused<((Posted, NeedsMembers), (NeedsSession, NeedsProof), Throttled)>,
    ),
)]
pub async fn delete_user(
    State(auth): State<Arc<Auth>>,
    principal: Option<Principal>,
    Extension(requester): Extension<Requester>,
    Extension(changes): Extension<ResponseChanges>,
    Extension(body): Extension<ContractBody>,
) -> Result<Json<Deleted>, Refusal> {
    let mut members = Members::of(&body);
    members.optional_string("callbackURL");
    let password = members.optional_string("password").filter(|password| !password.is_empty());
    let token = members.optional_string("token").filter(|token| !token.is_empty());
    members.finish()?;
    let (principal, ..) = require_session(&auth, principal).await?;
    let proof = password.map_or(Proof::FreshSession, Proof::Password);
    if token.is_some() {
        if let Proof::Password(password) = proof {
            auth.confirm_password(principal, password, &requester).await?;
        }
        return Err(unknown_link().into());
    }
    auth.delete_user(principal, proof, &requester).await?;
    changes.end_session();
    Ok(Json(Deleted { success: true, message: "User deleted" }))
}

struct UnknownLink;

impl Refusals for UnknownLink {
    type Error = ContractError;
    fn refusals() -> Vec<ContractError> {
        vec![unknown_link(), nobody()]
    }
}

/// Delete the account, by a link from a mail
///
/// None was ever sent, so none is good.
#[utoipa::path(
    get, path = "/delete-user/callback", tag = "Not available", operation_id = "deleteUserByLink",
    params(("token" = String, Query), ("callbackURL" = Option<String>, Query)),
    security((), ("sessionToken" = []), ("sessionCookie" = [])),
    responses(Failed, Refused<((Anything, NeedsMembers), LeadsElsewhere, UnknownLink)>),
)]
pub async fn delete_link(
    State(state): State<AppState>,
    principal: Option<Principal>,
    Query(query): Query,
) -> Result<Json<()>, Refusal> {
    let mut members = Members::of_query(&query);
    members.string("token");
    let callback = members.optional_string("callbackURL");
    members.finish()?;
    check_callback(callback, &state.settings.trusted_origins)?;
    match require_session(&state.auth, principal).await {
        Ok(_) => Err(unknown_link().into()),
        Err(Refusal::Contract(_)) => Err(nobody().into()),
        Err(refusal) => Err(refusal),
    }
}

fn nobody() -> ContractError {
    ContractError::new(StatusCode::NOT_FOUND, "FAILED_TO_GET_USER_INFO", "Failed to get user info")
}

fn unknown_link() -> ContractError {
    ContractError::new(StatusCode::NOT_FOUND, "INVALID_TOKEN", "Invalid token")
}
