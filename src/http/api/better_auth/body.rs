//! Request bodies, judged and worded as the contract does.

use axum::{
    body::Bytes,
    http::{HeaderMap, header},
};
use serde_json::{Map, Value};

use super::error::ContractError;
use crate::domain::Email;

const BODY: &str = "body";

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

/// Reads members of a body, or of a query, and collects everything wrong with them.
pub struct Members<'a> {
    /// Where they stand, as problems call it: `body`, `query`, `body.idToken`.
    place: String,
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
        if body.0.is_none() {
            return Self { place: BODY.to_owned(), object: None, problems: Vec::new() };
        }
        Self::of(body)
    }

    /// The members of a body that may be anything; what is no object has none.
    pub fn in_body(body: &'a Value) -> Self {
        Self { place: BODY.to_owned(), object: body.as_object(), problems: Vec::new() }
    }

    /// The parameters of a query.
    pub fn of_query(query: &'a Value) -> Self {
        Self { place: "query".to_owned(), object: query.as_object(), problems: Vec::new() }
    }

    /// The members of a body that has to be an object, which the contract calls by each of these names.
    pub fn of_all(body: &'a ContractBody, names: &[&str]) -> Self {
        let object = body.0.as_ref().and_then(Value::as_object);
        let received = kind(body.0.as_ref());
        let problem = |name| format!("[body] Invalid input: expected {name}, received {received}");
        let problems = if object.is_none() { names.iter().map(problem).collect() } else { Vec::new() };
        Self { place: BODY.to_owned(), object, problems }
    }

    fn member(&self, name: &str) -> Option<&'a Value> {
        self.object.and_then(|object| object.get(name))
    }

    /// Whether there are members to be read.
    pub const fn is_object(&self) -> bool {
        self.object.is_some()
    }

    /// Whether a member is there.
    pub fn has(&self, name: &str) -> bool {
        self.member(name).is_some()
    }

    /// Whether a member is `true`.
    pub fn is_true(&self, name: &str) -> bool {
        self.member(name) == Some(&Value::Bool(true))
    }

    /// Whether a member is there and a string.
    pub fn has_string(&self, name: &str) -> bool {
        self.member(name).is_some_and(Value::is_string)
    }

    fn wrong_type(&mut self, name: &str, expected: &str) {
        if self.object.is_some() {
            let received = kind(self.member(name));
            self.problem(name, &format!("Invalid input: expected {expected}, received {received}"));
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
            self.problem(name, "Too small: expected string to have >=1 characters");
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

    /// A member that has to be an e-mail address.
    pub fn email(&mut self, name: &str) -> &'a str {
        let text = self.string(name);
        if self.has_string(name) && (text.trim() != text || Email::parse(text).is_err()) {
            self.problem(name, "Invalid email address");
        }
        text
    }

    /// A member that is a number if it is there.
    pub fn optional_number(&mut self, name: &str) {
        if self.member(name).is_some_and(|member| !member.is_number()) {
            self.wrong_type(name, "number");
        }
    }

    /// A member that is a list of strings if it is there.
    pub fn optional_strings(&mut self, name: &str) {
        match self.member(name) {
            None => {}
            Some(Value::Array(items)) => {
                for (at, item) in items.iter().enumerate().filter(|(_, item)| !item.is_string()) {
                    let problem = format!("Invalid input: expected string, received {}", kind(Some(item)));
                    self.problem(&format!("{name}.{at}"), &problem);
                }
            }
            Some(_) => self.wrong_type(name, "array"),
        }
    }

    /// A member that is an object if it is there, which the contract calls `expected`; `read` reads what is
    /// in it.
    pub fn optional_object(&mut self, name: &str, expected: &str, read: impl FnOnce(&mut Self)) {
        match self.member(name) {
            None => {}
            Some(Value::Object(object)) => {
                let place = format!("{}.{name}", self.place);
                let mut members = Self { place, object: Some(object), problems: Vec::new() };
                read(&mut members);
                self.problems.append(&mut members.problems);
            }
            Some(_) => self.wrong_type(name, expected),
        }
    }

    /// The members' names, in the order of the alphabet.
    pub fn names(&self) -> impl Iterator<Item = &'a str> {
        self.object.into_iter().flat_map(|object| object.keys().map(String::as_str))
    }

    /// Whether anything is wrong so far.
    pub const fn is_sound(&self) -> bool {
        self.problems.is_empty()
    }

    /// Notes another problem with a member.
    pub fn problem(&mut self, name: &str, message: &str) {
        self.problems.push(format!("[{}.{name}] {message}", self.place));
    }

    /// Notes a problem with all of them together.
    pub fn problem_with_all(&mut self, message: &str) {
        self.problems.push(format!("[{}] {message}", self.place));
    }

    /// Whether a member is null.
    pub fn is_null(&self, name: &str) -> bool {
        self.member(name).is_some_and(Value::is_null)
    }

    /// Whether a member is anything but missing, null, false, zero or empty.
    pub fn is_truthy(&self, name: &str) -> bool {
        self.member(name).is_some_and(is_truthy)
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

/// Whether a value is anything but null, false, zero or empty text, as clients of the contract think of it.
pub fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Number(number) => number.as_f64() != Some(0.0),
        _ => true,
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
