//! Setting up and removing the authenticator app.

use std::sync::Arc;

use axum::{Extension, Json, extract::State};
use serde::Serialize;
use serde_json::Value;
use utoipa::{
    ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

use super::{FactorError, FactorPasswordBody, texts};
use crate::{
    auth::{
        Auth, Requester,
        factors::{ChangeFactorsError, totp::CodesAt},
    },
    http::{
        api::better_auth::{
            contract::{
                ContractError, Kind, Members, Optional, PasswordText, PostErrors, Text, ValidBody, ValidationError,
                members,
            },
            models::StatusResponse,
            password::PasswordError,
        },
        extract::active_session::{ActiveSession, SessionError, SetUpSession},
        route_error::route_errors,
        session::cookies::CookieJar,
    },
};

/// A method of second factors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// An authenticator app.
    Totp,
    /// Codes in messages, which this service does not have.
    Otp,
}

/// The name of a method.
pub struct MethodText;

impl Kind for MethodText {
    type Value = Method;

    fn read(members: &mut Members<'_>, name: &str) -> Method {
        match members.get(name).and_then(Value::as_str) {
            Some("totp") => Method::Totp,
            Some("otp") => Method::Otp,
            _ => {
                members.wrong(name, r#"Invalid option: expected one of "otp"|"totp""#);
                Method::Totp
            }
        }
    }

    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["totp"])).into()
    }
}

members! {
    /// A new second factor.
    pub struct EnableTwoFactorBody: Object {
        password: PasswordText = "password",
        /// Always `totp`.
        method: Optional<MethodText> = "method",
        /// Has no effect: the app shows the name of this service.
        _issuer: Optional<Text> = "issuer",
    }
    example { "password": "violet otter lantern 42" }
}

/// An authenticator app that waits for its first code.
#[derive(Serialize, ToSchema)]
pub struct EnabledTwoFactor {
    /// Always `totp`.
    method: &'static str,
    /// The key, for a QR code (`otpauth:`).
    #[serde(rename = "totpURI")]
    totp_uri: String,
    /// Ten codes that work once each, instead of the app. They are not shown again.
    #[serde(rename = "backupCodes")]
    backup_codes: Vec<String>,
}

route_errors! {
    /// Errors of `POST /two-factor/enable`.
    pub enum EnableTwoFactorRouteError: ContractError {
        NotOffered => ContractError::bad_request("OTP_NOT_CONFIGURED", "OTP is not available"),
        AlreadyOn => ContractError::bad_request("TOTP_ALREADY_ENABLED", "TOTP is already enabled"),
        ..Validation(ValidationError),
        ..Session(SessionError),
        ..Factor(FactorError),
    }
}

impl From<ChangeFactorsError> for EnableTwoFactorRouteError {
    fn from(error: ChangeFactorsError) -> Self {
        match error {
            ChangeFactorsError::AlreadyOn => Self::AlreadyOn,
            error => FactorError::from(error).into(),
        }
    }
}

/// Set up an authenticator app
///
/// Sign-ins have one step until `verify-totp` accepts the first code, in this session and within 15 minutes. Another call
/// replaces the key and the codes.
#[utoipa::path(
    post, path = "/two-factor/enable", tag = "Second factors", operation_id = "enableTwoFactor",
    request_body = EnableTwoFactorBody, security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "The app waits for its first code", body = EnabledTwoFactor),
        PostErrors<EnableTwoFactorRouteError>,
    ),
)]
pub async fn enable(
    State(auth): State<Arc<Auth>>,
    requester: Requester,
    ValidBody(body, ..): ValidBody<EnableTwoFactorBody, EnableTwoFactorRouteError>,
    SetUpSession(session): SetUpSession<EnableTwoFactorRouteError>,
) -> Result<Json<EnabledTwoFactor>, EnableTwoFactorRouteError> {
    if body.method == Some(Method::Otp) {
        let confirmed = auth.passwords.confirm(session.principal, &body.password, &requester).await;
        confirmed.map_err(PasswordError::from).map_err(FactorError::from)?;
        return Err(EnableTwoFactorRouteError::NotOffered);
    }
    let started = auth.factors.begin_totp(session.principal, Some(&body.password), CodesAt::Start, &requester).await?;
    Ok(Json(EnabledTwoFactor { method: "totp", totp_uri: started.key.uri, backup_codes: texts(&started.codes) }))
}

route_errors! {
    /// Errors of `POST /two-factor/disable`.
    pub enum DisableTwoFactorRouteError: ContractError {
        ..Validation(ValidationError),
        ..Session(SessionError),
        ..Factor(FactorError),
    }
}

/// Remove the second factor
///
/// Removes the authenticator app, the backup codes and the trust in all devices. Also succeeds without a second factor.
#[utoipa::path(
    post, path = "/two-factor/disable", tag = "Second factors", operation_id = "disableTwoFactor",
    request_body = FactorPasswordBody, security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "The account has no second factor", body = StatusResponse),
        PostErrors<DisableTwoFactorRouteError>,
    ),
)]
pub async fn disable(
    State(auth): State<Arc<Auth>>,
    requester: Requester,
    Extension(jar): Extension<CookieJar>,
    ValidBody(body, ..): ValidBody<FactorPasswordBody, DisableTwoFactorRouteError>,
    session: ActiveSession<DisableTwoFactorRouteError>,
) -> Result<Json<StatusResponse>, DisableTwoFactorRouteError> {
    match auth.factors.remove(session.principal, Some(&body.password), &requester).await {
        Ok(()) | Err(ChangeFactorsError::NotOn) => {
            if requester.trusted.is_some() {
                jar.drop_trust();
            }
            Ok(Json(StatusResponse::SUCCESS))
        }
        Err(error) => Err(FactorError::from(error).into()),
    }
}
