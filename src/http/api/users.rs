//! The user API: `/api/users/{user_id}/…`. Every handler takes an `Owner`:
//! requests for another user's resources get 403.

mod account;
mod events;
mod profile;
mod sessions;

use utoipa::{
    IntoParams,
    openapi::{
        ObjectBuilder, Required,
        path::{Parameter, ParameterBuilder, ParameterIn},
        schema::Type,
    },
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    auth::error::InternalError,
    http::{problem::Problem, route_error::route_errors, state::AppState},
};

/// The routes below `/api/users/{user_id}`.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(profile::get, profile::update, account::delete))
        .routes(routes!(sessions::list, sessions::revoke_others))
        .routes(routes!(sessions::revoke))
        .routes(routes!(events::list))
}

/// The parameter `user_id` of every path, as the extractor `Owner` reads it.
struct UserIdParam;

impl IntoParams for UserIdParam {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let schema = ObjectBuilder::new().schema_type(Type::String).pattern(Some("^[A-Za-z0-9_-]{1,64}$"));
        let parameter = ParameterBuilder::new()
            .name("user_id")
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .description(Some("The id of the signed-in user. Any other id is answered with 403."))
            .schema(Some(schema))
            .example(Some("01a1fdd4-8f74-77d5-b3fa-4a44a1f01da1".into()));
        vec![parameter.build()]
    }
}

route_errors! {
    /// Errors of the routes that only need an existing account.
    pub enum UserRouteError: Problem {
        AccountGone => Problem::invalid_token(),
        ..Internal(InternalError),
    }
}
