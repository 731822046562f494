//! Change of the e-mail address with a code. Always refused: the address is changed with a link.

use axum::{Json, http::StatusCode};

use crate::http::{
    api::better_auth::{
        contract::{ContractError, Optional, PostErrors, Text, ValidBody, ValidationError, members},
        models::SuccessResponse,
    },
    extract::active_session::{ActiveSession, SessionError},
    route_error::route_errors,
};

members! {
    /// The new address.
    pub struct RequestEmailChangeBody: Object {
        _new_email: Text = "newEmail",
        _otp: Optional<Text> = "otp",
    }
}

members! {
    /// The new address and its code.
    pub struct ChangeEmailOtpBody: Object {
        _new_email: Text = "newEmail",
        _otp: Text = "otp",
    }
}

route_errors! {
    /// Errors of the change with a code.
    pub enum ChangeEmailOtpRouteError: ContractError {
        Disabled => ContractError::without_code(StatusCode::BAD_REQUEST, "Change email with OTP is disabled"),
        ..Validation(ValidationError),
        ..Session(SessionError),
    }
}

/// Request a code that changes the e-mail address
#[utoipa::path(
    post, path = "/email-otp/request-email-change", tag = "Not available", operation_id = "requestEmailChangeOtp",
    request_body = RequestEmailChangeBody, security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(PostErrors<ChangeEmailOtpRouteError>),
)]
pub async fn request(
    _: ValidBody<RequestEmailChangeBody, ChangeEmailOtpRouteError>,
    _: ActiveSession<ChangeEmailOtpRouteError>,
) -> Result<Json<SuccessResponse>, ChangeEmailOtpRouteError> {
    Err(ChangeEmailOtpRouteError::Disabled)
}

/// Change the e-mail address with a code
#[utoipa::path(
    post, path = "/email-otp/change-email", tag = "Not available", operation_id = "changeEmailOtp",
    request_body = ChangeEmailOtpBody, security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(PostErrors<ChangeEmailOtpRouteError>),
)]
pub async fn change(
    _: ValidBody<ChangeEmailOtpBody, ChangeEmailOtpRouteError>,
    _: ActiveSession<ChangeEmailOtpRouteError>,
) -> Result<Json<SuccessResponse>, ChangeEmailOtpRouteError> {
    Err(ChangeEmailOtpRouteError::Disabled)
}
