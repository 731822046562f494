//! The return from a provider. No sign-in with a provider can be under way, so every return is an error.

use axum::{
    extract::{Path, State},
    response::Response,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use utoipa::openapi::Object;

use crate::http::{
    api::better_auth::contract::{
        ContractError, GetErrors, Kind, MemberSet, Members, Optional, PostErrors, Shape, Text, ValidBody, ValidQuery,
        ValidationError, property, redirect,
    },
    route_error::route_errors,
    state::AppState,
};

/// Parameters from a provider (RFC 6749 §4.1.2, RFC 9207, and extensions of some providers).
const PARAMETERS: [&str; 7] = ["code", "error", "device_id", "error_description", "state", "user", "iss"];

/// Encodes all but the unreserved characters (RFC 3986 §2.3).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The values of [`PARAMETERS`].
pub struct ProviderParameters([Option<String>; PARAMETERS.len()]);

impl MemberSet for ProviderParameters {
    const SHAPE: Shape = Shape::OptionalObject;

    fn read(members: &mut Members<'_>) -> Self {
        Self(PARAMETERS.map(|name| Optional::<Text>::read(members, name)))
    }

    fn object() -> Object {
        PARAMETERS.iter().fold(Object::builder(), |object, name| property::<Optional<Text>>(object, name, "")).build()
    }
}

impl ProviderParameters {
    fn has_state(&self) -> bool {
        let mut given = PARAMETERS.iter().zip(&self.0);
        given.any(|(name, value)| *name == "state" && value.as_ref().is_some_and(|state| !state.is_empty()))
    }

    /// The parameters as a query; those of `other` where these are absent.
    fn merge(self, other: Self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in PARAMETERS.iter().zip(self.0.into_iter().zip(other.0)) {
            if let Some(value) = value.0.or(value.1) {
                query.append_pair(name, &value);
            }
        }
        query.finish()
    }
}

route_errors! {
    /// Errors of `GET` and `POST /callback/{id}`.
    pub enum CallbackRouteError: ContractError {
        ..Validation(ValidationError),
    }
}

/// Return from another provider
///
/// Not available: no provider is configured.
#[utoipa::path(
    get, path = "/callback/{id}", tag = "Not available", operation_id = "providerCallback", security(()),
    params(("id" = String, Path, description = "The provider"), ("state" = Option<String>, Query)),
    responses((status = 302, description = "Redirects to the error page"), GetErrors<CallbackRouteError>),
)]
pub async fn get(
    State(state): State<AppState>,
    ValidQuery(query, ..): ValidQuery<ProviderParameters, CallbackRouteError>,
) -> Response {
    let error = if query.has_state() { "state_mismatch" } else { "state_not_found" };
    let base = state.settings.base_url.as_str();
    redirect::to(&format!("{base}/api/auth/error?error={error}"))
}

/// Return from another provider, as a form
///
/// Redirects the posted parameters to the GET route.
#[utoipa::path(
    post, path = "/callback/{id}", tag = "Not available", operation_id = "providerPost", security(()),
    params(("id" = String, Path, description = "The provider"), ("state" = Option<String>, Query)),
    responses((status = 302, description = "Redirects to the same path, as GET"), PostErrors<CallbackRouteError>),
)]
pub async fn post(
    State(state): State<AppState>,
    Path(id): Path<String>,
    ValidBody(body, ..): ValidBody<ProviderParameters, CallbackRouteError>,
    ValidQuery(query, ..): ValidQuery<ProviderParameters, CallbackRouteError>,
) -> Response {
    let base = state.settings.base_url.as_str();
    let id = utf8_percent_encode(&id, SEGMENT);
    redirect::to(&format!("{base}/api/auth/callback/{id}?{}", query.merge(body)))
}
