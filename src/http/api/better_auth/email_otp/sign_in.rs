//! `POST /sign-in/email-otp`

use axum::{Extension, Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use super::{OtpError, presented};
use crate::{
    auth::{
        Requester,
        sign_in::{
            SignInStep,
            by_mail::{MailSignedIn, NewUserProfile},
        },
    },
    domain::Name,
    http::{
        api::better_auth::{
            contract::{
                ContractError, DisplayName, EmailText, ImageUrl, LoginCsrfError, Optional, PostErrors, Text, ValidBody,
                ValidationError, members,
            },
            models::UserObject,
            two_factor::{self, TwoFactorRedirect},
        },
        route_error::route_errors,
        session::{changes::ResponseChanges, cookies::CookieJar},
        state::AppState,
    },
};

members! {
    /// An address and its code.
    pub struct SignInOtpBody: Object {
        email: EmailText = "email",
        /// The code.
        otp: Text = "otp",
        /// The name of a new account.
        name: Optional<DisplayName> = "name",
        /// The picture of a new account.
        image: Optional<ImageUrl> = "image",
    }
    example { "email": "ada@example.com", "otp": "123456" }
}

/// A new session.
#[derive(Serialize, ToSchema)]
pub struct SignInOtpResponse {
    /// The session token.
    token: String,
    user: UserObject,
}

/// The answer to a correct code.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum SignInOtpResult {
    /// The user is signed in.
    SignedIn(Box<SignInOtpResponse>),
    /// The account has a second factor.
    SecondFactor(TwoFactorRedirect),
}

route_errors! {
    /// Errors of `POST /sign-in/email-otp`.
    pub enum SignInOtpRouteError: ContractError {
        ..LoginCsrf(LoginCsrfError),
        ..Otp(OtpError),
        ..Validation(ValidationError),
    }
}

/// Sign in with a code
///
/// Creates the account of a new address. Verifies the address: an account whose address was not verified loses its password
/// and its sessions, because another person could have created it.
#[utoipa::path(
    post, path = "/sign-in/email-otp", tag = "Sign-in", operation_id = "signInEmailOtp", security(()),
    request_body = SignInOtpBody,
    responses(
        (status = 200, description = "A new session; both cookies are set. Or the account has a second factor: there is no \
          session yet", body = SignInOtpResult, headers(
            ("set-auth-token" = String, description = "The session token"),
        )),
        PostErrors<SignInOtpRouteError>,
    ),
)]
pub async fn sign_in(
    State(state): State<AppState>,
    requester: Requester,
    Extension(changes): Extension<ResponseChanges>,
    Extension(jar): Extension<CookieJar>,
    ValidBody(body, ..): ValidBody<SignInOtpBody, SignInOtpRouteError>,
) -> Result<Json<SignInOtpResult>, SignInOtpRouteError> {
    let presented = presented(&state, &jar, &body.email, &body.otp);
    let name = body.name.as_ref().map(Name::as_str);
    let profile = NewUserProfile { name, image: body.image.as_deref() };
    let signed_in = state.auth.sign_in.with_code(presented, profile, &requester).await.map_err(OtpError::from)?;
    let MailSignedIn { step, .. } = signed_in;
    jar.drop_mail_request();
    Ok(Json(match step {
        SignInStep::Complete(session) => {
            changes.start_session(&session);
            let (token, user) = (session.session_token.expose(), UserObject::from(&session.user));
            SignInOtpResult::SignedIn(Box::new(SignInOtpResponse { token, user }))
        }
        SignInStep::SecondFactor(pending) => {
            two_factor::keep(&state, &jar, &changes, &pending, "");
            SignInOtpResult::SecondFactor(TwoFactorRedirect::TOTP)
        }
    }))
}
