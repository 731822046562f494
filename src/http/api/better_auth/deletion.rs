//! Deleting the account over the sign-in API.

use std::sync::Arc;

use axum::{Extension, Json, extract::State, http::StatusCode};
use serde::Serialize;
use serde_json::Value;

use super::{
    body::{ContractBody, Members},
    error::{ContractError, Refusal},
    origin::check_callback,
    query::Query,
    sessions::require_session,
};
use crate::{
    auth::{Auth, Client, Principal, delete_user::Proof, handover::Handover},
    http::AppState,
};

/// The account is gone.
#[derive(Serialize)]
pub struct Deleted {
    success: bool,
    message: &'static str,
}

/// `POST /delete-user`: with the password, or in a session that is young enough.
pub async fn delete_user(
    State(auth): State<Arc<Auth>>,
    principal: Option<Principal>,
    Extension(client): Extension<Client>,
    Extension(handover): Extension<Handover>,
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
            auth.confirm_password(principal, password, &client).await?;
        }
        return Err(unknown_link().into());
    }
    auth.delete_user(principal, proof, &client).await?;
    handover.end_session();
    Ok(Json(Deleted { success: true, message: "User deleted" }))
}

/// `GET /delete-user/callback`: a link from a mail, of which none was ever sent.
pub async fn delete_link(
    State(state): State<AppState>,
    principal: Option<Principal>,
    Query(query): Query,
) -> Result<Json<Value>, Refusal> {
    let mut members = Members::of_query(&query);
    members.string("token");
    let callback = members.optional_string("callbackURL");
    members.finish()?;
    check_callback(callback, &state.settings.trusted_origins)?;
    match require_session(&state.auth, principal).await {
        Ok(_) => Err(unknown_link().into()),
        Err(Refusal::Contract(_)) => {
            Err(ContractError::new(StatusCode::NOT_FOUND, "FAILED_TO_GET_USER_INFO", "Failed to get user info").into())
        }
        Err(refusal) => Err(refusal),
    }
}

fn unknown_link() -> ContractError {
    ContractError::new(StatusCode::NOT_FOUND, "INVALID_TOKEN", "Invalid token")
}
