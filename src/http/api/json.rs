//! A request's JSON body, or the problem with it.

use axum::{
    Json,
    extract::{FromRequest, Request, rejection::JsonRejection},
    http::StatusCode,
};
use serde::de::DeserializeOwned;

use crate::http::problem::Problem;

/// What a body holds.
pub trait JsonForm: DeserializeOwned {
    /// In words, for whoever sent something else.
    const EXPECTED: &'static str;
}

/// A JSON object of the form `T`.
pub struct JsonBody<T>(pub T);

impl<S: Send + Sync, T: JsonForm> FromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match Json::from_request(request, state).await {
            Ok(Json(value)) => Ok(Self(value)),
            Err(JsonRejection::MissingJsonContentType(_)) => Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "Send the body as application/json",
            )),
            Err(JsonRejection::JsonSyntaxError(_)) => {
                Err(Problem::new(StatusCode::BAD_REQUEST, "malformed_json", "The body is not valid JSON"))
            }
            Err(JsonRejection::JsonDataError(_)) => Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "unexpected_body",
                "The body does not have the expected members",
            )
            .with_detail(T::EXPECTED)),
            Err(_) => Err(Problem::unreadable()),
        }
    }
}
