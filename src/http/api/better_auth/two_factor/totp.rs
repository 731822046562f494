//! Codes of the authenticator app.

use axum::{Extension, Json, extract::State, http::StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    FactorError, FactorPasswordBody,
    second_step::{AcceptedCode, CodeOwner, CodeOwnerError, Presented},
};
use crate::{
    auth::{
        Requester,
        error::Interrupted,
        factors::{ChangeFactorsError, totp::ConfirmTotpError},
        sign_in::second_factor::{SecondFactor, SecondStepError},
    },
    domain::TotpCode,
    http::{
        api::better_auth::{
            contract::{ContractError, FlagOr, PostErrors, Text, ValidBody, ValidationError, members},
            password::PasswordError,
        },
        extract::{
            active_session::{ActiveSession, SessionError},
            principal::Authentication,
        },
        route_error::route_errors,
        session::{changes::ResponseChanges, cookies::CookieJar},
        state::AppState,
    },
};

members! {
    /// A code of the authenticator app.
    pub struct VerifyTotpBody: Object {
        /// Six digits. Each code is accepted once.
        code: Text = "code",
        /// `true`: this browser needs no second factor for 30 days. Only at a sign-in. Default: `false`.
        trust_device: FlagOr<false> = "trustDevice",
    }
    example { "code": "123456", "trustDevice": false }
}

route_errors! {
    /// Errors of `POST /two-factor/verify-totp`.
    pub enum VerifyTotpRouteError: ContractError {
        NotOn => ContractError::bad_request("TOTP_NOT_ENABLED", "TOTP not enabled"),
        InvalidCode => ContractError::new(StatusCode::UNAUTHORIZED, "INVALID_CODE", "Invalid code"),
        ..Validation(ValidationError),
        ..CodeOwner(CodeOwnerError),
        ..Interrupted(Interrupted),
    }
}

impl From<SecondStepError> for VerifyTotpRouteError {
    fn from(error: SecondStepError) -> Self {
        match error {
            SecondStepError::Wrong => Self::InvalidCode,
            SecondStepError::Ended => CodeOwnerError::Unknown.into(),
            SecondStepError::Exhausted => CodeOwnerError::Exhausted.into(),
            SecondStepError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}

impl From<ConfirmTotpError> for VerifyTotpRouteError {
    fn from(error: ConfirmTotpError) -> Self {
        match error {
            ConfirmTotpError::NotStarted => Self::NotOn,
            ConfirmTotpError::Code => Self::InvalidCode,
            ConfirmTotpError::Gone => CodeOwnerError::Unknown.into(),
            ConfirmTotpError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}

/// Present a code of the authenticator app
///
/// In a session: completes the set-up, or checks a code. Otherwise: completes the sign-in of this browser, which its cookie
/// identifies. A sign-in waits for 5 minutes and accepts 5 attempts.
#[utoipa::path(
    post, path = "/two-factor/verify-totp", tag = "Second factors", operation_id = "verifyTotp",
    request_body = VerifyTotpBody, security((), ("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "The code is accepted. At a sign-in: a new session; its cookies are set",
            body = AcceptedCode, headers(
                ("set-auth-token" = String, description = "The session token of a new session"),
            )),
        PostErrors<VerifyTotpRouteError>,
    ),
)]
pub async fn verify(
    State(state): State<AppState>,
    requester: Requester,
    authentication: Authentication,
    Extension(jar): Extension<CookieJar>,
    Extension(changes): Extension<ResponseChanges>,
    ValidBody(body, ..): ValidBody<VerifyTotpBody, VerifyTotpRouteError>,
) -> Result<Json<AcceptedCode>, VerifyTotpRouteError> {
    let factor = TotpCode::parse(&body.code).map(SecondFactor::Totp);
    let presented = Presented { factor, trust: body.trust_device, requester: &requester };
    match CodeOwner::of(authentication.identity(), &state, &jar).await? {
        CodeOwner::SignedIn(principal) => {
            let factors = &state.auth.factors;
            if factors.has_totp(principal.user_id()).await.map_err(Interrupted::from)? {
                presented.check(principal, &state).await?;
            } else {
                factors.confirm_totp(principal, &body.code, &requester).await?;
            }
            Ok(AcceptedCode::in_session(principal, &state).await?)
        }
        CodeOwner::Waiting(pending) => Ok(Json(presented.complete(&pending, &state, &jar, &changes).await?)),
    }
}

/// The key of an authenticator app.
#[derive(Serialize, ToSchema)]
pub struct TotpUriResponse {
    /// The key, for a QR code (`otpauth:`).
    #[serde(rename = "totpURI")]
    totp_uri: String,
}

route_errors! {
    /// Errors of `POST /two-factor/get-totp-uri`.
    pub enum TotpUriRouteError: ContractError {
        NotOn => ContractError::bad_request("TOTP_NOT_ENABLED", "TOTP not enabled"),
        ..Validation(ValidationError),
        ..Session(SessionError),
        ..Factor(FactorError),
    }
}

impl From<ChangeFactorsError> for TotpUriRouteError {
    fn from(error: ChangeFactorsError) -> Self {
        match error {
            ChangeFactorsError::NotOn => Self::NotOn,
            error => FactorError::from(error).into(),
        }
    }
}

/// Get the key of the authenticator app
///
/// For a second app. A key that waits for its first code is shown in the session that began the set-up only.
#[utoipa::path(
    post, path = "/two-factor/get-totp-uri", tag = "Second factors", operation_id = "getTotpUri",
    request_body = FactorPasswordBody, security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "The key", body = TotpUriResponse),
        PostErrors<TotpUriRouteError>,
    ),
)]
pub async fn uri(
    State(state): State<AppState>,
    requester: Requester,
    ValidBody(body, ..): ValidBody<FactorPasswordBody, TotpUriRouteError>,
    session: ActiveSession<TotpUriRouteError>,
) -> Result<Json<TotpUriResponse>, TotpUriRouteError> {
    let (factors, principal) = (&state.auth.factors, session.principal);
    let waiting = factors
        .totp_set_up(&session.session, &session.user)
        .await
        .map_err(Interrupted::from)
        .map_err(FactorError::from)?;
    let key = match waiting {
        Some(key) => {
            let confirmed = state.auth.passwords.confirm(principal, &body.password, &requester).await;
            confirmed.map_err(PasswordError::from).map_err(FactorError::from)?;
            key
        }
        None => factors.totp_key(principal, &body.password, &requester).await?,
    };
    Ok(Json(TotpUriResponse { totp_uri: key.uri }))
}
