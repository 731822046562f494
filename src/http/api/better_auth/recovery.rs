//! Reset of a forgotten password. Without mail, no link is sent and every token is invalid.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    contract::{
        CallbackError, ContractError, EmailAddress, GetErrors, NewPassword, Optional, PostErrors, Text, ValidBody,
        ValidQuery, ValidationError, check_callback, members, redirect,
    },
    models::StatusResponse,
};
use crate::{
    auth::{
        Auth, Requester,
        accounts::link::{LinkState, RequestLinkError, SetPasswordError},
        error::Interrupted,
    },
    domain::{LinkPurpose, password::WeakPassword},
    http::{route_error::route_errors, state::AppState},
};

members! {
    /// The account of the forgotten password.
    pub struct RequestResetBody: Object {
        email: EmailAddress = "email",
        /// Where the link leads: a path, or a URL of a trusted origin. It gets the parameter `token`, or `error`.
        /// Default: a page of this service.
        redirect_to: Optional<Text> = "redirectTo",
    }
    example { "email": "ada@example.com", "redirectTo": "/reset" }
}

/// The request was accepted. The same for addresses with and without an account.
#[derive(Serialize, ToSchema)]
pub struct RequestResetResponse {
    /// Always true.
    status: bool,
    /// For people.
    message: &'static str,
}

route_errors! {
    /// Errors of `POST /request-password-reset`.
    pub enum RequestResetRouteError: ContractError {
        Disabled => ContractError::bad_request("RESET_PASSWORD_DISABLED", "Reset password isn't enabled"),
        InvalidEmail => ContractError::bad_request("VALIDATION_ERROR", "[body.email] Invalid email address"),
        ..Validation(ValidationError),
        ..Interrupted(Interrupted),
    }
}

impl From<RequestLinkError> for RequestResetRouteError {
    fn from(error: RequestLinkError) -> Self {
        match error {
            RequestLinkError::NotOffered => Self::Disabled,
            RequestLinkError::Email(_) => Self::InvalidEmail,
            RequestLinkError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}

/// Request a link that resets the password
///
/// If the address has an account, a message with a link is sent. The link works once, for 30 minutes.
#[utoipa::path(
    post, path = "/request-password-reset", tag = "Account", operation_id = "requestPasswordReset",
    request_body = RequestResetBody, security(()),
    responses(
        (status = 200, description = "The request is accepted, with or without an account", body = RequestResetResponse),
        PostErrors<RequestResetRouteError>,
    ),
)]
pub async fn request(
    State(auth): State<Arc<Auth>>,
    requester: Requester,
    ValidBody(body, ..): ValidBody<RequestResetBody, RequestResetRouteError>,
) -> Result<Json<RequestResetResponse>, RequestResetRouteError> {
    let return_to = body.redirect_to.filter(|target| !target.is_empty());
    auth.accounts.request_reset(&body.email, return_to, &requester).await?;
    let message = "If this email exists in our system, check your email for the reset link";
    Ok(Json(RequestResetResponse { status: true, message }))
}

members! {
    /// A new password instead of a forgotten one.
    pub struct ResetPasswordBody: Object {
        new_password: NewPassword = "newPassword",
        /// The token of a link.
        token: Optional<Text> = "token",
    }
    example { "newPassword": "amber walrus teapot 24", "token": "fJ2m…" }
}

members! {
    /// The token, if the body has none.
    pub struct ResetPasswordQuery: Object {
        token: Optional<Text> = "token",
    }
}

route_errors! {
    /// Errors of `POST /reset-password`.
    pub enum ResetPasswordRouteError: ContractError {
        InvalidToken => ContractError::bad_request("INVALID_TOKEN", "Invalid token"),
        ..Validation(ValidationError),
        ..WeakPassword(WeakPassword),
        ..Interrupted(Interrupted),
    }
}

impl From<SetPasswordError> for ResetPasswordRouteError {
    fn from(error: SetPasswordError) -> Self {
        match error {
            SetPasswordError::Link => Self::InvalidToken,
            SetPasswordError::NewPassword(weak) => weak.into(),
            SetPasswordError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}

/// Reset the password
///
/// Uses the token up, ends all sessions of the user and marks the address as verified. Creates no session. A password that
/// is refused leaves the token valid.
#[utoipa::path(
    post, path = "/reset-password", tag = "Account", operation_id = "resetPassword",
    request_body = ResetPasswordBody, params(("token" = Option<String>, Query)), security(()),
    responses(
        (status = 200, description = "The password is set", body = StatusResponse),
        PostErrors<ResetPasswordRouteError>,
    ),
)]
pub async fn reset(
    State(auth): State<Arc<Auth>>,
    requester: Requester,
    ValidBody(body, ..): ValidBody<ResetPasswordBody, ResetPasswordRouteError>,
    ValidQuery(query, ..): ValidQuery<ResetPasswordQuery, ResetPasswordRouteError>,
) -> Result<Json<StatusResponse>, ResetPasswordRouteError> {
    let given = |token: Option<String>| token.filter(|token| !token.is_empty());
    let token = given(body.token).or_else(|| given(query.token)).ok_or(ResetPasswordRouteError::InvalidToken)?;
    auth.accounts.reset_password(&token, &body.new_password, &requester).await?;
    Ok(Json(StatusResponse::SUCCESS))
}

members! {
    /// The parameters of a mailed link.
    pub struct ResetLinkQuery: Object {
        callback_url: Text = "callbackURL",
    }
}

route_errors! {
    /// Errors of `GET /reset-password/{token}`.
    pub enum ResetLinkRouteError: ContractError {
        ..Validation(ValidationError),
        ..Callback(CallbackError),
        ..Interrupted(Interrupted),
    }
}

/// Follow a link that resets the password
///
/// Changes nothing.
#[utoipa::path(
    get, path = "/reset-password/{token}", tag = "Account", operation_id = "followResetLink", security(()),
    params(("token" = String, Path), ("callbackURL" = String, Query)),
    responses(
        (status = 302, description = "Redirects to `callbackURL`, with `token` or with `error=INVALID_TOKEN`"),
        GetErrors<ResetLinkRouteError>,
    ),
)]
pub async fn follow_link(
    State(state): State<AppState>,
    Path(token): Path<String>,
    ValidQuery(query, ..): ValidQuery<ResetLinkQuery, ResetLinkRouteError>,
) -> Result<Response, ResetLinkRouteError> {
    let callback = query.callback_url.as_str();
    check_callback(Some(callback), &state.settings.trusted_origins)?;
    let link = state.auth.accounts.link_state(LinkPurpose::ResetPassword, &token).await.map_err(Interrupted::from)?;
    let is_valid = matches!(link, LinkState::Valid { .. });
    let (name, value) = if is_valid && !callback.is_empty() { ("token", &*token) } else { ("error", "INVALID_TOKEN") };
    let target = if callback.is_empty() { "/api/auth/error" } else { callback };
    let base = state.settings.base_url.as_str();
    let url = redirect::with_set(base, target, name, value).ok_or(CallbackError::Untrusted)?;
    Ok(redirect::to(&url))
}
