//! The passkeys of the signed-in user.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    not_allowed,
    objects::{NewName, PasskeyObject},
};
use crate::{
    auth::{
        Auth, Principal, Requester,
        error::{InternalError, Interrupted},
        factors::passkeys::{ChangePasskeyError, RemovePasskeyError},
    },
    domain::PasskeyId,
    http::{
        api::better_auth::{
            contract::{ContractError, GetErrors, PostErrors, Text, ValidBody, ValidationError, members},
            models::StatusResponse,
        },
        extract::{
            active_session::{ActiveSession, SessionError},
            fresh_session::{FreshSession, StaleSession},
        },
        route_error::route_errors,
    },
};

route_errors! {
    /// Errors of `GET /passkey/list-user-passkeys`.
    pub enum ListPasskeysRouteError: ContractError {
        ..Session(SessionError),
        ..Internal(InternalError),
    }
}

/// List the passkeys
#[utoipa::path(
    get, path = "/passkey/list-user-passkeys", tag = "Passkeys", operation_id = "listPasskeys",
    security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "The passkeys, oldest first", body = Vec<PasskeyObject>),
        GetErrors<ListPasskeysRouteError>,
    ),
)]
pub async fn list(
    State(auth): State<Arc<Auth>>,
    ActiveSession { principal, .. }: ActiveSession<ListPasskeysRouteError>,
) -> Result<Json<Vec<PasskeyObject>>, ListPasskeysRouteError> {
    let passkeys = auth.factors.passkeys(principal.user_id()).await?;
    Ok(Json(passkeys.iter().map(PasskeyObject::from).collect()))
}

/// The error of an id that no passkey has.
fn not_found() -> ContractError {
    ContractError::new(StatusCode::NOT_FOUND, "PASSKEY_NOT_FOUND", "Passkey not found")
}

/// The error of an empty id.
fn missing_id() -> ContractError {
    ContractError::without_code(StatusCode::BAD_REQUEST, "Missing required parameter: id")
}

/// The owner of a passkey.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    Requester,
    Another,
    Unknown,
}

impl Owner {
    async fn of(id: PasskeyId, principal: Principal, auth: &Auth) -> Result<Self, InternalError> {
        Ok(match auth.factors.passkey_owner(id).await? {
            None => Self::Unknown,
            Some(owner) if owner == principal.user_id() => Self::Requester,
            Some(_) => Self::Another,
        })
    }
}

members! {
    /// A passkey to remove.
    pub struct DeletePasskeyBody: Object {
        /// The id of the passkey.
        id: Text = "id",
    }
    example { "id": "01a1fdd4-8fab-7e2d-a429-11e08750ea01" }
}

route_errors! {
    /// Errors of `POST /passkey/delete-passkey`.
    pub enum DeletePasskeyRouteError: ContractError {
        MissingId => missing_id(),
        NotFound => not_found(),
        NotOwner => ContractError::unauthorized_without_body(),
        LastWayIn => ContractError::bad_request(
            "LAST_WAY_TO_SIGN_IN", "This passkey is the last way to sign in. Add a password or another passkey first.",
        ),
        ..Validation(ValidationError),
        ..Session(SessionError),
        ..StaleSession(StaleSession),
        ..Interrupted(Interrupted),
    }
}

impl From<RemovePasskeyError> for DeletePasskeyRouteError {
    fn from(error: RemovePasskeyError) -> Self {
        match error {
            RemovePasskeyError::NotFound => Self::NotFound,
            RemovePasskeyError::LastWayIn => Self::LastWayIn,
            RemovePasskeyError::NotRecent | RemovePasskeyError::Confirm(_) => StaleSession.into(),
            RemovePasskeyError::Gone => SessionError::Missing.into(),
            RemovePasskeyError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}

/// Remove a passkey
///
/// Requires a session whose user signed in within `LATCHKEY_FRESH`. The last way to sign in is not removed.
#[utoipa::path(
    post, path = "/passkey/delete-passkey", tag = "Passkeys", operation_id = "deletePasskey",
    request_body = DeletePasskeyBody, security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "The passkey is removed", body = StatusResponse),
        PostErrors<DeletePasskeyRouteError>,
    ),
)]
pub async fn delete(
    State(auth): State<Arc<Auth>>,
    requester: Requester,
    ValidBody(body, ..): ValidBody<DeletePasskeyBody, DeletePasskeyRouteError>,
    FreshSession { principal, .. }: FreshSession<DeletePasskeyRouteError>,
) -> Result<Json<StatusResponse>, DeletePasskeyRouteError> {
    if body.id.is_empty() {
        return Err(DeletePasskeyRouteError::MissingId);
    }
    let id = body.id.parse::<PasskeyId>().map_err(|_| DeletePasskeyRouteError::NotFound)?;
    match Owner::of(id, principal, &auth).await.map_err(Interrupted::from)? {
        Owner::Requester => auth.factors.remove_passkey(principal, id, None, &requester).await?,
        Owner::Another => return Err(DeletePasskeyRouteError::NotOwner),
        Owner::Unknown => return Err(DeletePasskeyRouteError::NotFound),
    }
    Ok(Json(StatusResponse::SUCCESS))
}

members! {
    /// A new name of a passkey.
    pub struct UpdatePasskeyBody: Object {
        /// The id of the passkey.
        id: Text = "id",
        /// 1 to 64 characters on one line. Surrounding white space is removed.
        name: NewName = "name",
    }
    example { "id": "01a1fdd4-8fab-7e2d-a429-11e08750ea01", "name": "Phone" }
}

/// A renamed passkey.
#[derive(Serialize, ToSchema)]
pub struct UpdatedPasskey {
    passkey: PasskeyObject,
}

route_errors! {
    /// Errors of `POST /passkey/update-passkey`.
    pub enum UpdatePasskeyRouteError: ContractError {
        MissingId => missing_id(),
        NotFound => not_found(),
        NotOwner => not_allowed(),
        ..Validation(ValidationError),
        ..Session(SessionError),
        ..Interrupted(Interrupted),
    }
}

impl From<ChangePasskeyError> for UpdatePasskeyRouteError {
    fn from(error: ChangePasskeyError) -> Self {
        match error {
            ChangePasskeyError::NotFound => Self::NotFound,
            ChangePasskeyError::Interrupted(interrupted) => interrupted.into(),
        }
    }
}

/// Rename a passkey
#[utoipa::path(
    post, path = "/passkey/update-passkey", tag = "Passkeys", operation_id = "updatePasskey",
    request_body = UpdatePasskeyBody, security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "The passkey has the name", body = UpdatedPasskey),
        PostErrors<UpdatePasskeyRouteError>,
    ),
)]
pub async fn update(
    State(auth): State<Arc<Auth>>,
    ValidBody(body, ..): ValidBody<UpdatePasskeyBody, UpdatePasskeyRouteError>,
    ActiveSession { principal, .. }: ActiveSession<UpdatePasskeyRouteError>,
) -> Result<Json<UpdatedPasskey>, UpdatePasskeyRouteError> {
    if body.id.is_empty() {
        return Err(UpdatePasskeyRouteError::MissingId);
    }
    let id = body.id.parse::<PasskeyId>().map_err(|_| UpdatePasskeyRouteError::NotFound)?;
    match Owner::of(id, principal, &auth).await.map_err(Interrupted::from)? {
        Owner::Requester => {
            let passkey = auth.factors.rename_passkey(principal, id, body.name).await?;
            Ok(Json(UpdatedPasskey { passkey: PasskeyObject::from(&passkey) }))
        }
        Owner::Another => Err(UpdatePasskeyRouteError::NotOwner),
        Owner::Unknown => Err(UpdatePasskeyRouteError::NotFound),
    }
}
