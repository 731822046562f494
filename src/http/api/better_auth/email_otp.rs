//! Codes in messages (`LATCHKEY_EMAIL_SIGN_IN`): sending and checking them. One file for each use.

pub mod change;
pub mod reset;
pub mod sign_in;
mod types;
pub mod verify_email;

use axum::{Extension, Json, extract::State, http::StatusCode};

use super::{
    contract::{ContractError, EmailText, LoginCsrfError, PostErrors, Text, ValidBody, ValidationError, members},
    models::SuccessResponse,
};
use crate::{
    auth::{
        Requester,
        codes::{CodeError, PresentedCode, RequestCodeError},
        error::{InternalError, Interrupted},
        sign_in::by_mail::MailRequest,
    },
    domain::{Email, LinkPurpose},
    http::{
        route_error::route_errors,
        session::{cookies::CookieJar, mail_request::MailRequested},
        state::AppState,
    },
    mail::{codes::BrowserSecret, sign_in::SignInParts},
};
use types::{OtpType, OtpTypeText};

route_errors! {
    /// A code is not accepted.
    pub enum OtpError: ContractError {
        Invalid => ContractError::bad_request("INVALID_OTP", "Invalid OTP"),
        Expired => ContractError::bad_request("OTP_EXPIRED", "OTP expired"),
        Exhausted => ContractError::forbidden("TOO_MANY_ATTEMPTS", "Too many attempts"),
        ..Interrupted(Interrupted),
    }
}

impl From<CodeError> for OtpError {
    fn from(error: CodeError) -> Self {
        match error {
            CodeError::Invalid => Self::Invalid,
            CodeError::Expired => Self::Expired,
            CodeError::Exhausted => Self::Exhausted,
            CodeError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}

route_errors! {
    /// The text is not an e-mail address.
    pub enum EmailError: ContractError {
        Invalid => ContractError::bad_request("INVALID_EMAIL", "Invalid email"),
    }
}

fn check_email(email: &str) -> Result<(), EmailError> {
    Email::presented(email).map(|_| ()).map_err(|_| EmailError::Invalid)
}

/// The secret of this browser, from an earlier request or new.
fn browser_secret(state: &AppState, jar: &CookieJar) -> Result<BrowserSecret, Interrupted> {
    let secret = jar.browser_secret(&state.settings.form_key);
    secret.map_err(|error| InternalError::from(error).into())
}

/// Notes that this browser asked for a code. The same for all addresses.
fn keep(state: &AppState, jar: &CookieJar, browser: &BrowserSecret, email: &str) {
    jar.keep_mail_request(&MailRequested::new(browser, email, true, "", state.auth.now()), &state.settings.form_key);
}

/// A code that this browser presents.
fn presented<'a>(state: &AppState, jar: &CookieJar, email: &'a str, code: &'a str) -> PresentedCode<'a> {
    let browser = jar.mail_request(&state.settings.form_key).and_then(|requested| requested.browser());
    PresentedCode { email, code, browser: browser.map(|browser| browser.digest()) }
}

members! {
    /// The address and the use of a code.
    pub struct SendOtpBody: Object {
        email: EmailText = "email",
        usage: OtpTypeText = "type",
    }
    example { "email": "ada@example.com", "type": "sign-in" }
}

route_errors! {
    /// Errors of `POST /email-otp/send-verification-otp`.
    pub enum SendOtpRouteError: ContractError {
        InvalidType => ContractError::without_code(StatusCode::BAD_REQUEST, "Invalid OTP type"),
        ..Email(EmailError),
        ..LoginCsrf(LoginCsrfError),
        ..Validation(ValidationError),
        ..Interrupted(Interrupted),
    }
}

impl From<RequestCodeError> for SendOtpRouteError {
    fn from(error: RequestCodeError) -> Self {
        match error {
            RequestCodeError::Email(_) => EmailError::Invalid.into(),
            RequestCodeError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}

/// Request a code
///
/// The answer is the same for every address. The code works in the browser that asked for it only, which the cookie of the
/// response identifies, for 10 minutes and with 5 attempts.
#[utoipa::path(
    post, path = "/email-otp/send-verification-otp", tag = "Sign-in", operation_id = "sendVerificationOtp", security(()),
    request_body = SendOtpBody,
    responses(
        (status = 200, description = "The request is accepted; a cookie is set", body = SuccessResponse),
        PostErrors<SendOtpRouteError>,
    ),
)]
pub async fn send(
    State(state): State<AppState>,
    requester: Requester,
    Extension(jar): Extension<CookieJar>,
    ValidBody(body, ..): ValidBody<SendOtpBody, SendOtpRouteError>,
) -> Result<Json<SuccessResponse>, SendOtpRouteError> {
    let SendOtpBody { email, usage } = body;
    check_email(&email)?;
    let browser = browser_secret(&state, &jar)?;
    let accounts = &state.auth.accounts;
    match usage {
        OtpType::SignIn => {
            let mail = MailRequest {
                email: &email,
                name: "",
                remember: true,
                parts: SignInParts::Code,
                return_to: None,
                new_user_return_to: None,
                error_return_to: None,
            };
            state.auth.sign_in.request_mail(mail, &browser, &requester).await?;
        }
        OtpType::EmailVerification => accounts.request_verification_code(&email, &browser, &requester).await?,
        OtpType::ForgetPassword => accounts.request_reset_code(&email, &browser, &requester).await?,
        OtpType::ChangeEmail => return Err(SendOtpRouteError::InvalidType),
    }
    keep(&state, &jar, &browser, &email);
    Ok(Json(SuccessResponse { success: true }))
}

members! {
    /// A code to check.
    pub struct CheckOtpBody: Object {
        email: EmailText = "email",
        usage: OtpTypeText = "type",
        /// The code.
        otp: Text = "otp",
    }
    example { "email": "ada@example.com", "type": "sign-in", "otp": "123456" }
}

route_errors! {
    /// Errors of `POST /email-otp/check-verification-otp`.
    pub enum CheckOtpRouteError: ContractError {
        NoAccount => ContractError::bad_request("USER_NOT_FOUND", "User not found"),
        ..Email(EmailError),
        ..Otp(OtpError),
        ..Validation(ValidationError),
    }
}

/// Check a code
///
/// The code stays valid. A wrong code counts as an attempt.
#[utoipa::path(
    post, path = "/email-otp/check-verification-otp", tag = "Sign-in", operation_id = "checkVerificationOtp",
    security(()), request_body = CheckOtpBody,
    responses(
        (status = 200, description = "The code is right", body = SuccessResponse),
        PostErrors<CheckOtpRouteError>,
    ),
)]
pub async fn check(
    State(state): State<AppState>,
    requester: Requester,
    Extension(jar): Extension<CookieJar>,
    ValidBody(body, ..): ValidBody<CheckOtpBody, CheckOtpRouteError>,
) -> Result<Json<SuccessResponse>, CheckOtpRouteError> {
    check_email(&body.email)?;
    let purpose = match body.usage {
        OtpType::SignIn => LinkPurpose::SignIn,
        OtpType::EmailVerification => LinkPurpose::VerifyEmail,
        OtpType::ForgetPassword => LinkPurpose::ResetPassword,
        OtpType::ChangeEmail => return Err(OtpError::Invalid.into()),
    };
    let presented = presented(&state, &jar, &body.email, &body.otp);
    let Some(codes) = &state.auth.codes else { return Err(OtpError::Invalid.into()) };
    let stored = codes.check(purpose, presented, &requester).await.map_err(OtpError::from)?;
    // The owner of the mailbox may know.
    stored.user_id.ok_or(CheckOtpRouteError::NoAccount)?;
    Ok(Json(SuccessResponse { success: true }))
}
