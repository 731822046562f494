//! Reads the body of a request by its content type.

use axum::http::{HeaderMap, StatusCode, header};
use serde_json::Value;

use super::error::ContractError;
use crate::http::{
    header_values::{media_type, text},
    route_error::RouteError,
};

/// The body of a request; `None` without one.
#[derive(Clone, Debug, PartialEq)]
pub struct RawBody(pub Option<Value>);

/// Why a body cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub enum RawBodyError {
    MalformedJson,
    MediaType {
        declared: String,
        /// Whether the route reads URL-encoded forms.
        forms: bool,
    },
}

impl RawBody {
    /// Reads JSON, and URL-encoded forms where `forms` is set. A body without a content type is ignored.
    pub fn read(headers: &HeaderMap, bytes: &[u8], forms: bool) -> Result<Self, RawBodyError> {
        let declared = headers.get(header::CONTENT_TYPE).map(text).unwrap_or_default();
        if bytes.is_empty() || declared.is_empty() {
            return Ok(Self(None));
        }
        match media_type(headers).as_str() {
            "application/json" => {
                serde_json::from_slice(bytes).map(|value| Self(Some(value))).map_err(|_| RawBodyError::MalformedJson)
            }
            "application/x-www-form-urlencoded" if forms => {
                let pairs = url::form_urlencoded::parse(bytes).map(|(name, value)| (name.into_owned(), value.into()));
                Ok(Self(Some(Value::Object(pairs.collect()))))
            }
            _ => Err(RawBodyError::MediaType { declared: declared.into_owned(), forms }),
        }
    }
}

impl RouteError<ContractError> for RawBodyError {
    fn examples() -> Vec<ContractError> {
        let media_type = Self::MediaType { declared: "text/plain".to_owned(), forms: false };
        vec![Self::MalformedJson.into(), media_type.into()]
    }
}

impl From<RawBodyError> for ContractError {
    fn from(error: RawBodyError) -> Self {
        match error {
            RawBodyError::MalformedJson => Self::bad_request("BAD_REQUEST", "Invalid JSON in request body"),
            RawBodyError::MediaType { declared, forms } => {
                let form = if forms { "application/x-www-form-urlencoded, " } else { "" };
                Self::new(
                    StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    "UNSUPPORTED_MEDIA_TYPE",
                    format!("Content-Type \"{declared}\" is not allowed. Allowed types: {form}application/json"),
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_body_other_media_type_is_named_in_error() {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, "text/plain; charset=utf-8".parse().unwrap());
        let error = RawBody::read(&headers, b"x", true).unwrap_err();
        let message = "Content-Type \"text/plain; charset=utf-8\" is not allowed. \
                       Allowed types: application/x-www-form-urlencoded, application/json";
        assert_eq!(
            ContractError::from(error),
            ContractError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", message)
        );
    }
}
