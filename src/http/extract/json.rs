//! Reads a JSON body.

use std::marker::PhantomData;

use axum::{
    Json,
    body::Bytes,
    extract::{FromRequest, Request, rejection::JsonRejection},
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
};
use serde::de::DeserializeOwned;

use crate::http::{header_values::media_type, problem::Problem, route_error::RouteError};

/// A type of request bodies.
pub trait JsonForm: DeserializeOwned {
    /// A sentence that states the expected members.
    const EXPECTED: &'static str;
}

/// A JSON object of the form `T`. `E` is the error of the route.
pub struct JsonBody<T, E>(pub T, pub PhantomData<E>);

/// Why a body is not of the form `T`.
pub enum JsonBodyError<T> {
    MalformedJson,
    UnsupportedMediaType,
    UnexpectedMembers(PhantomData<T>),
    Unreadable,
}

impl<S, T, E> FromRequest<S> for JsonBody<T, E>
where
    S: Send + Sync,
    T: JsonForm,
    E: From<JsonBodyError<T>> + IntoResponse,
{
    type Rejection = E;

    async fn from_request(request: Request, state: &S) -> Result<Self, E> {
        if !is_json(request.headers()) {
            return Err(JsonBodyError::UnsupportedMediaType.into());
        }
        let Ok(body) = Bytes::from_request(request, state).await else {
            return Err(JsonBodyError::Unreadable.into());
        };
        match Json::from_bytes(&body) {
            Ok(Json(value)) => Ok(Self(value, PhantomData)),
            Err(JsonRejection::JsonSyntaxError(_)) => Err(JsonBodyError::MalformedJson.into()),
            Err(JsonRejection::JsonDataError(_)) => Err(JsonBodyError::UnexpectedMembers(PhantomData).into()),
            Err(_) => Err(JsonBodyError::Unreadable.into()),
        }
    }
}

/// Whether the media type is `application/json`, or ends in `+json` (RFC 6839 §3.1). Its parameters may have any byte.
fn is_json(headers: &HeaderMap) -> bool {
    media_type(headers)
        .strip_prefix("application/")
        .is_some_and(|subtype| subtype == "json" || subtype.ends_with("+json"))
}

impl<T: JsonForm> RouteError<Problem> for JsonBodyError<T> {
    fn examples() -> Vec<Problem> {
        [Self::MalformedJson, Self::UnsupportedMediaType, Self::UnexpectedMembers(PhantomData)]
            .map(Problem::from)
            .into()
    }
}

impl<T: JsonForm> From<JsonBodyError<T>> for Problem {
    fn from(error: JsonBodyError<T>) -> Self {
        match error {
            JsonBodyError::MalformedJson => {
                Self::new(StatusCode::BAD_REQUEST, "malformed_json", "The body is not valid JSON")
            }
            JsonBodyError::UnsupportedMediaType => {
                let title = "Send the body as application/json";
                Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", title)
            }
            JsonBodyError::UnexpectedMembers(_) => {
                let title = "The body does not have the expected members";
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "unexpected_body", title).with_detail(T::EXPECTED)
            }
            JsonBodyError::Unreadable => Self::unreadable(),
        }
    }
}
