//! Sign-in with a passkey alone.

use axum::{Extension, Json, extract::State, http::StatusCode};
use serde_json::Value;

use super::{challenge_not_found, objects::Assertion};
use crate::{
    auth::{Principal, Requester, error::Interrupted, sign_in::passkey::PasskeySignInError},
    http::{
        api::better_auth::{
            contract::{ContractError, GetErrors, LoginCsrfError, PostErrors, ValidBody, ValidationError, members},
            models::CurrentSession,
        },
        route_error::route_errors,
        session::{ceremony::CeremonyKind, changes::ResponseChanges, cookies::CookieJar},
        state::AppState,
    },
};

route_errors! {
    /// Errors of `GET /passkey/generate-authenticate-options`.
    pub enum AuthenticationOptionsRouteError: ContractError {
        ..Interrupted(Interrupted),
    }
}

/// Begin a sign-in with a passkey
///
/// In a session, only the user's passkeys are allowed. Sets a cookie that names the ceremony, for 5 minutes.
#[utoipa::path(
    get, path = "/passkey/generate-authenticate-options", tag = "Passkeys",
    operation_id = "generatePasskeyAuthenticationOptions",
    security((), ("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "The options of `navigator.credentials.get`, as JSON", body = Object),
        GetErrors<AuthenticationOptionsRouteError>,
    ),
)]
pub async fn options(
    State(state): State<AppState>,
    requester: Requester,
    principal: Option<Principal>,
    Extension(jar): Extension<CookieJar>,
) -> Result<Json<Value>, ContractError> {
    let current = match principal {
        Some(principal) => state.auth.sessions.current(principal).await.map_err(Interrupted::from)?,
        None => None,
    };
    let user = current.map(|(_, user)| user.id);
    let begun = state.auth.sign_in.begin_passkey(user, &requester).await;
    let ceremony = begun.map_err(VerifyAuthenticationRouteError::from)?;
    jar.keep_ceremony(CeremonyKind::SignIn, &ceremony.secret);
    Ok(Json(ceremony.options))
}

members! {
    /// A passkey.
    pub struct VerifyAuthenticationBody: Object {
        /// The credential of `navigator.credentials.get`, as JSON.
        response: Assertion = "response",
    }
    example { "response": { "id": "QUJD", "rawId": "QUJD", "type": "public-key", "response": {} } }
}

route_errors! {
    /// Errors of `POST /passkey/verify-authentication`.
    pub enum VerifyAuthenticationRouteError: ContractError {
        ChallengeNotFound => challenge_not_found(),
        Failed => ContractError::bad_request("AUTHENTICATION_FAILED", "Authentication failed"),
        UnknownPasskey => ContractError::new(StatusCode::UNAUTHORIZED, "PASSKEY_NOT_FOUND", "Passkey not found"),
        NotVerified => ContractError::forbidden("EMAIL_NOT_VERIFIED", "Email not verified"),
        Disabled => ContractError::forbidden(
            "BANNED_USER",
            "You have been banned from this application. Please contact support if you believe this is an error.",
        ),
        ..LoginCsrf(LoginCsrfError),
        ..Validation(ValidationError),
        ..Interrupted(Interrupted),
    }
}

impl From<PasskeySignInError> for VerifyAuthenticationRouteError {
    fn from(error: PasskeySignInError) -> Self {
        match error {
            PasskeySignInError::ChallengeNotFound => Self::ChallengeNotFound,
            PasskeySignInError::UnknownPasskey => Self::UnknownPasskey,
            PasskeySignInError::Failed => Self::Failed,
            PasskeySignInError::NotVerified(_) => Self::NotVerified,
            PasskeySignInError::Disabled => Self::Disabled,
            PasskeySignInError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}

/// Sign in with a passkey
///
/// Needs the cookie of the ceremony, which ends with the first response. The passkey is both factors: there is no second
/// step.
#[utoipa::path(
    post, path = "/passkey/verify-authentication", tag = "Passkeys", operation_id = "verifyPasskeyAuthentication",
    request_body = VerifyAuthenticationBody, security(()),
    responses(
        (status = 200, description = "A new session; both cookies are set", body = CurrentSession, headers(
            ("set-auth-token" = String, description = "The session token"),
        )),
        PostErrors<VerifyAuthenticationRouteError>,
    ),
)]
pub async fn verify(
    State(state): State<AppState>,
    requester: Requester,
    Extension(changes): Extension<ResponseChanges>,
    Extension(jar): Extension<CookieJar>,
    ValidBody(body, ..): ValidBody<VerifyAuthenticationBody, VerifyAuthenticationRouteError>,
) -> Result<Json<CurrentSession>, VerifyAuthenticationRouteError> {
    let secret = jar.take_ceremony(CeremonyKind::SignIn);
    let secret = secret.ok_or(VerifyAuthenticationRouteError::ChallengeNotFound)?;
    match state.auth.sign_in.with_passkey(&secret, &body.response, true, &requester).await {
        Ok(signed_in) => {
            changes.start_session(&signed_in);
            Ok(Json(CurrentSession::new(&signed_in.session, &signed_in.user)))
        }
        Err(error) => {
            if let PasskeySignInError::NotVerified(user) = &error {
                jar.keep_unverified(*user, &state.settings.form_key);
            }
            Err(error.into())
        }
    }
}
