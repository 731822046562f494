//! Describes a route's errors in the OpenAPI document, from the values that the route answers.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde_json::Value;
use utoipa::openapi::{
    ContentBuilder, Header, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder, example::ExampleBuilder, schema::Type,
};

/// The wire format of an API's errors.
pub trait ErrorFormat {
    /// The media type of the body.
    const MEDIA_TYPE: &'static str;
    /// The name of the body's schema.
    const SCHEMA: &'static str;
    /// The status of the response.
    fn status(&self) -> StatusCode;
    /// The machine-readable code, if the error has one.
    fn code(&self) -> Option<&'static str>;
    /// The message for people.
    fn message(&self) -> &str;
    /// The body; `None` for an empty one.
    fn body(&self) -> Option<Value>;
    /// The names of the headers that are specific to this error.
    fn headers(&self) -> Vec<&'static str>;
}

/// The errors of a route, a layer or an extractor, written in the format `F`.
pub trait RouteError<F>: Into<F> {
    /// One value for each documented response.
    fn examples() -> Vec<F>;
}

/// Declares the error enum of a route: variants with their responses, then the error types that it contains.
/// The enum is the handler's error type and the source of the route's description.
macro_rules! route_errors {
    ($(#[$meta:meta])* $vis:vis enum $name:ident: $format:ident {
        $($(#[$variant_meta:meta])* $variant:ident => $response:expr,)*
        $(..$nested:ident($error:ty),)*
    }) => {
        $(#[$meta])*
        $vis enum $name {
            $($(#[$variant_meta])* #[doc = concat!("`", stringify!($response), "`")] $variant,)*
            $(#[doc = concat!("`", stringify!($error), "`")] $nested($error),)*
        }

        impl $crate::http::route_error::RouteError<$format> for $name {
            fn examples() -> Vec<$format> {
                let groups: &[Vec<$format>] = &[
                    vec![$(<$format>::from(Self::$variant)),*],
                    $(<$error as $crate::http::route_error::RouteError<$format>>::examples()),*
                ];
                groups.concat()
            }
        }

        impl From<$name> for $format {
            fn from(error: $name) -> Self {
                match error {
                    $($name::$variant => $response,)*
                    $($name::$nested(error) => error.into(),)*
                }
            }
        }

        impl axum::response::IntoResponse for $name {
            fn into_response(self) -> axum::response::Response {
                <$format>::from(self).into_response()
            }
        }

        $(impl From<$error> for $name {
            fn from(error: $error) -> Self {
                Self::$nested(error)
            }
        })*
    };
}
pub(crate) use route_errors;

/// The documented responses, one for each status.
pub fn responses<F: ErrorFormat>(errors: Vec<F>) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status = BTreeMap::<u16, Vec<F>>::new();
    for error in errors {
        by_status.entry(error.status().as_u16()).or_default().push(error);
    }
    by_status.into_iter().map(|(status, errors)| (status.to_string(), response(&errors).into())).collect()
}

fn response<F: ErrorFormat>(errors: &[F]) -> Response {
    let mut messages: Vec<_> = errors.iter().map(F::message).collect();
    messages.dedup();
    let mut response = ResponseBuilder::new().description(messages.join(". "));
    if let Some(content) = content(errors) {
        response = response.content(F::MEDIA_TYPE, content.build());
    }
    let mut headers: Vec<_> = errors.iter().flat_map(F::headers).collect();
    headers.sort_unstable();
    headers.dedup();
    headers.into_iter().fold(response, |response, name| response.header(name, header(name))).build()
}

fn content<F: ErrorFormat>(errors: &[F]) -> Option<ContentBuilder> {
    let examples = errors.iter().filter_map(|error| {
        let example = ExampleBuilder::new().summary(error.message()).value(Some(error.body()?));
        Some((error.code().unwrap_or("no-code"), example.build()))
    });
    let mut examples = examples.peekable();
    examples.peek()?;
    // The schema is shared by all errors: a schema for each status would give generated clients a class for each.
    let schema = Ref::from_schema_name(F::SCHEMA);
    Some(ContentBuilder::new().schema(Some(schema)).examples_from_iter(examples))
}

fn header(name: &str) -> Header {
    let seconds = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1));
    let text = ObjectBuilder::new().schema_type(Type::String);
    let (schema, about) = match name {
        "Retry-After" | "X-Retry-After" => (seconds, "Seconds to wait before the next request"),
        "WWW-Authenticate" => (text, "The authentication scheme (RFC 6750 §3)"),
        _ => (text, "See the description of the API"),
    };
    let mut header = Header::new(schema);
    header.description = Some(about.to_owned());
    header
}
