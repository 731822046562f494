//! Reads the members of a body or query, and collects their errors in the contract's words.

use serde_json::{Map, Value};
use utoipa::openapi::Object;

use super::error::ContractError;
use crate::http::route_error::RouteError;

/// The members of an object, with the errors found so far.
pub struct Members<'a> {
    /// The object's name in errors: `body`, `query`, `body.idToken`.
    place: String,
    object: Option<&'a Map<String, Value>>,
    problems: Vec<String>,
}

/// The JSON values that a route takes as its body.
#[derive(Clone, Copy)]
pub enum Shape {
    /// An object.
    Object,
    /// An object, called "object" and "record" in errors.
    ObjectAndRecord,
    /// An object, called "record" in errors.
    Record,
    /// An object or no body.
    OptionalObject,
    /// Any value; all but objects have no members.
    Any,
}

/// A set of members, as `members!` declares it.
pub trait MemberSet: Sized {
    /// The JSON values that a body with these members can be.
    const SHAPE: Shape;
    /// Reads and validates all members.
    fn read(members: &mut Members<'_>) -> Self;
    /// The schema.
    fn object() -> Object;
}

/// The members of a body or query are invalid (400).
pub struct ValidationError(String);

impl<'a> Members<'a> {
    pub fn of_body(body: Option<&'a Value>, shape: Shape) -> Self {
        let object = body.and_then(Value::as_object);
        let expected: &[&str] = match shape {
            Shape::Object => &["object"],
            Shape::ObjectAndRecord => &["object", "record"],
            Shape::Record => &["record"],
            Shape::OptionalObject if body.is_some() => &["object"],
            Shape::OptionalObject | Shape::Any => &[],
        };
        let received = kind(body);
        let problem = |name| format!("[body] Invalid input: expected {name}, received {received}");
        let problems = if object.is_none() { expected.iter().map(problem).collect() } else { Vec::new() };
        Self { place: "body".to_owned(), object, problems }
    }

    pub fn of_query(query: &'a Value) -> Self {
        Self { place: "query".to_owned(), object: query.as_object(), problems: Vec::new() }
    }

    pub fn get(&self, name: &str) -> Option<&'a Value> {
        self.object.and_then(|object| object.get(name))
    }

    /// The members' names, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &'a str> {
        self.object.into_iter().flat_map(|object| object.keys().map(String::as_str))
    }

    /// Reports a member of a wrong type, unless there is no object to read.
    pub fn wrong_type(&mut self, name: &str, expected: &str) {
        let received = kind(self.get(name));
        self.wrong(name, &format!("Invalid input: expected {expected}, received {received}"));
    }

    /// Reports a wrong member, unless there is no object to read.
    pub fn wrong(&mut self, name: &str, message: &str) {
        if self.object.is_some() {
            self.problem(name, message);
        }
    }

    pub fn problem(&mut self, name: &str, message: &str) {
        self.problems.push(format!("[{}.{name}] {message}", self.place));
    }

    /// Reports a problem with the object as a whole.
    pub fn problem_with_all(&mut self, message: &str) {
        self.problems.push(format!("[{}] {message}", self.place));
    }

    /// Reads the object in a member; `expected` is the contract's word for objects there. Returns the value and
    /// whether its members are valid.
    pub fn nested<T>(&mut self, name: &str, expected: &str, read: impl FnOnce(&mut Self) -> T) -> Option<(T, bool)> {
        let Some(Value::Object(object)) = self.get(name) else {
            self.wrong_type(name, expected);
            return None;
        };
        let place = format!("{}.{name}", self.place);
        let mut members = Self { place, object: Some(object), problems: Vec::new() };
        let value = read(&mut members);
        let is_valid = members.problems.is_empty();
        self.problems.append(&mut members.problems);
        Some((value, is_valid))
    }

    /// All problems as one error.
    pub fn finish(self) -> Result<(), ValidationError> {
        if self.problems.is_empty() { Ok(()) } else { Err(ValidationError(self.problems.join("; "))) }
    }
}

impl RouteError<ContractError> for ValidationError {
    fn examples() -> Vec<ContractError> {
        vec![Self("[body.token] Invalid input: expected string, received undefined".to_owned()).into()]
    }
}

impl From<ValidationError> for ContractError {
    fn from(ValidationError(problems): ValidationError) -> Self {
        Self::bad_request("VALIDATION_ERROR", problems)
    }
}

/// JavaScript's truth: everything but null, false, zero and the empty string.
pub fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Number(number) => number.as_f64() != Some(0.0),
        _ => true,
    }
}

/// JavaScript's name of the value's type.
pub fn kind(value: Option<&Value>) -> &'static str {
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
    use serde_json::json;

    use super::*;
    use crate::http::api::better_auth::contract::kinds::{Kind, NonEmpty, Text};

    #[test]
    fn members_invalid_are_reported_in_reading_order() {
        let body = json!({ "email": 1, "password": "" });
        let mut members = Members::of_body(Some(&body), Shape::Object);
        Text::read(&mut members, "name");
        Text::read(&mut members, "email");
        NonEmpty::<Text>::read(&mut members, "password");
        assert_eq!(
            members.finish().map_err(ContractError::from),
            Err(ContractError::bad_request(
                "VALIDATION_ERROR",
                "[body.name] Invalid input: expected string, received undefined; \
                 [body.email] Invalid input: expected string, received number; \
                 [body.password] Too small: expected string to have >=1 characters"
            ))
        );
    }
}
