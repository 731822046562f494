//! The profile.

use std::sync::Arc;

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{UserIdParam, UserRouteError};
use crate::{
    auth::{Auth, Requester, error::InternalError},
    domain::{
        Name, Timestamp, UserId,
        name::InvalidName,
        user::{ProfileChange, User},
    },
    http::{
        extract::{
            json::{JsonBody, JsonBodyError, JsonForm},
            owner::Owner,
        },
        problem::{
            Problem,
            errors::{ChangeErrors, ReadErrors},
        },
        route_error::route_errors,
    },
};

/// A profile.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProfileResponse {
    /// The user's id, which never changes.
    #[schema(value_type = String, pattern = "^[A-Za-z0-9_-]{1,64}$")]
    id: UserId,
    /// The e-mail address in its normal form: lower case, without invisible characters.
    email: String,
    /// Whether the address is verified.
    email_verified: bool,
    /// The display name; may be empty.
    #[schema(max_length = 100)]
    name: String,
    /// The address of a picture.
    #[schema(required = true)]
    image: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    #[schema(required = true, format = DateTime)]
    last_sign_in_at: Option<String>,
}

impl From<&User> for ProfileResponse {
    fn from(user: &User) -> Self {
        Self {
            id: user.id,
            email: user.email.clone(),
            email_verified: user.email_verified,
            name: user.name.as_str().to_owned(),
            image: user.image.clone(),
            created_at: user.created_at.to_rfc3339(),
            updated_at: user.updated_at.to_rfc3339(),
            last_sign_in_at: user.last_sign_in_at.map(Timestamp::to_rfc3339),
        }
    }
}

/// Get the profile
#[utoipa::path(
    get, path = "/", tag = "User", operation_id = "getProfile", params(UserIdParam),
    security(("accessToken" = []), ("sessionCookie" = [])),
    responses((status = 200, description = "The profile", body = ProfileResponse), ReadErrors<UserRouteError>),
)]
pub async fn get(
    State(auth): State<Arc<Auth>>,
    Owner(principal): Owner,
) -> Result<Json<ProfileResponse>, UserRouteError> {
    let user = auth.accounts.profile(principal.user_id()).await?.ok_or(UserRouteError::AccountGone)?;
    Ok(Json(ProfileResponse::from(&*user)))
}

/// The changes to a profile. Other members are refused, against mass assignment.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfilePatch {
    /// The display name, on one line; may be empty. Surrounding white space is removed.
    #[schema(
        max_length = 100,
        pattern = r"^[^\u0000-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]*$",
        examples("Grace Hopper")
    )]
    name: String,
}

impl JsonForm for ProfilePatch {
    const EXPECTED: &'static str = "Send an object with one member, `name`, which is a string";
}

route_errors! {
    /// Errors of `PATCH /api/users/{user_id}`.
    pub enum UpdateProfileRouteError: Problem {
        AccountGone => Problem::invalid_token(),
        ..Body(JsonBodyError<ProfilePatch>),
        ..InvalidName(InvalidName),
        ..Internal(InternalError),
    }
}

/// Change the name
#[utoipa::path(
    patch, path = "/", tag = "User", operation_id = "updateProfile", params(UserIdParam),
    request_body = ProfilePatch, security(("accessToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "The changed profile", body = ProfileResponse),
        ChangeErrors<UpdateProfileRouteError>,
    ),
)]
pub async fn update(
    State(auth): State<Arc<Auth>>,
    Owner(principal): Owner,
    requester: Requester,
    JsonBody(patch, ..): JsonBody<ProfilePatch, UpdateProfileRouteError>,
) -> Result<Json<ProfileResponse>, UpdateProfileRouteError> {
    let change = ProfileChange { name: Some(Name::parse(&patch.name)?), image: None };
    let user = auth.accounts.update_profile(principal, change, &requester).await?;
    Ok(Json(ProfileResponse::from(&user.ok_or(UpdateProfileRouteError::AccountGone)?)))
}
