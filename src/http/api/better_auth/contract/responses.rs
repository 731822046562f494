//! The documented errors of a route: its own and those of the layers around it.

use std::{collections::BTreeMap, marker::PhantomData};

use utoipa::{
    IntoResponses,
    openapi::{RefOr, Response},
};

use super::{
    error::ContractError,
    preconditions::{LayerError, PreconditionError},
};
use crate::http::route_error::{RouteError, responses};

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
