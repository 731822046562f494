//! `POST /email-otp/verify-email`

use axum::{Extension, Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use super::{EmailError, OtpError, check_email, presented};
use crate::{
    auth::{Principal, Requester},
    http::{
        api::better_auth::{
            contract::{ContractError, EmailText, PostErrors, Text, ValidBody, ValidationError, members},
            models::UserObject,
        },
        extract::principal::Authentication,
        route_error::route_errors,
        session::cookies::CookieJar,
        state::AppState,
    },
};

members! {
    /// An address and its code.
    pub struct VerifyEmailOtpBody: Object {
        email: EmailText = "email",
        /// The code.
        otp: Text = "otp",
    }
    example { "email": "ada@example.com", "otp": "123456" }
}

/// The address is verified.
#[derive(Serialize, ToSchema)]
pub struct VerifyEmailOtpResponse {
    /// Always true.
    status: bool,
    /// Always null: there is no new session.
    #[schema(required = true, value_type = Option<String>)]
    token: (),
    user: UserObject,
}

route_errors! {
    /// Errors of `POST /email-otp/verify-email`.
    pub enum VerifyEmailOtpRouteError: ContractError {
        ..Email(EmailError),
        ..Otp(OtpError),
        ..Validation(ValidationError),
    }
}

/// Verify the e-mail address with a code
///
/// Outside of a session of the user, the account loses its password and its sessions: another person could have created
/// it.
#[utoipa::path(
    post, path = "/email-otp/verify-email", tag = "Account", operation_id = "verifyEmailOtp",
    request_body = VerifyEmailOtpBody, security((), ("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "The address is verified", body = VerifyEmailOtpResponse),
        PostErrors<VerifyEmailOtpRouteError>,
    ),
)]
pub async fn verify_email(
    State(state): State<AppState>,
    requester: Requester,
    authentication: Authentication,
    Extension(jar): Extension<CookieJar>,
    ValidBody(body, ..): ValidBody<VerifyEmailOtpBody, VerifyEmailOtpRouteError>,
) -> Result<Json<VerifyEmailOtpResponse>, VerifyEmailOtpRouteError> {
    check_email(&body.email)?;
    let presented = presented(&state, &jar, &body.email, &body.otp);
    let unverified = || jar.unverified(&state.settings.form_key);
    // A restricted session tells whose browser this is.
    let known = authentication.identity().map(Principal::user_id).or_else(unverified);
    let verified = state.auth.accounts.verify_email_with_code(presented, known, &requester).await;
    let user = verified.map_err(OtpError::from)?;
    jar.drop_mail_request();
    Ok(Json(VerifyEmailOtpResponse { status: true, token: (), user: UserObject::from(&*user) }))
}
