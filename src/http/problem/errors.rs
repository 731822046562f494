//! The errors that the routes of the user API share.

use std::{collections::BTreeMap, marker::PhantomData};

use axum::http::StatusCode;
use serde_json::Value;
use utoipa::{
    IntoResponses,
    openapi::{RefOr, Response},
};

use super::{FieldProblem, Problem};
use crate::{
    auth::error::InternalError,
    domain::{form::Field, name::InvalidName},
    http::route_error::{ErrorFormat, RouteError, responses, route_errors},
};

impl ErrorFormat for Problem {
    const MEDIA_TYPE: &'static str = "application/problem+json";
    const SCHEMA: &'static str = "Problem";

    fn status(&self) -> StatusCode {
        self.status
    }

    fn code(&self) -> Option<&'static str> {
        Some(self.code)
    }

    fn message(&self) -> &str {
        self.title
    }

    fn body(&self) -> Option<Value> {
        serde_json::to_value(self).ok()
    }

    fn headers(&self) -> Vec<&'static str> {
        let challenge = self.challenge.map(|_| "WWW-Authenticate");
        challenge.into_iter().chain(self.retry_after.map(|_| "Retry-After")).collect()
    }
}

route_errors! {
    /// Errors of the layers around every route.
    pub enum LayerError: Problem {
        Unreadable => Problem::unreadable(),
        TooSlow => Problem::too_slow(),
        TooLarge => Problem::too_large(),
        Internal => Problem::internal(),
        Unavailable => Problem::unavailable(),
    }
}

impl From<StatusCode> for LayerError {
    fn from(status: StatusCode) -> Self {
        match status {
            StatusCode::REQUEST_TIMEOUT => Self::TooSlow,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            StatusCode::SERVICE_UNAVAILABLE => Self::Unavailable,
            StatusCode::BAD_REQUEST => Self::Unreadable,
            _ => Self::Internal,
        }
    }
}

impl IntoResponses for LayerError {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        responses(Self::examples())
    }
}

route_errors! {
    /// The error of a state-changing request that a browser sends from another site.
    pub enum CrossSiteError: Problem {
        CrossSite => Problem::cross_site(),
    }
}

route_errors! {
    /// The errors of a route that requires the access token of a certain user.
    pub enum AccessError: Problem {
        Unauthenticated => Problem::unauthenticated(),
        InvalidToken => Problem::invalid_token(),
        Forbidden => Problem::forbidden(),
        SecondFactorRequired => Problem::second_factor_required(),
        Unavailable => Problem::unavailable(),
    }
}

impl RouteError<Problem> for InternalError {
    fn examples() -> Vec<Problem> {
        vec![Problem::internal(), Problem::unavailable()]
    }
}

/// The cause goes to the log only.
impl From<InternalError> for Problem {
    fn from(error: InternalError) -> Self {
        tracing::error!(%error, "a request failed");
        match error.unavailable() {
            Some(_) => Self::unavailable(),
            None => Self::internal(),
        }
    }
}

impl RouteError<Problem> for InvalidName {
    fn examples() -> Vec<Problem> {
        vec![Self::TooLong.into()]
    }
}

impl From<InvalidName> for Problem {
    fn from(invalid: InvalidName) -> Self {
        Self::invalid_fields(vec![FieldProblem::new(Field::Name, invalid)])
    }
}

/// The documented errors of a route of a user that reads.
pub struct ReadErrors<T>(PhantomData<T>);

impl<T: RouteError<Problem>> IntoResponses for ReadErrors<T> {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        responses([AccessError::examples(), LayerError::examples(), T::examples()].concat())
    }
}

/// The documented errors of a route of a user that changes state.
pub struct ChangeErrors<T>(PhantomData<T>);

impl<T: RouteError<Problem>> IntoResponses for ChangeErrors<T> {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let shared = [AccessError::examples(), LayerError::examples(), CrossSiteError::examples()];
        responses([shared.concat(), T::examples()].concat())
    }
}
