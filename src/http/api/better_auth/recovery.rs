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

use super::{
    bodies::{ChangeEmailBody, RequestResetBody, ResetPasswordBody, SendVerificationBody},
    body::{ContractBody, Members},
    description::{Anything, LeadsElsewhere, NeedsMembers, NeedsSession, Posted},
    error::{ContractError, Failed, Refusal},
    origin::check_callback,
    query::Query,
    redirect,
    sessions::require_session,
};
use crate::{
    auth::{Auth, Principal},
    domain::password::{MAX_CHARS, WeakPassword},
    http::{
        AppState,
        openapi::refusals::{Refusals, Refused},
    },
};

struct ResetDisabled;

impl Refusals for ResetDisabled {
    type Error = ContractError;
    fn refusals() -> Vec<ContractError> {
        vec![reset_disabled()]
    }
}

/// Ask for a link to reset the password
///
/// Needs mail, which this service does not send.
#[utoipa::path(
    post, path = "/request-password-reset", tag = "Not available", operation_id = "requestPasswordReset", request_body = RequestResetBody,
    security(()),
    responses(Failed, Refused<(Posted, NeedsMembers, ResetDisabled)>),
)]
pub async fn request_reset(Extension(body): Extension<ContractBody>) -> Result<Json<()>, Refusal> {
    let mut members = Members::of(&body);
    members.email("email");
    members.optional_string("redirectTo");
    members.finish()?;
    Err(reset_disabled().into())
}

struct UnknownToken;

impl Refusals for UnknownToken {
    type Error = ContractError;
    fn refusals() -> Vec<ContractError> {
        vec![
            ContractError::password(WeakPassword::Missing),
            ContractError::password(WeakPassword::TooLong),
            unknown_token(),
        ]
    }
}

/// Reset the password
///
/// No link was ever sent, so no token is good.
#[utoipa::path(
    post, path = "/reset-password", tag = "Not available", operation_id = "resetPassword", request_body = ResetPasswordBody,
    params(("token" = Option<String>, Query)), security(()),
    responses(Failed, Refused<(Posted, NeedsMembers, UnknownToken)>),
)]
pub async fn reset(
    State(auth): State<Arc<Auth>>,
    Query(query): Query,
    Extension(body): Extension<ContractBody>,
) -> Result<Json<()>, Refusal> {
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
        _ => unknown_token(),
    }
    .into())
}

/// Follow a link to reset the password
///
/// No link was ever sent, so none is good: leads back to the page that asked for it, and tells it so.
#[utoipa::path(
    get, path = "/reset-password/{token}", tag = "Not available", operation_id = "followResetLink", security(()),
    params(("token" = String, Path), ("callbackURL" = String, Query)),
    responses(
        (status = 302, description = "To `callbackURL`, with `error=INVALID_TOKEN`"),
        Failed,
        Refused<(Anything, NeedsMembers, LeadsElsewhere)>,
    ),
)]
pub async fn reset_link(State(state): State<AppState>, Query(query): Query) -> Result<Response, Refusal> {
    let mut members = Members::of_query(&query);
    let callback = members.string("callbackURL");
    members.finish()?;
    check_callback(Some(callback), &state.settings.trusted_origins)?;
    let target = if callback.is_empty() { "/api/auth/error" } else { callback };
    let base = state.settings.base_url.as_str();
    redirect::with_set(base, target, "error", "INVALID_TOKEN").map(|url| redirect::to(&url)).ok_or_else(nowhere)
}

struct VerificationDisabled;

impl Refusals for VerificationDisabled {
    type Error = ContractError;
    fn refusals() -> Vec<ContractError> {
        vec![verification_disabled()]
    }
}

/// Ask for a link to verify an address
///
/// Needs mail, which this service does not send.
#[utoipa::path(
    post, path = "/send-verification-email", tag = "Not available", operation_id = "sendVerificationEmail", request_body = SendVerificationBody,
    security(()),
    responses(Failed, Refused<(Posted, NeedsMembers, VerificationDisabled)>),
)]
pub async fn send_verification(Extension(body): Extension<ContractBody>) -> Result<Json<()>, Refusal> {
    let mut members = Members::of(&body);
    members.email("email");
    members.optional_string("callbackURL");
    members.finish()?;
    Err(verification_disabled().into())
}

struct UnknownVerification;

impl Refusals for UnknownVerification {
    type Error = ContractError;
    fn refusals() -> Vec<ContractError> {
        vec![unknown_verification()]
    }
}

/// Follow a link to verify an address
///
/// No link was ever sent, so none is good.
#[utoipa::path(
    get, path = "/verify-email", tag = "Not available", operation_id = "verifyEmail", security(()),
    params(("token" = String, Query), ("callbackURL" = Option<String>, Query)),
    responses(
        (status = 302, description = "To `callbackURL`, with `error=INVALID_TOKEN`"),
        Failed,
        Refused<((Anything, NeedsMembers), LeadsElsewhere, UnknownVerification)>,
    ),
)]
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
        None => Ok(unknown_verification().into_response()),
    }
}

struct ChangeDisabled;

impl Refusals for ChangeDisabled {
    type Error = ContractError;
    fn refusals() -> Vec<ContractError> {
        vec![change_disabled()]
    }
}

/// Change the address
///
/// Needs mail, which this service does not send.
#[utoipa::path(
    post, path = "/change-email", tag = "Not available", operation_id = "changeEmail", request_body = ChangeEmailBody,
    security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(Failed, Refused<((Posted, NeedsMembers), NeedsSession, ChangeDisabled)>),
)]
pub async fn change_email(
    State(auth): State<Arc<Auth>>,
    principal: Option<Principal>,
    Extension(body): Extension<ContractBody>,
) -> Result<Json<()>, Refusal> {
    let mut members = Members::of(&body);
    members.email("newEmail");
    members.optional_string("callbackURL");
    members.finish()?;
    require_session(&auth, principal).await?;
    Err(change_disabled().into())
}

fn reset_disabled() -> ContractError {
    ContractError::bad_request("RESET_PASSWORD_DISABLED", "Reset password isn't enabled")
}

fn unknown_token() -> ContractError {
    ContractError::bad_request("INVALID_TOKEN", "Invalid token")
}

fn unknown_verification() -> ContractError {
    ContractError::new(StatusCode::UNAUTHORIZED, "INVALID_TOKEN", "Invalid token")
}

fn verification_disabled() -> ContractError {
    ContractError::bad_request("VERIFICATION_EMAIL_NOT_ENABLED", "Verification email isn't enabled")
}

fn change_disabled() -> ContractError {
    ContractError::bad_request("CHANGE_EMAIL_DISABLED", "Change email is disabled")
}

fn nowhere() -> Refusal {
    ContractError::forbidden("INVALID_CALLBACK_URL", "Invalid callbackURL").into()
}
