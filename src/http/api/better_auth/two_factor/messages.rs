//! Codes in messages as a second factor. Always refused: see [`two_factor`](super).

use axum::{Extension, Json, extract::State};

use super::second_step::{AcceptedCode, CodeOwner, CodeOwnerError};
use crate::http::{
    api::better_auth::{
        contract::{ContractError, Flag, Optional, PostErrors, Text, ValidBody, ValidationError, members},
        models::StatusResponse,
    },
    extract::principal::Authentication,
    route_error::route_errors,
    session::cookies::CookieJar,
    state::AppState,
};

members! {
    /// The request of a message.
    pub struct SendTwoFactorOtpBody: OptionalObject {
        _trust_device: Optional<Flag> = "trustDevice",
    }
}

route_errors! {
    /// Errors of `POST /two-factor/send-otp`.
    pub enum SendTwoFactorOtpRouteError: ContractError {
        NotOffered => ContractError::bad_request("OTP_NOT_CONFIGURED", "otp isn't configured"),
        ..Validation(ValidationError),
    }
}

/// Send a code of a second factor
#[utoipa::path(
    post, path = "/two-factor/send-otp", tag = "Not available", operation_id = "sendTwoFactorOtp",
    security(()),
    responses(PostErrors<SendTwoFactorOtpRouteError>),
)]
pub async fn send(
    _: ValidBody<SendTwoFactorOtpBody, SendTwoFactorOtpRouteError>,
) -> Result<Json<StatusResponse>, SendTwoFactorOtpRouteError> {
    Err(SendTwoFactorOtpRouteError::NotOffered)
}

members! {
    /// A code in a message.
    pub struct VerifyTwoFactorOtpBody: Object {
        _code: Text = "code",
        _trust_device: Optional<Flag> = "trustDevice",
    }
}

route_errors! {
    /// Errors of `POST /two-factor/verify-otp`.
    pub enum VerifyTwoFactorOtpRouteError: ContractError {
        NoCode => ContractError::bad_request("OTP_HAS_EXPIRED", "OTP has expired"),
        ..Validation(ValidationError),
        ..CodeOwner(CodeOwnerError),
    }
}

/// Present a code in a message
#[utoipa::path(
    post, path = "/two-factor/verify-otp", tag = "Not available", operation_id = "verifyTwoFactorOtp",
    request_body = VerifyTwoFactorOtpBody, security(()),
    responses(PostErrors<VerifyTwoFactorOtpRouteError>),
)]
pub async fn verify(
    State(state): State<AppState>,
    authentication: Authentication,
    Extension(jar): Extension<CookieJar>,
    _: ValidBody<VerifyTwoFactorOtpBody, VerifyTwoFactorOtpRouteError>,
) -> Result<Json<AcceptedCode>, VerifyTwoFactorOtpRouteError> {
    CodeOwner::of(authentication.identity(), &state, &jar).await?;
    Err(VerifyTwoFactorOtpRouteError::NoCode)
}
