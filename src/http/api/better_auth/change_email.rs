//! `POST /change-email`. The link in the message leads to [`GET /verify-email`](super::email).

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};

use super::{
    contract::{ContractError, EmailAddress, Optional, PostErrors, Text, ValidBody, ValidationError, members},
    models::StatusResponse,
};
use crate::{
    auth::{
        Auth, Requester,
        accounts::change_email::{NewEmail, RequestEmailChangeError},
        error::Interrupted,
        password::confirm::ConfirmPasswordError,
    },
    http::{
        extract::{
            active_session::{ActiveSession, SessionError},
            fresh_session::StaleSession,
        },
        route_error::route_errors,
    },
};

members! {
    /// The new address.
    pub struct ChangeEmailBody: Object {
        new_email: EmailAddress = "newEmail",
        /// Where the link leads: a path, or a URL of a trusted origin. Default: a page of this service.
        callback_url: Optional<Text> = "callbackURL",
    }
    example { "newEmail": "ada@example.org", "callbackURL": "/account" }
}

route_errors! {
    /// Errors of `POST /change-email`.
    pub enum ChangeEmailRouteError: ContractError {
        Disabled => ContractError::bad_request("CHANGE_EMAIL_DISABLED", "Change email is disabled"),
        Same => ContractError::without_code(StatusCode::BAD_REQUEST, "Email is the same"),
        InvalidEmail => ContractError::bad_request("VALIDATION_ERROR", "[body.newEmail] Invalid email address"),
        ..Validation(ValidationError),
        ..Session(SessionError),
        ..StaleSession(StaleSession),
        ..Interrupted(Interrupted),
    }
}

impl From<RequestEmailChangeError> for ChangeEmailRouteError {
    fn from(error: RequestEmailChangeError) -> Self {
        match error {
            RequestEmailChangeError::NotOffered => Self::Disabled,
            RequestEmailChangeError::Email(_) => Self::InvalidEmail,
            RequestEmailChangeError::Same => Self::Same,
            RequestEmailChangeError::Gone => SessionError::Missing.into(),
            RequestEmailChangeError::NotRecent
            | RequestEmailChangeError::Confirm(ConfirmPasswordError::Mismatch | ConfirmPasswordError::NoPassword) => {
                StaleSession.into()
            }
            RequestEmailChangeError::Confirm(ConfirmPasswordError::Interrupted(interrupted))
            | RequestEmailChangeError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}

/// Request a change of the e-mail address
///
/// Sends a message with a link to the new address. The link changes the address in a session of the user. The answer is
/// the same if another account has the address. Another spelling of the same mailbox is applied at once. Requires a
/// sign-in within the last 15 minutes (`LATCHKEY_FRESH`).
#[utoipa::path(
    post, path = "/change-email", tag = "Account", operation_id = "changeEmail", request_body = ChangeEmailBody,
    security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "The request is accepted", body = StatusResponse),
        PostErrors<ChangeEmailRouteError>,
    ),
)]
pub async fn change(
    State(auth): State<Arc<Auth>>,
    requester: Requester,
    ValidBody(body, ..): ValidBody<ChangeEmailBody, ChangeEmailRouteError>,
    session: ActiveSession<ChangeEmailRouteError>,
) -> Result<Json<StatusResponse>, ChangeEmailRouteError> {
    let return_to = body.callback_url.filter(|target| !target.is_empty());
    let new = NewEmail { email: &body.new_email, password: None, return_to };
    auth.accounts.request_email_change(session.principal, new, &requester).await?;
    Ok(Json(StatusResponse::SUCCESS))
}
