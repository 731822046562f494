//! A request's JSON body, or the problem with it.

use axum::{
    Json,
    extract::{FromRequest, Request, rejection::JsonRejection},
    http::StatusCode,
};
use serde::de::DeserializeOwned;

use crate::http::{openapi::refusals::Refusals, problem::Problem};

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
            Err(JsonRejection::MissingJsonContentType(_)) => Err(unsupported_media_type()),
            Err(JsonRejection::JsonSyntaxError(_)) => Err(malformed_json()),
            Err(JsonRejection::JsonDataError(_)) => Err(unexpected_body::<T>()),
            Err(_) => Err(Problem::unreadable()),
        }
    }
}

const fn unsupported_media_type() -> Problem {
    let title = "Send the body as application/json";
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", title)
}

const fn malformed_json() -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "malformed_json", "The body is not valid JSON")
}

fn unexpected_body<T: JsonForm>() -> Problem {
    let title = "The body does not have the expected members";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unexpected_body", title).with_detail(T::EXPECTED)
}

impl<T: JsonForm> Refusals for JsonBody<T> {
    type Error = Problem;
    fn refusals() -> Vec<Problem> {
        vec![malformed_json(), unsupported_media_type(), unexpected_body::<T>()]
    }
}
