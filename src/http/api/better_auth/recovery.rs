//! What the contract has for forgotten passwords and unproven addresses. All of it needs mail, which this
//! service does not send: requests are judged as always, then told so; no link was ever sent, so none is
//! good.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::Value;

use super::{
    body::{ContractBody, Members},
    error::{ContractError, Refusal},
    origin::check_callback,
    query::Query,
    redirect,
    sessions::require_session,
};
use crate::{
    auth::{Auth, Principal},
    domain::password::{MAX_CHARS, WeakPassword},
    http::AppState,
};

/// `POST /request-password-reset`
pub async fn request_reset(Extension(body): Extension<ContractBody>) -> Result<Json<Value>, Refusal> {
    let mut members = Members::of(&body);
    members.email("email");
    members.optional_string("redirectTo");
    members.finish()?;
    Err(ContractError::bad_request("RESET_PASSWORD_DISABLED", "Reset password isn't enabled").into())
}

/// `POST /reset-password`: says what is wrong with the new password before the token.
pub async fn reset(
    State(auth): State<Arc<Auth>>,
    Query(query): Query,
    Extension(body): Extension<ContractBody>,
) -> Result<Json<Value>, Refusal> {
    let mut members = Members::of(&body);
    let password = members.string("newPassword");
    let token = members.optional_string("token").filter(|token| !token.is_empty());
    members.finish()?;
    let mut members = Members::of_query(&query);
    let token = token.or(members.optional_string("token")).filter(|token| !token.is_empty());
    members.finish()?;
    let minimum = auth.password_policy().min_length;
    let length = password.chars().count();
    Err(match token {
        Some(_) if length < usize::from(minimum) => ContractError::password(WeakPassword::TooShort { minimum }),
        Some(_) if length > MAX_CHARS => ContractError::password(WeakPassword::TooLong),
        _ => ContractError::bad_request("INVALID_TOKEN", "Invalid token"),
    }
    .into())
}

/// `GET /reset-password/{token}`: back to the page that asked for the link, with the bad news.
pub async fn reset_link(State(state): State<AppState>, Query(query): Query) -> Result<Response, Refusal> {
    let mut members = Members::of_query(&query);
    let callback = members.string("callbackURL");
    members.finish()?;
    check_callback(Some(callback), &state.settings.trusted_origins)?;
    let target = if callback.is_empty() { "/api/auth/error" } else { callback };
    let base = state.settings.base_url.as_str();
    redirect::with_set(base, target, "error", "INVALID_TOKEN").map(|url| redirect::to(&url)).ok_or_else(nowhere)
}

/// `POST /send-verification-email`
pub async fn send_verification(Extension(body): Extension<ContractBody>) -> Result<Json<Value>, Refusal> {
    let mut members = Members::of(&body);
    members.email("email");
    members.optional_string("callbackURL");
    members.finish()?;
    let message = "Verification email isn't enabled";
    Err(ContractError::bad_request("VERIFICATION_EMAIL_NOT_ENABLED", message).into())
}

/// `GET /verify-email`
pub async fn verification_link(State(state): State<AppState>, Query(query): Query) -> Result<Response, Refusal> {
    let mut members = Members::of_query(&query);
    members.string("token");
    let callback = members.optional_string("callbackURL");
    members.finish()?;
    check_callback(callback, &state.settings.trusted_origins)?;
    match callback.filter(|callback| !callback.is_empty()) {
        Some(callback) => {
            redirect::with_added(callback, "error", "INVALID_TOKEN").map(|url| redirect::to(&url)).ok_or_else(nowhere)
        }
        None => Ok(ContractError::new(StatusCode::UNAUTHORIZED, "INVALID_TOKEN", "Invalid token").into_response()),
    }
}

/// `POST /change-email`
pub async fn change_email(
    State(auth): State<Arc<Auth>>,
    principal: Option<Principal>,
    Extension(body): Extension<ContractBody>,
) -> Result<Json<Value>, Refusal> {
    let mut members = Members::of(&body);
    members.email("newEmail");
    members.optional_string("callbackURL");
    members.finish()?;
    require_session(&auth, principal).await?;
    Err(ContractError::bad_request("CHANGE_EMAIL_DISABLED", "Change email is disabled").into())
}

fn nowhere() -> Refusal {
    ContractError::forbidden("INVALID_CALLBACK_URL", "Invalid callbackURL").into()
}
