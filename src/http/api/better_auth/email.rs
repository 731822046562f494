//! Verification and change of the e-mail address. Both need mail, which this service does not send: every token
//! is invalid.

use axum::{extract::State, http::StatusCode, response::Response};

use super::contract::{
    CallbackError, ContractError, EmailAddress, GetErrors, Optional, PostErrors, Text, ValidBody, ValidQuery,
    ValidationError, check_callback, members, redirect,
};
use crate::http::{
    extract::active_session::{ActiveSession, SessionError},
    route_error::route_errors,
    state::AppState,
};

members! {
    /// The address to verify.
    pub struct SendVerificationBody: Object {
        _email: EmailAddress = "email",
        _callback_url: Optional<Text> = "callbackURL",
    }
}

route_errors! {
    /// Errors of `POST /send-verification-email`.
    pub enum SendVerificationRouteError: ContractError {
        Disabled => ContractError::bad_request("VERIFICATION_EMAIL_NOT_ENABLED", "Verification email isn't enabled"),
        ..Validation(ValidationError),
    }
}

/// Request a link that verifies an e-mail address
///
/// Not available: this service sends no mail.
#[utoipa::path(
    post, path = "/send-verification-email", tag = "Not available", operation_id = "sendVerificationEmail",
    request_body = SendVerificationBody, security(()),
    responses(PostErrors<SendVerificationRouteError>),
)]
pub async fn send_verification(
    _: ValidBody<SendVerificationBody, SendVerificationRouteError>,
) -> SendVerificationRouteError {
    SendVerificationRouteError::Disabled
}

members! {
    /// The parameters of a mailed link.
    pub struct VerifyEmailQuery: Object {
        _token: Text = "token",
        callback_url: Optional<Text> = "callbackURL",
    }
}

route_errors! {
    /// Errors of `GET /verify-email`.
    pub enum VerifyEmailRouteError: ContractError {
        UnknownToken => ContractError::new(StatusCode::UNAUTHORIZED, "INVALID_TOKEN", "Invalid token"),
        ..Validation(ValidationError),
        ..Callback(CallbackError),
    }
}

/// Follow a link that verifies an e-mail address
///
/// No mail is sent, so every token is invalid.
#[utoipa::path(
    get, path = "/verify-email", tag = "Not available", operation_id = "verifyEmail", security(()),
    params(("token" = String, Query), ("callbackURL" = Option<String>, Query)),
    responses(
        (status = 302, description = "Redirects to `callbackURL`, with `error=INVALID_TOKEN`"),
        GetErrors<VerifyEmailRouteError>,
    ),
)]
pub async fn verify(
    State(state): State<AppState>,
    ValidQuery(query, ..): ValidQuery<VerifyEmailQuery, VerifyEmailRouteError>,
) -> Result<Response, VerifyEmailRouteError> {
    let callback = query.callback_url.as_deref();
    check_callback(callback, &state.settings.trusted_origins)?;
    let callback = callback.filter(|callback| !callback.is_empty()).ok_or(VerifyEmailRouteError::UnknownToken)?;
    let url = redirect::with_added(callback, "error", "INVALID_TOKEN").ok_or(CallbackError::Untrusted)?;
    Ok(redirect::to(&url))
}

members! {
    /// The new address.
    pub struct ChangeEmailBody: Object {
        _new_email: EmailAddress = "newEmail",
        _callback_url: Optional<Text> = "callbackURL",
    }
}

route_errors! {
    /// Errors of `POST /change-email`.
    pub enum ChangeEmailRouteError: ContractError {
        Disabled => ContractError::bad_request("CHANGE_EMAIL_DISABLED", "Change email is disabled"),
        ..Validation(ValidationError),
        ..Session(SessionError),
    }
}

/// Change the e-mail address
///
/// Not available: this service sends no mail.
#[utoipa::path(
    post, path = "/change-email", tag = "Not available", operation_id = "changeEmail", request_body = ChangeEmailBody,
    security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(PostErrors<ChangeEmailRouteError>),
)]
pub async fn change(
    _: ValidBody<ChangeEmailBody, ChangeEmailRouteError>,
    _: ActiveSession<ChangeEmailRouteError>,
) -> ChangeEmailRouteError {
    ChangeEmailRouteError::Disabled
}
