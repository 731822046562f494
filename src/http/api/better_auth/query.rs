//! Query parameters, as the contract reads them: one that is given twice is a list.

use axum::{extract::FromRequestParts, http::request::Parts};
use serde_json::{Map, Value};
use std::convert::Infallible;

/// The parameters of a request's query.
pub struct Query(pub Value);

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(read(parts.uri.query())))
    }
}

/// The parameters of a query, as an object of texts and lists of texts.
pub fn read(query: Option<&str>) -> Value {
    let mut read = Map::new();
    for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        let value = Value::String(value.into_owned());
        match read.get_mut(name.as_ref()) {
            None => {
                read.insert(name.into_owned(), value);
            }
            Some(Value::Array(values)) => values.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }
    Value::Object(read)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_parameter_given_twice_is_a_list() {
        assert_eq!(read(None), json!({}));
        assert_eq!(read(Some("a=b&c=%2F+d&e")), json!({ "a": "b", "c": "/ d", "e": "" }));
        assert_eq!(read(Some("a=1&a=2&a=3")), json!({ "a": ["1", "2", "3"] }));
    }
}
