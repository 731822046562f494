//! Backup codes, each of which replaces the authenticator app once.

use std::sync::Arc;

use axum::{Extension, Json, extract::State, http::StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    FactorError, FactorPasswordBody,
    second_step::{AcceptedCode, CodeOwner, CodeOwnerError, Presented},
    texts,
};
use crate::{
    auth::{
        Auth, Requester,
        error::Interrupted,
        factors::ChangeFactorsError,
        sign_in::second_factor::{SecondFactor, SecondStepError},
    },
    domain::RecoveryCode,
    http::{
        api::better_auth::contract::{ContractError, FlagOr, PostErrors, Text, ValidBody, ValidationError, members},
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
    /// A backup code.
    pub struct VerifyBackupCodeBody: Object {
        /// Works once.
        code: Text = "code",
        /// Always `false`: an accepted code completes the sign-in.
        disable_session: FlagOr<false> = "disableSession",
        /// `true`: this browser needs no second factor for 30 days. Only at a sign-in. Default: `false`.
        trust_device: FlagOr<false> = "trustDevice",
    }
    example { "code": "k3v9m-0x7qd" }
}

route_errors! {
    /// Errors of `POST /two-factor/verify-backup-code`.
    pub enum VerifyBackupCodeRouteError: ContractError {
        NotOn => ContractError::bad_request("BACKUP_CODES_NOT_ENABLED", "Backup codes aren't enabled"),
        InvalidCode => ContractError::new(
            StatusCode::UNAUTHORIZED, "INVALID_BACKUP_CODE", "Invalid backup code",
        ),
        WithoutSession => ContractError::bad_request(
            "VALIDATION_ERROR", "[body.disableSession] Invalid input: expected false",
        ),
        ..Validation(ValidationError),
        ..CodeOwner(CodeOwnerError),
        ..Interrupted(Interrupted),
    }
}

impl From<SecondStepError> for VerifyBackupCodeRouteError {
    fn from(error: SecondStepError) -> Self {
        match error {
            SecondStepError::Wrong => Self::InvalidCode,
            SecondStepError::Ended => CodeOwnerError::Unknown.into(),
            SecondStepError::Exhausted => CodeOwnerError::Exhausted.into(),
            SecondStepError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}

/// Present a backup code
///
/// Completes the sign-in of this browser, which its cookie identifies. In a session: uses the code up. Letter case, spaces
/// and the hyphen make no difference.
#[utoipa::path(
    post, path = "/two-factor/verify-backup-code", tag = "Second factors", operation_id = "verifyBackupCode",
    request_body = VerifyBackupCodeBody, security((), ("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "The code is accepted. At a sign-in: a new session; its cookies are set",
            body = AcceptedCode, headers(
                ("set-auth-token" = String, description = "The session token of a new session"),
            )),
        PostErrors<VerifyBackupCodeRouteError>,
    ),
)]
pub async fn verify(
    State(state): State<AppState>,
    requester: Requester,
    authentication: Authentication,
    Extension(jar): Extension<CookieJar>,
    Extension(changes): Extension<ResponseChanges>,
    ValidBody(body, ..): ValidBody<VerifyBackupCodeBody, VerifyBackupCodeRouteError>,
) -> Result<Json<AcceptedCode>, VerifyBackupCodeRouteError> {
    if body.disable_session {
        return Err(VerifyBackupCodeRouteError::WithoutSession);
    }
    let factor = RecoveryCode::parse(&body.code).map(SecondFactor::RecoveryCode);
    let presented = Presented { factor, trust: body.trust_device, requester: &requester };
    match CodeOwner::of(authentication.identity(), &state, &jar).await? {
        CodeOwner::SignedIn(principal) => {
            if !state.auth.factors.has_totp(principal.user_id()).await.map_err(Interrupted::from)? {
                return Err(VerifyBackupCodeRouteError::NotOn);
            }
            presented.check(principal, &state).await?;
            Ok(AcceptedCode::in_session(principal, &state).await?)
        }
        CodeOwner::Waiting(pending) => Ok(Json(presented.complete(&pending, &state, &jar, &changes).await?)),
    }
}

/// New backup codes.
#[derive(Serialize, ToSchema)]
pub struct BackupCodesResponse {
    /// Always true.
    status: bool,
    /// Ten codes that work once each. They are not shown again.
    #[serde(rename = "backupCodes")]
    backup_codes: Vec<String>,
}

route_errors! {
    /// Errors of `POST /two-factor/generate-backup-codes`.
    pub enum GenerateBackupCodesRouteError: ContractError {
        NotOn => ContractError::bad_request("TWO_FACTOR_NOT_ENABLED", "Two factor isn't enabled"),
        ..Validation(ValidationError),
        ..Session(SessionError),
        ..Factor(FactorError),
    }
}

impl From<ChangeFactorsError> for GenerateBackupCodesRouteError {
    fn from(error: ChangeFactorsError) -> Self {
        match error {
            ChangeFactorsError::NotOn => Self::NotOn,
            error => FactorError::from(error).into(),
        }
    }
}

/// Replace the backup codes
///
/// The old codes, sign-ins that wait for the second factor and the trust in all devices end.
#[utoipa::path(
    post, path = "/two-factor/generate-backup-codes", tag = "Second factors", operation_id = "generateBackupCodes",
    request_body = FactorPasswordBody, security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "The new codes", body = BackupCodesResponse),
        PostErrors<GenerateBackupCodesRouteError>,
    ),
)]
pub async fn generate(
    State(auth): State<Arc<Auth>>,
    requester: Requester,
    ValidBody(body, ..): ValidBody<FactorPasswordBody, GenerateBackupCodesRouteError>,
    session: ActiveSession<GenerateBackupCodesRouteError>,
) -> Result<Json<BackupCodesResponse>, GenerateBackupCodesRouteError> {
    // Before the password, as in the contract.
    let is_on = auth.factors.has_totp(session.principal.user_id()).await;
    if !is_on.map_err(Interrupted::from).map_err(FactorError::from)? {
        return Err(GenerateBackupCodesRouteError::NotOn);
    }
    let codes = auth.factors.renew_recovery_codes(session.principal, Some(&body.password), &requester).await?;
    Ok(Json(BackupCodesResponse { status: true, backup_codes: texts(&codes) }))
}
