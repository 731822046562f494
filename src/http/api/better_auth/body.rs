//! Request bodies, judged and worded as the contract does.

use axum::{
    body::Bytes,
    http::{HeaderMap, header},
};
use serde_json::{Map, Value};

use super::error::ContractError;

/// The body of a request; `None` where there was none.
#[derive(Clone, Debug, PartialEq)]
pub struct ContractBody(pub Option<Value>);

/// Reads a body: JSON everywhere, URL-encoded forms only where `forms` are taken too.
pub fn read(headers: &HeaderMap, bytes: &Bytes, forms: bool) -> Result<ContractBody, ContractError> {
    let declared = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // What nobody says how to read is not read.
    if bytes.is_empty() || declared.is_empty() {
        return Ok(ContractBody(None));
    }
    let media_type = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match media_type.as_str() {
        "application/json" => serde_json::from_slice(bytes)
            .map(|value| ContractBody(Some(value)))
            .map_err(|_| ContractError::malformed_json()),
        "application/x-www-form-urlencoded" if forms => {
            let pairs = url::form_urlencoded::parse(bytes).map(|(name, value)| (name.into_owned(), value.into()));
            Ok(ContractBody(Some(Value::Object(pairs.collect()))))
        }
        _ => Err(ContractError::media_type(declared, forms)),
    }
}

/// Reads members of a body and collects everything wrong with them.
pub struct Members<'a> {
    object: Option<&'a Map<String, Value>>,
    problems: Vec<String>,
}

impl<'a> Members<'a> {
    /// The members of a body that has to be an object.
    pub fn of(body: &'a ContractBody) -> Self {
        Self::of_all(body, &["object"])
    }

    /// The members of a body that may be missing, but not be anything else than an object.
    pub fn of_any(body: &'a ContractBody) -> Self {
        if body.0.is_none() { Self { object: None, problems: Vec::new() } } else { Self::of(body) }
    }

    /// The members of a body that has to be an object, which the contract calls by each of these names.
    pub fn of_all(body: &'a ContractBody, names: &[&str]) -> Self {
        let object = body.0.as_ref().and_then(Value::as_object);
        let received = kind(body.0.as_ref());
        let problem = |name| format!("[body] Invalid input: expected {name}, received {received}");
        let problems = if object.is_none() { names.iter().map(problem).collect() } else { Vec::new() };
        Self { object, problems }
    }

    fn member(&self, name: &str) -> Option<&'a Value> {
        self.object.and_then(|object| object.get(name))
    }

    /// Whether a member is there and a string.
    pub fn has_string(&self, name: &str) -> bool {
        self.member(name).is_some_and(Value::is_string)
    }

    fn wrong_type(&mut self, name: &str, expected: &str) {
        if self.object.is_some() {
            let received = kind(self.member(name));
            self.problems.push(format!("[body.{name}] Invalid input: expected {expected}, received {received}"));
        }
    }

    /// A member that has to be a string.
    pub fn string(&mut self, name: &str) -> &'a str {
        if let Some(Value::String(text)) = self.member(name) {
            return text;
        }
        self.wrong_type(name, "string");
        ""
    }

    /// A member that has to be a string with something in it.
    pub fn nonempty_string(&mut self, name: &str) -> &'a str {
        let text = self.string(name);
        if text.is_empty() && self.has_string(name) {
            self.problems.push(format!("[body.{name}] Too small: expected string to have >=1 characters"));
        }
        text
    }

    /// A member that is a string if it is there.
    pub fn optional_string(&mut self, name: &str) -> Option<&'a str> {
        match self.member(name) {
            None => None,
            Some(_) => Some(self.string(name)),
        }
    }

    /// A member that is true or false if it is there.
    pub fn optional_bool(&mut self, name: &str) -> Option<bool> {
        let member = self.member(name)?;
        if !member.is_boolean() {
            self.wrong_type(name, "boolean");
        }
        member.as_bool()
    }

    /// Notes another problem with a member.
    pub fn problem(&mut self, name: &str, message: &str) {
        self.problems.push(format!("[body.{name}] {message}"));
    }

    /// Whether a member is null.
    pub fn is_null(&self, name: &str) -> bool {
        self.member(name).is_some_and(Value::is_null)
    }

    /// Whether a member is anything but missing, null, false, zero or empty.
    pub fn is_truthy(&self, name: &str) -> bool {
        match self.member(name) {
            None | Some(Value::Null | Value::Bool(false)) => false,
            Some(Value::String(text)) => !text.is_empty(),
            Some(Value::Number(number)) => number.as_f64() != Some(0.0),
            Some(_) => true,
        }
    }

    /// Everything wrong so far, as one error.
    pub fn finish(self) -> Result<(), ContractError> {
        self.check()
    }

    /// Everything wrong so far, as one error; there may be more to read.
    pub fn check(&self) -> Result<(), ContractError> {
        if self.problems.is_empty() {
            return Ok(());
        }
        Err(ContractError::bad_request("VALIDATION_ERROR", self.problems.join("; ")))
    }
}

fn kind(value: Option<&Value>) -> &'static str {
    match value {
        None => "undefined",
        Some(Value::Null) => "null",
        Some(Value::Bool(_)) => "boolean",
        Some(Value::Number(_)) => "number",
        Some(Value::String(_)) => "string",
        Some(Value::Array(_)) => "array",
        Some(Value::Object(_)) => "object",
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use serde_json::json;

    use super::*;

    #[test]
    fn problems_are_worded_as_the_contract_words_them() {
        let body = ContractBody(Some(json!({ "email": 1, "password": "" })));
        let mut members = Members::of(&body);
        members.string("name");
        members.string("email");
        members.nonempty_string("password");
        assert_eq!(
            members.finish(),
            Err(ContractError::bad_request(
                "VALIDATION_ERROR",
                "[body.name] Invalid input: expected string, received undefined; \
                 [body.email] Invalid input: expected string, received number; \
                 [body.password] Too small: expected string to have >=1 characters"
            ))
        );
    }

    #[test]
    fn another_media_type_is_refused_by_name() {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, "text/plain; charset=utf-8".parse().unwrap());
        let refused = read(&headers, &Bytes::from_static(b"x"), true).unwrap_err();
        let message = "Content-Type \"text/plain; charset=utf-8\" is not allowed. \
                       Allowed types: application/x-www-form-urlencoded, application/json";
        assert_eq!(refused, ContractError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", message));
    }
}
