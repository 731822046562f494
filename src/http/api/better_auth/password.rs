//! The password of the signed-in user.

use std::sync::Arc;

use axum::{Extension, Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    contract::{ContractError, FlagOr, NewPassword, PasswordText, PostErrors, ValidBody, ValidationError, members},
    models::{StatusResponse, UserObject},
};
use crate::{
    auth::{
        Auth, Requester,
        error::Interrupted,
        password::{
            change::{ChangePasswordError, PasswordChange, PasswordChanged},
            confirm::ConfirmPasswordError,
        },
    },
    domain::password::WeakPassword,
    http::{
        extract::active_session::{ActiveSession, SessionError},
        route_error::route_errors,
        session::changes::ResponseChanges,
    },
};

members! {
    /// The current password and a new one.
    pub struct ChangePasswordBody: Object {
        new: NewPassword = "newPassword",
        current: PasswordText = "currentPassword",
        /// `true`: this session is replaced by a new one. All other sessions end in any case. Default: `false`.
        new_session: FlagOr<false> = "revokeOtherSessions",
    }
    example { "currentPassword": "violet otter lantern 42", "newPassword": "amber walrus teapot 24" }
}

/// The user of the new password.
#[derive(Serialize, ToSchema)]
pub struct ChangePasswordResponse {
    /// The session token, if this session was replaced.
    #[schema(required = true)]
    token: Option<String>,
    /// The user.
    user: UserObject,
}

route_errors! {
    /// Errors of `POST /change-password`.
    pub enum ChangePasswordRouteError: ContractError {
        InvalidPassword => ContractError::invalid_password(),
        NoPassword => ContractError::no_password(),
        ..Validation(ValidationError),
        ..Session(SessionError),
        ..WeakPassword(WeakPassword),
        ..Interrupted(Interrupted),
    }
}

impl From<ChangePasswordError> for ChangePasswordRouteError {
    fn from(error: ChangePasswordError) -> Self {
        match error {
            ChangePasswordError::Confirm(ConfirmPasswordError::NoPassword) => Self::NoPassword,
            // The contract has one error. The length of the new password comes before the current password.
            ChangePasswordError::NewPassword(weak)
            | ChangePasswordError::Both(weak @ (WeakPassword::Missing | WeakPassword::TooLong)) => weak.into(),
            ChangePasswordError::Both(_) | ChangePasswordError::Confirm(ConfirmPasswordError::Mismatch) => {
                Self::InvalidPassword
            }
            ChangePasswordError::Confirm(ConfirmPasswordError::Interrupted(interrupted))
            | ChangePasswordError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}

/// Change the password
///
/// Ends all other sessions. With `revokeOtherSessions`, this session is replaced by a new one.
#[utoipa::path(
    post, path = "/change-password", tag = "Account", operation_id = "changePassword",
    request_body = ChangePasswordBody, security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "The password is changed", body = ChangePasswordResponse, headers(
            ("set-auth-token" = String, description = "The session token, if this session was replaced"),
        )),
        PostErrors<ChangePasswordRouteError>,
    ),
)]
pub async fn change(
    State(auth): State<Arc<Auth>>,
    requester: Requester,
    Extension(changes): Extension<ResponseChanges>,
    ValidBody(body, ..): ValidBody<ChangePasswordBody, ChangePasswordRouteError>,
    session: ActiveSession<ChangePasswordRouteError>,
) -> Result<Json<ChangePasswordResponse>, ChangePasswordRouteError> {
    let change = PasswordChange { current: &body.current, new: &body.new, new_session: body.new_session };
    Ok(Json(match auth.passwords.change(session.principal, change, &requester).await? {
        PasswordChanged::SameSession(user) => ChangePasswordResponse { token: None, user: UserObject::from(&*user) },
        PasswordChanged::NewSession(signed_in) => {
            changes.start_session(&signed_in);
            let token = Some(signed_in.session_token.expose());
            ChangePasswordResponse { token, user: UserObject::from(&signed_in.user) }
        }
    }))
}

members! {
    /// A password to verify.
    pub struct VerifyPasswordBody: Object {
        password: PasswordText = "password",
    }
    example { "password": "violet otter lantern 42" }
}

route_errors! {
    /// The password of the signed-in user is not confirmed.
    pub enum PasswordError: ContractError {
        InvalidPassword => ContractError::invalid_password(),
        ..Interrupted(Interrupted),
    }
}

impl From<ConfirmPasswordError> for PasswordError {
    fn from(error: ConfirmPasswordError) -> Self {
        match error {
            // The contract has one answer for both.
            ConfirmPasswordError::Mismatch | ConfirmPasswordError::NoPassword => Self::InvalidPassword,
            ConfirmPasswordError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}

route_errors! {
    /// Errors of `POST /verify-password`.
    pub enum VerifyPasswordRouteError: ContractError {
        ..Validation(ValidationError),
        ..Session(SessionError),
        ..Password(PasswordError),
    }
}

/// Verify the password
///
/// Verifies the password of the signed-in user.
#[utoipa::path(
    post, path = "/verify-password", tag = "Account", operation_id = "verifyPassword",
    request_body = VerifyPasswordBody, security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "The password is correct", body = StatusResponse),
        PostErrors<VerifyPasswordRouteError>,
    ),
)]
pub async fn verify(
    State(auth): State<Arc<Auth>>,
    requester: Requester,
    ValidBody(body, ..): ValidBody<VerifyPasswordBody, VerifyPasswordRouteError>,
    session: ActiveSession<VerifyPasswordRouteError>,
) -> Result<Json<StatusResponse>, VerifyPasswordRouteError> {
    let confirmed = auth.passwords.confirm(session.principal, &body.password, &requester).await;
    confirmed.map_err(PasswordError::from)?;
    Ok(Json(StatusResponse::SUCCESS))
}
