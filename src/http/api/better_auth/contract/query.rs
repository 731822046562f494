//! The query of a request.

use std::convert::Infallible;

use axum::{extract::FromRequestParts, http::request::Parts};
use serde_json::{Map, Value};

/// The parameters of a query, unvalidated. A repeated parameter is a list.
pub struct ContractQuery(pub Value);

impl ContractQuery {
    pub fn parse(query: Option<&str>) -> Self {
        let mut parameters = Map::new();
        for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let value = Value::String(value.into_owned());
            match parameters.get_mut(name.as_ref()) {
                None => {
                    parameters.insert(name.into_owned(), value);
                }
                Some(Value::Array(values)) => values.push(value),
                Some(first) => *first = Value::Array(vec![first.take(), value]),
            }
        }
        Self(Value::Object(parameters))
    }

    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }
}

impl<S: Sync> FromRequestParts<S> for ContractQuery {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::parse(parts.uri.query()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn query_repeated_parameter_is_a_list() {
        assert_eq!(ContractQuery::parse(None).0, json!({}));
        let query = ContractQuery::parse(Some("a=b&c=%2F+d&e"));
        assert_eq!(query.0, json!({ "a": "b", "c": "/ d", "e": "" }));
        assert_eq!(ContractQuery::parse(Some("a=1&a=2&a=3")).0, json!({ "a": ["1", "2", "3"] }));
    }
}
