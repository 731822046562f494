//! Deletion of the signed-in user's account.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    contract::{
        CallbackError, ContractError, GetErrors, Optional, PasswordText, PostErrors, Text, ValidBody, ValidQuery,
        ValidationError, check_callback, members, redirect,
    },
    password::PasswordError,
};
use crate::{
    auth::{
        Auth, Principal, Requester,
        accounts::delete::{DeleteAccountError, Proof},
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
        /// Where the link in a message leads after the deletion: a path, or a URL of a trusted origin. Default: a page of
        /// this service.
        callback_url: Optional<Text> = "callbackURL",
        /// Optional if the user signed in within the last 15 minutes (`LATCHKEY_FRESH`).
        password: Optional<PasswordText> = "password",
        /// The token of a link in a message.
        token: Optional<Text> = "token",
    }
    example { "password": "violet otter lantern 42" }
}

/// The account is deleted, or a message is sent.
#[derive(Serialize, ToSchema)]
pub struct DeleteUserResponse {
    /// Always true.
    success: bool,
    /// `User deleted`, or `Verification email sent`: the account still exists.
    message: &'static str,
}

impl DeleteUserResponse {
    const DELETED: Self = Self { success: true, message: "User deleted" };
    const SENT: Self = Self { success: true, message: "Verification email sent" };
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
            DeleteAccountError::Link => UnknownTokenError::UnknownToken.into(),
            DeleteAccountError::Gone => SessionError::Missing.into(),
            DeleteAccountError::Confirm(ConfirmPasswordError::Interrupted(interrupted))
            | DeleteAccountError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}

/// Delete the account
///
/// Requires the password, a sign-in within the last 15 minutes (`LATCHKEY_FRESH`), or the token of a link in a message.
/// After an older sign-in, a request without a password sends such a message, if the service sends mail and the address
/// is verified.
#[utoipa::path(
    post, path = "/delete-user", tag = "Account", operation_id = "deleteUser", request_body = DeleteUserBody,
    security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "The account and all its data are deleted, or a message with a link is sent",
            body = DeleteUserResponse),
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
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    let (password, token) = (given(body.password), given(body.token));
    let proof = match (&token, &password) {
        (Some(token), password) => {
            confirm(&auth, session.principal, password.as_deref(), &requester).await?;
            Proof::Link(token)
        }
        (None, Some(password)) => Proof::Password(password),
        (None, None) => Proof::FreshSession,
    };
    match auth.accounts.delete(session.principal, proof, &requester).await {
        Err(DeleteAccountError::NotFresh) => {
            let sent = auth.accounts.request_deletion(session.principal, given(body.callback_url), &requester).await?;
            if sent { Ok(Json(DeleteUserResponse::SENT)) } else { Err(DeleteUserRouteError::NotFresh) }
        }
        deleted => {
            deleted?;
            changes.end_session();
            Ok(Json(DeleteUserResponse::DELETED))
        }
    }
}

/// The contract verifies a password before the token.
async fn confirm(
    auth: &Auth,
    principal: Principal,
    password: Option<&str>,
    requester: &Requester,
) -> Result<(), PasswordError> {
    if let Some(password) = password {
        auth.passwords.confirm(principal, password, requester).await?;
    }
    Ok(())
}

members! {
    /// The parameters of a link in a message.
    pub struct DeleteLinkQuery: Object {
        token: Text = "token",
        callback_url: Optional<Text> = "callbackURL",
    }
}

route_errors! {
    /// Errors of `GET /delete-user/callback`.
    pub enum DeleteLinkRouteError: ContractError {
        SignedOut => ContractError::new(
            StatusCode::NOT_FOUND, "FAILED_TO_GET_USER_INFO", "Failed to get user info",
        ),
        SecondFactorRequired => ContractError::second_factor_required(),
        ..UnknownToken(UnknownTokenError),
        ..Validation(ValidationError),
        ..Callback(CallbackError),
        ..Interrupted(Interrupted),
    }
}

impl From<SessionError> for DeleteLinkRouteError {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Missing => Self::SignedOut,
            SessionError::Restricted => Self::SecondFactorRequired,
            SessionError::Internal(error) => Interrupted::from(error).into(),
        }
    }
}

impl From<DeleteAccountError> for DeleteLinkRouteError {
    fn from(error: DeleteAccountError) -> Self {
        match error {
            DeleteAccountError::Gone => Self::SignedOut,
            DeleteAccountError::Confirm(ConfirmPasswordError::Interrupted(interrupted))
            | DeleteAccountError::Interrupted(interrupted) => interrupted.into(),
            DeleteAccountError::Confirm(_) | DeleteAccountError::NotFresh | DeleteAccountError::Link => {
                UnknownTokenError::UnknownToken.into()
            }
        }
    }
}

/// Follow a link that deletes the account
///
/// Deletes the account in a session of its user. Without one, the link changes nothing: mail scanners open links.
#[utoipa::path(
    get, path = "/delete-user/callback", tag = "Account", operation_id = "deleteUserByLink",
    params(("token" = String, Query), ("callbackURL" = Option<String>, Query)),
    security((), ("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "The account is deleted, and there is no `callbackURL`", body = DeleteUserResponse),
        (status = 302, description = "The account is deleted: redirects to `callbackURL`"),
        GetErrors<DeleteLinkRouteError>,
    ),
)]
pub async fn delete_link(
    State(state): State<AppState>,
    requester: Requester,
    Extension(changes): Extension<ResponseChanges>,
    ValidQuery(query, ..): ValidQuery<DeleteLinkQuery, DeleteLinkRouteError>,
    session: Result<ActiveSession<DeleteLinkRouteError>, DeleteLinkRouteError>,
) -> Result<Response, DeleteLinkRouteError> {
    let callback = query.callback_url.as_deref();
    check_callback(callback, &state.settings.trusted_origins)?;
    let session = session?;
    state.auth.accounts.delete(session.principal, Proof::Link(&query.token), &requester).await?;
    changes.end_session();
    Ok(match callback.filter(|callback| !callback.is_empty()) {
        Some(callback) => redirect::to(&redirect::encode(callback)),
        None => Json(DeleteUserResponse::DELETED).into_response(),
    })
}
