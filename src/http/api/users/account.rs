//! Deletion of the account.

use std::sync::Arc;

use axum::{Extension, extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

use super::UserIdParam;
use crate::{
    auth::{
        Auth, Requester,
        accounts::delete::{DeleteAccountError, Proof},
        error::Interrupted,
        password::confirm::ConfirmPasswordError,
    },
    domain::form::Field,
    http::{
        extract::{
            json::{JsonBody, JsonBodyError, JsonForm},
            owner::Owner,
        },
        problem::{FieldProblem, Problem, errors::ChangeErrors},
        route_error::route_errors,
        session::changes::ResponseChanges,
    },
};

/// The confirmation of a deletion. Other members are refused.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeleteAccountBody {
    /// The account's password.
    #[schema(examples("violet otter lantern 42"))]
    password: String,
}

impl JsonForm for DeleteAccountBody {
    const EXPECTED: &'static str = "Send an object with one member, `password`, which is a string";
}

route_errors! {
    /// Errors of `DELETE /api/users/{user_id}`.
    pub enum DeleteAccountRouteError: Problem {
        WrongPassword => Problem::invalid_fields(vec![
            FieldProblem::new(Field::Password, "is not the account's password"),
        ]),
        AccountGone => Problem::invalid_token(),
        ..Body(JsonBodyError<DeleteAccountBody>),
        ..Interrupted(Interrupted),
    }
}

impl From<DeleteAccountError> for DeleteAccountRouteError {
    fn from(error: DeleteAccountError) -> Self {
        match error {
            DeleteAccountError::Confirm(ConfirmPasswordError::Mismatch | ConfirmPasswordError::NoPassword)
            | DeleteAccountError::NotFresh
            | DeleteAccountError::Link => Self::WrongPassword,
            DeleteAccountError::Gone => Self::AccountGone,
            DeleteAccountError::Confirm(ConfirmPasswordError::Interrupted(interrupted))
            | DeleteAccountError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}

/// Delete the account
///
/// Deletes the profile, the password and all sessions permanently. The e-mail address can sign up again.
#[utoipa::path(
    delete, path = "/", tag = "User", operation_id = "deleteAccount", params(UserIdParam),
    request_body = DeleteAccountBody, security(("accessToken" = []), ("sessionCookie" = [])),
    responses((status = 204, description = "The account is deleted"), ChangeErrors<DeleteAccountRouteError>),
)]
pub async fn delete(
    State(auth): State<Arc<Auth>>,
    Owner(principal): Owner,
    requester: Requester,
    Extension(changes): Extension<ResponseChanges>,
    JsonBody(body, ..): JsonBody<DeleteAccountBody, DeleteAccountRouteError>,
) -> Result<StatusCode, DeleteAccountRouteError> {
    auth.accounts.delete(principal, Proof::Password(&body.password), &requester).await?;
    changes.end_session();
    Ok(StatusCode::NO_CONTENT)
}
