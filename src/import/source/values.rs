//! The values of one record, by name.

use serde_json::Value;

use crate::auth::password::hasher::{PasswordHash, UnsupportedHash};

/// One record of a file or table.
pub(crate) enum Values<'a> {
    /// Texts in the order of `names`. `None`: no value.
    Columns { names: &'a [String], texts: Vec<Option<String>> },
    /// A JSON object.
    Json(Value),
}

impl Values<'_> {
    /// The value at `path` as text. A path with dots leads into an object, also into JSON in a column.
    pub(crate) fn get(&self, path: &str) -> Option<String> {
        match self {
            Self::Columns { names, texts } => {
                let text = |name: &str| texts.get(names.iter().position(|column| column == name)?)?.clone();
                text(path).or_else(|| {
                    let (column, inner) = path.split_once('.')?;
                    inside(&serde_json::from_str(&text(column)?).ok()?, inner)
                })
            }
            Self::Json(value) => inside(value, path),
        }
    }
}

/// Whether an object has something at `path`, null included.
pub(crate) fn has(value: &Value, path: &str) -> bool {
    at(value, path).is_some()
}

/// Whether one of `names` holds the value at `path`.
pub(crate) fn is_column(names: &[String], path: &str) -> bool {
    let column = |name: &str| names.iter().any(|column| column == name);
    column(path) || path.split_once('.').is_some_and(|(name, _)| column(name))
}

fn inside(value: &Value, path: &str) -> Option<String> {
    at(value, path).and_then(text_of)
}

fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    value.get(path).or_else(|| {
        let (name, rest) = path.split_once('.')?;
        at(value.get(name)?, rest)
    })
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Array(_) => None,
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        // MongoDB's extended JSON: {"$oid": "60425dc43519d90068f82973"}.
        Value::Object(object) => {
            ["$oid", "$date", "$numberLong"].iter().find_map(|name| object.get(*name)).and_then(text_of)
        }
    }
}

/// The hash of a password column. `None` for an empty value and for Django's unusable passwords, which start with `!`.
pub(crate) fn password(text: Option<String>) -> Option<Result<PasswordHash, UnsupportedHash>> {
    let text = text.filter(|text| !text.trim().is_empty() && !text.starts_with(['!', '*']))?;
    Some(PasswordHash::import(&text))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_found_by_name_and_path() {
        let object = json!({ "a": 1, "b": { "c": "x", "d": null }, "e.f": true, "_id": { "$oid": "60" }, "g": [1] });
        let json = Values::Json(object);
        let names = ["a", "b", "e.f", "g"].map(str::to_owned);
        let texts = ["1", r#"{"c": "x"}"#, "true", "[1]"].map(|text| Some(text.to_owned())).to_vec();
        let columns = Values::Columns { names: &names, texts };
        for (path, value) in [("a", Some("1")), ("b.c", Some("x")), ("b.d", None), ("e.f", Some("true")), ("z", None)] {
            assert_eq!(json.get(path).as_deref(), value, "{path}");
            assert_eq!(columns.get(path).as_deref(), value, "{path}");
        }
        assert_eq!((json.get("_id").as_deref(), json.get("g")), (Some("60"), None));
    }

    #[test]
    fn unusable_passwords_are_none() {
        for text in [None, Some(""), Some("  "), Some("!Afiuy6owspxRz3TVgh4MSos7QQKUwMZdgnxcjPsA"), Some("*")] {
            assert!(password(text.map(str::to_owned)).is_none(), "{text:?}");
        }
        assert_eq!(password(Some("secret".to_owned())), Some(Err(UnsupportedHash::Unknown)));
    }
}
