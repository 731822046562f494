//! Deletion of the signed-in user's account.

use std::sync::Arc;

use axum::{Extension, Json, extract::State, http::StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    contract::{
        CallbackError, ContractError, GetErrors, Optional, PasswordText, PostErrors, Text, ValidBody, ValidQuery,
        ValidationError, check_callback, members,
    },
    password::PasswordError,
};
use crate::{
    auth::{
        Auth, Principal, Requester,
        accounts::delete::{DeleteAccountError, Proof},
        error::InternalError,
        error::Interrupted,
        password::confirm::ConfirmPasswordError,
    },
    http::{
        extract::active_session::{ActiveSession, SessionError},
        route_error::route_errors,
        session::changes::ResponseChanges,
        state::AppState,
    },
};

members! {
    /// The confirmation of a deletion.
    pub struct DeleteUserBody: Object {
        /// An address on this site or a trusted site. It has no other effect.
        _callback_url: Optional<Text> = "callbackURL",
        /// Optional in a session that is less than a day old.
        password: Optional<PasswordText> = "password",
        /// The token of a mailed link. No mail is sent, so every token is invalid.
        token: Optional<Text> = "token",
    }
    example { "password": "violet otter lantern 42" }
}

/// The account is deleted.
#[derive(Serialize, ToSchema)]
pub struct DeleteUserResponse {
    /// Always true.
    success: bool,
    /// Always `User deleted`.
    message: &'static str,
}

route_errors! {
    /// The token of a mailed link is invalid.
    pub enum UnknownTokenError: ContractError {
        UnknownToken => ContractError::new(StatusCode::NOT_FOUND, "INVALID_TOKEN", "Invalid token"),
    }
}

route_errors! {
    /// Errors of `POST /delete-user`.
    pub enum DeleteUserRouteError: ContractError {
        InvalidPassword => ContractError::invalid_password(),
        NoPassword => ContractError::no_password(),
        NotFresh => ContractError::bad_request(
            "SESSION_EXPIRED", "Session expired. Re-authenticate to perform this action.",
        ),
        ..UnknownToken(UnknownTokenError),
        ..Validation(ValidationError),
        ..Session(SessionError),
        ..Password(PasswordError),
        ..Interrupted(Interrupted),
    }
}

impl From<DeleteAccountError> for DeleteUserRouteError {
    fn from(error: DeleteAccountError) -> Self {
        match error {
            DeleteAccountError::Confirm(ConfirmPasswordError::Mismatch) => Self::InvalidPassword,
            DeleteAccountError::Confirm(ConfirmPasswordError::NoPassword) => Self::NoPassword,
            DeleteAccountError::NotFresh => Self::NotFresh,
            DeleteAccountError::Gone => SessionError::Missing.into(),
            DeleteAccountError::Confirm(ConfirmPasswordError::Interrupted(interrupted))
            | DeleteAccountError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}

/// Delete the account
///
/// Requires the password, or a session that is less than a day old.
#[utoipa::path(
    post, path = "/delete-user", tag = "Account", operation_id = "deleteUser", request_body = DeleteUserBody,
    security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "The account and all its data are deleted", body = DeleteUserResponse),
        PostErrors<DeleteUserRouteError>,
    ),
)]
pub async fn delete_user(
    State(auth): State<Arc<Auth>>,
    requester: Requester,
    Extension(changes): Extension<ResponseChanges>,
    ValidBody(body, ..): ValidBody<DeleteUserBody, DeleteUserRouteError>,
    session: ActiveSession<DeleteUserRouteError>,
) -> Result<Json<DeleteUserResponse>, DeleteUserRouteError> {
    let password = body.password.as_deref().filter(|password| !password.is_empty());
    if body.token.is_some_and(|token| !token.is_empty()) {
        return Err(refuse_token(&auth, session.principal, password, &requester).await);
    }
    let proof = password.map_or(Proof::FreshSession, Proof::Password);
    auth.accounts.delete(session.principal, proof, &requester).await?;
    changes.end_session();
    Ok(Json(DeleteUserResponse { success: true, message: "User deleted" }))
}

/// The contract verifies the password before the token.
async fn refuse_token(
    auth: &Auth,
    principal: Principal,
    password: Option<&str>,
    requester: &Requester,
) -> DeleteUserRouteError {
    if let Some(password) = password
        && let Err(error) = auth.passwords.confirm(principal, password, requester).await
    {
        return PasswordError::from(error).into();
    }
    UnknownTokenError::UnknownToken.into()
}

members! {
    /// The parameters of a mailed link.
    pub struct DeleteLinkQuery: Object {
        _token: Text = "token",
        callback_url: Optional<Text> = "callbackURL",
    }
}

route_errors! {
    /// Errors of `GET /delete-user/callback`.
    pub enum DeleteLinkRouteError: ContractError {
        SignedOut => ContractError::new(
            StatusCode::NOT_FOUND, "FAILED_TO_GET_USER_INFO", "Failed to get user info",
        ),
        ..UnknownToken(UnknownTokenError),
        ..Validation(ValidationError),
        ..Callback(CallbackError),
        ..Internal(InternalError),
    }
}

impl From<SessionError> for DeleteLinkRouteError {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Missing => Self::SignedOut,
            SessionError::Internal(error) => error.into(),
        }
    }
}

/// Delete the account by a mailed link
///
/// No mail is sent, so every token is invalid.
#[utoipa::path(
    get, path = "/delete-user/callback", tag = "Not available", operation_id = "deleteUserByLink",
    params(("token" = String, Query), ("callbackURL" = Option<String>, Query)),
    security((), ("sessionToken" = []), ("sessionCookie" = [])),
    responses(GetErrors<DeleteLinkRouteError>),
)]
pub async fn delete_link(
    State(state): State<AppState>,
    ValidQuery(query, ..): ValidQuery<DeleteLinkQuery, DeleteLinkRouteError>,
    session: Result<ActiveSession<DeleteLinkRouteError>, DeleteLinkRouteError>,
) -> Result<Json<()>, DeleteLinkRouteError> {
    check_callback(query.callback_url.as_deref(), &state.settings.trusted_origins)?;
    session?;
    Err(UnknownTokenError::UnknownToken.into())
}
