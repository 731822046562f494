//! The documented errors of a route: its own and those of the layers around it.

use std::{collections::BTreeMap, marker::PhantomData, time::Duration};

use axum::http::StatusCode;
use utoipa::{
    IntoResponses,
    openapi::{RefOr, Response},
};

use super::{error::ContractError, preconditions::PreconditionError};
use crate::http::openapi::errors::{RouteError, responses, route_errors};

route_errors! {
    /// Errors of the layers around every route.
    pub enum LayerError: ContractError {
        Unreadable => ContractError::bad_request("BAD_REQUEST", "The request could not be read"),
        TooSlow => ContractError::new(
            StatusCode::REQUEST_TIMEOUT, "REQUEST_TIMEOUT", "The request body did not arrive in time",
        ),
        TooLarge => ContractError::new(
            StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE", "The request body is larger than 16 kB",
        ),
        Busy => ContractError::busy(Duration::from_secs(1)),
        Internal => ContractError::internal(),
    }
}

impl IntoResponses for LayerError {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        responses(Self::examples())
    }
}

/// The documented errors of a GET route.
pub struct GetErrors<T>(PhantomData<T>);

impl<T: RouteError<ContractError>> IntoResponses for GetErrors<T> {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        responses([LayerError::examples(), T::examples()].concat())
    }
}

/// The documented errors of a POST route.
pub struct PostErrors<T>(PhantomData<T>);

impl<T: RouteError<ContractError>> IntoResponses for PostErrors<T> {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        responses([LayerError::examples(), PreconditionError::examples(), T::examples()].concat())
    }
}
