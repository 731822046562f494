//! Reset of a forgotten password with a code.

use axum::{Extension, Json, extract::State};

use super::{OtpError, browser_secret, keep, presented};
use crate::{
    auth::{Requester, accounts::code::ResetWithCodeError, codes::RequestCodeError, error::Interrupted},
    domain::password::WeakPassword,
    http::{
        api::better_auth::{
            contract::{ContractError, EmailText, NewPassword, PostErrors, Text, ValidBody, ValidationError, members},
            models::SuccessResponse,
        },
        route_error::route_errors,
        session::cookies::CookieJar,
        state::AppState,
    },
};

members! {
    /// The account of the forgotten password.
    pub struct RequestResetOtpBody: Object {
        /// Any text. A text that is no address is answered like one without an account.
        email: Text = "email",
    }
    example { "email": "ada@example.com" }
}

route_errors! {
    /// Errors of `POST /email-otp/request-password-reset`.
    pub enum RequestResetOtpRouteError: ContractError {
        ..Validation(ValidationError),
        ..Interrupted(Interrupted),
    }
}

/// Request a code that sets a new password
///
/// The answer is the same for every address.
#[utoipa::path(
    post, path = "/email-otp/request-password-reset", tag = "Account", operation_id = "requestPasswordResetOtp",
    request_body = RequestResetOtpBody, security(()),
    responses(
        (status = 200, description = "The request is accepted; a cookie is set for an address", body = SuccessResponse),
        PostErrors<RequestResetOtpRouteError>,
    ),
)]
pub async fn request(
    State(state): State<AppState>,
    requester: Requester,
    Extension(jar): Extension<CookieJar>,
    ValidBody(body, ..): ValidBody<RequestResetOtpBody, RequestResetOtpRouteError>,
) -> Result<Json<SuccessResponse>, RequestResetOtpRouteError> {
    ask(&state, &requester, &jar, &body.email).await
}

/// Request a code that sets a new password (old path)
///
/// As `POST /email-otp/request-password-reset`, for older clients.
#[utoipa::path(
    post, path = "/forget-password/email-otp", tag = "Account", operation_id = "forgetPasswordOtp",
    request_body = RequestResetOtpBody, security(()),
    responses(
        (status = 200, description = "The request is accepted; a cookie is set for an address", body = SuccessResponse),
        PostErrors<RequestResetOtpRouteError>,
    ),
)]
pub async fn request_by_old_path(
    State(state): State<AppState>,
    requester: Requester,
    Extension(jar): Extension<CookieJar>,
    ValidBody(body, ..): ValidBody<RequestResetOtpBody, RequestResetOtpRouteError>,
) -> Result<Json<SuccessResponse>, RequestResetOtpRouteError> {
    ask(&state, &requester, &jar, &body.email).await
}

async fn ask(
    state: &AppState,
    requester: &Requester,
    jar: &CookieJar,
    email: &str,
) -> Result<Json<SuccessResponse>, RequestResetOtpRouteError> {
    let browser = browser_secret(state, jar)?;
    match state.auth.accounts.request_reset_code(email, &browser, requester).await {
        Ok(()) => keep(state, jar, &browser, email),
        // The contract accepts every text, and no account has this one. It could be too long for a cookie.
        Err(RequestCodeError::Email(_)) => {}
        Err(RequestCodeError::Interrupted(interrupted)) => return Err(interrupted.into()),
    }
    Ok(Json(SuccessResponse { success: true }))
}

members! {
    /// An address, its code and a new password.
    pub struct ResetOtpBody: Object {
        email: EmailText = "email",
        /// The code.
        otp: Text = "otp",
        password: NewPassword = "password",
    }
    example { "email": "ada@example.com", "otp": "123456", "password": "amber walrus teapot 24" }
}

route_errors! {
    /// Errors of `POST /email-otp/reset-password`.
    pub enum ResetOtpRouteError: ContractError {
        ..Otp(OtpError),
        ..Validation(ValidationError),
        ..WeakPassword(WeakPassword),
        ..Interrupted(Interrupted),
    }
}

impl From<ResetWithCodeError> for ResetOtpRouteError {
    fn from(error: ResetWithCodeError) -> Self {
        match error {
            ResetWithCodeError::Code(error) => OtpError::from(error).into(),
            ResetWithCodeError::NewPassword(weak) => weak.into(),
            ResetWithCodeError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}

/// Set a new password with a code
///
/// Uses the code up, ends all sessions of the user and marks the address as verified. Creates no session. A password that
/// is refused leaves the code valid.
#[utoipa::path(
    post, path = "/email-otp/reset-password", tag = "Account", operation_id = "resetPasswordOtp",
    request_body = ResetOtpBody, security(()),
    responses(
        (status = 200, description = "The password is set", body = SuccessResponse),
        PostErrors<ResetOtpRouteError>,
    ),
)]
pub async fn reset(
    State(state): State<AppState>,
    requester: Requester,
    Extension(jar): Extension<CookieJar>,
    ValidBody(body, ..): ValidBody<ResetOtpBody, ResetOtpRouteError>,
) -> Result<Json<SuccessResponse>, ResetOtpRouteError> {
    let presented = presented(&state, &jar, &body.email, &body.otp);
    state.auth.accounts.reset_password_with_code(presented, &body.password, &requester).await?;
    jar.drop_mail_request();
    Ok(Json(SuccessResponse { success: true }))
}
