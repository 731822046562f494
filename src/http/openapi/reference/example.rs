//! Generates an example for a schema without one.

use serde_json::{Map, Value, json};

use super::{entries, list, resolve};

/// A valid value; `None` if the schema has no type.
pub fn of(document: &Value, schema: &Value) -> Option<Value> {
    let schema = resolve(document, schema);
    if let Some(given) = list(&schema["examples"]).next() {
        return Some(given.clone());
    }
    if let Some(part) = list(&schema["oneOf"]).find(|part| part["type"] != "null") {
        return of(document, part);
    }
    if let Some(first) = list(&schema["enum"]).next() {
        return Some(first.clone());
    }
    match kind(schema)? {
        "object" => Some(Value::Object(object(document, schema))),
        "array" => Some(of(document, &schema["items"]).into_iter().collect()),
        "boolean" => Some(Value::Bool(true)),
        "integer" | "number" => Some(schema.get("default").or(schema.get("minimum")).cloned().unwrap_or(json!(1))),
        "string" => Some(match schema["format"].as_str() {
            Some("date-time") => "2026-11-21T11:18:48.436Z".into(),
            Some("uuid") => "01a1fdd4-8fab-7e2d-a429-11e08750ea01".into(),
            _ => "…".into(),
        }),
        _ => None,
    }
}

fn object(document: &Value, schema: &Value) -> Map<String, Value> {
    entries(&schema["properties"])
        .filter_map(|(name, property)| of(document, property).map(|value| (name.clone(), value)))
        .collect()
}

/// The first type other than null.
fn kind(schema: &Value) -> Option<&str> {
    match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        kind => kind.as_str(),
    }
}
