//! The profile of the signed-in user.

use std::{borrow::Cow, sync::Arc};

use axum::{Json, extract::State};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema, schema::AnyOfBuilder},
};

use super::{
    contract::{
        AnyMembers, ContractError, DisplayName, ImageUrl, MemberSet, Nullable, Optional, PostErrors, ValidBody,
        ValidationError, members, members::is_truthy,
    },
    models::StatusResponse,
};
use crate::{
    auth::{Auth, Requester, error::InternalError},
    domain::user::{ImageChange, ProfileChange},
    http::{
        extract::active_session::{ActiveSession, SessionError},
        route_error::route_errors,
    },
};

members! {
    /// The members to change.
    struct ProfileMembers: Object {
        /// The display name, on one line; may be empty. Surrounding white space is removed.
        name: Optional<DisplayName> = "name",
        /// The address of a picture; `null` removes the picture.
        image: Optional<Nullable<ImageUrl>> = "image",
    }
}

/// The schema of the body: [`ProfileMembers`], at least one.
pub struct UpdateUserBody;

impl ToSchema for UpdateUserBody {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("UpdateUserBody")
    }
}

impl PartialSchema for UpdateUserBody {
    fn schema() -> RefOr<Schema> {
        let with = |name: &str| {
            let mut object = ProfileMembers::object();
            object.required.push(name.to_owned());
            object
        };
        let either = AnyOfBuilder::new().item(with("name")).item(with("image"));
        let example = serde_json::json!({ "name": "Ada Lovelace" });
        Schema::from(either.description(Some("At least one of the members.")).examples([example]).build()).into()
    }
}

route_errors! {
    /// Errors of `POST /update-user`.
    pub enum UpdateUserRouteError: ContractError {
        EmailIsFixed => ContractError::bad_request("EMAIL_CAN_NOT_BE_UPDATED", "Email can not be updated"),
        NothingToUpdate => ContractError::nothing_to_update(),
        ..Validation(ValidationError),
        ..Session(SessionError),
        ..Internal(InternalError),
    }
}

/// Change the profile
///
/// Changes the name or the picture. A change of `email` is refused; other members are ignored.
#[utoipa::path(
    post, path = "/update-user", tag = "Account", operation_id = "updateUser", request_body = UpdateUserBody,
    security(("sessionToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "The profile is changed", body = StatusResponse),
        PostErrors<UpdateUserRouteError>,
    ),
)]
pub async fn update(
    State(auth): State<Arc<Auth>>,
    requester: Requester,
    ValidBody(body, ..): ValidBody<AnyMembers, UpdateUserRouteError>,
    session: ActiveSession<UpdateUserRouteError>,
) -> Result<Json<StatusResponse>, UpdateUserRouteError> {
    auth.accounts.update_profile(session.principal, profile_change(&body)?, &requester).await?;
    Ok(Json(StatusResponse::SUCCESS))
}

fn profile_change(body: &AnyMembers) -> Result<ProfileChange, UpdateUserRouteError> {
    if body.get("email").is_some_and(is_truthy) {
        return Err(UpdateUserRouteError::EmailIsFixed);
    }
    let ProfileMembers { name, image } = body.parse()?;
    if name.is_none() && image.is_none() {
        return Err(UpdateUserRouteError::NothingToUpdate);
    }
    let image = image.map(|image| image.map_or(ImageChange::Remove, ImageChange::Replace));
    Ok(ProfileChange { name, image })
}
