//! Reset of a forgotten password. It needs mail, which this service does not send: every token is invalid.

use std::sync::Arc;

use axum::{extract::State, response::Response};

use super::contract::{
    CallbackError, ContractError, EmailAddress, GetErrors, Optional, PasswordText, PostErrors, Text, ValidBody,
    ValidQuery, ValidationError, check_callback, members, redirect,
};
use crate::{
    auth::Auth,
    domain::password::{MAX_CHARS, WeakPassword},
    http::{route_error::route_errors, state::AppState},
};

members! {
    /// The account of the forgotten password.
    pub struct RequestResetBody: Object {
        _email: EmailAddress = "email",
        _redirect_to: Optional<Text> = "redirectTo",
    }
}

route_errors! {
    /// Errors of `POST /request-password-reset`.
    pub enum RequestResetRouteError: ContractError {
        Disabled => ContractError::bad_request("RESET_PASSWORD_DISABLED", "Reset password isn't enabled"),
        ..Validation(ValidationError),
    }
}

/// Request a link that resets the password
///
/// Not available: this service sends no mail.
#[utoipa::path(
    post, path = "/request-password-reset", tag = "Not available", operation_id = "requestPasswordReset",
    request_body = RequestResetBody, security(()),
    responses(PostErrors<RequestResetRouteError>),
)]
pub async fn request(_: ValidBody<RequestResetBody, RequestResetRouteError>) -> RequestResetRouteError {
    RequestResetRouteError::Disabled
}

members! {
    /// A new password instead of a forgotten one.
    pub struct ResetPasswordBody: Object {
        new_password: PasswordText = "newPassword",
        /// The token of a mailed link. No mail is sent, so every token is invalid.
        token: Optional<Text> = "token",
    }
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
        TooShort => WeakPassword::Missing.into(),
        TooLong => WeakPassword::TooLong.into(),
        UnknownToken => ContractError::bad_request("INVALID_TOKEN", "Invalid token"),
        ..Validation(ValidationError),
    }
}

/// Reset the password
///
/// No mail is sent, so every token is invalid.
#[utoipa::path(
    post, path = "/reset-password", tag = "Not available", operation_id = "resetPassword",
    request_body = ResetPasswordBody, params(("token" = Option<String>, Query)), security(()),
    responses(PostErrors<ResetPasswordRouteError>),
)]
pub async fn reset(
    State(auth): State<Arc<Auth>>,
    ValidBody(body, ..): ValidBody<ResetPasswordBody, ResetPasswordRouteError>,
    ValidQuery(query, ..): ValidQuery<ResetPasswordQuery, ResetPasswordRouteError>,
) -> ResetPasswordRouteError {
    let given = |token: &Option<String>| token.as_ref().is_some_and(|token| !token.is_empty());
    if !given(&body.token) && !given(&query.token) {
        return ResetPasswordRouteError::UnknownToken;
    }
    match body.new_password.chars().count() {
        length if length < usize::from(auth.passwords.policy().min_length) => ResetPasswordRouteError::TooShort,
        length if length > MAX_CHARS => ResetPasswordRouteError::TooLong,
        _ => ResetPasswordRouteError::UnknownToken,
    }
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
    }
}

/// Follow a link that resets the password
///
/// No mail is sent, so every token is invalid.
#[utoipa::path(
    get, path = "/reset-password/{token}", tag = "Not available", operation_id = "followResetLink", security(()),
    params(("token" = String, Path), ("callbackURL" = String, Query)),
    responses(
        (status = 302, description = "Redirects to `callbackURL`, with `error=INVALID_TOKEN`"),
        GetErrors<ResetLinkRouteError>,
    ),
)]
pub async fn follow_link(
    State(state): State<AppState>,
    ValidQuery(query, ..): ValidQuery<ResetLinkQuery, ResetLinkRouteError>,
) -> Result<Response, ResetLinkRouteError> {
    let callback = query.callback_url.as_str();
    check_callback(Some(callback), &state.settings.trusted_origins)?;
    let target = if callback.is_empty() { "/api/auth/error" } else { callback };
    let base = state.settings.base_url.as_str();
    let url = redirect::with_set(base, target, "error", "INVALID_TOKEN").ok_or(CallbackError::Untrusted)?;
    Ok(redirect::to(&url))
}
