//! Converts a schema to a list of members with their rules.

use serde_json::Value;

use super::{entries, list, resolve, text};
use crate::ui::reference::Member;

/// The members of an object and of nested objects: `events[].id`.
pub fn members(document: &Value, schema: &Value) -> Vec<Member> {
    let mut found = Vec::new();
    collect(document, schema, "", &mut found);
    found
}

fn collect(document: &Value, schema: &Value, within: &str, found: &mut Vec<Member>) {
    let schema = resolve(document, schema);
    for part in list(&schema["allOf"]).chain(list(&schema["oneOf"])) {
        collect(document, part, within, found);
    }
    let before = found.len();
    for part in list(&schema["anyOf"]) {
        collect(document, part, within, found);
    }
    for member in &mut found[before..] {
        // One alternative is required; the text names it.
        member.required = false;
    }
    if schema["items"].is_object() {
        collect(document, &schema["items"], &format!("{within}[]"), found);
    }
    for (name, property) in entries(&schema["properties"]) {
        let dot = if within.is_empty() { "" } else { "." };
        let full = format!("{within}{dot}{name}");
        let mut member = member(document, &full, property);
        member.required = list(&schema["required"]).any(|required| required == name.as_str());
        match found.iter_mut().find(|known| known.name == full) {
            // A restriction of a member of the common schema.
            Some(known) => {
                member.rules.retain(|rule| !known.rules.contains(rule));
                known.rules.append(&mut member.rules);
            }
            None => found.push(member),
        }
        collect(document, property, &full, found);
    }
}

pub fn member(document: &Value, name: &str, schema: &Value) -> Member {
    let target = resolve(document, schema);
    let about = if schema["description"].is_string() { schema } else { target };
    Member {
        name: name.to_owned(),
        kind: kind(target),
        required: false,
        about: text(&about["description"]),
        rules: rules(target),
    }
}

fn kind(schema: &Value) -> Vec<String> {
    let mut kind = match &schema["type"] {
        Value::String(name) => vec![name.clone()],
        Value::Array(names) => names.iter().map(text).collect(),
        _ => list(&schema["oneOf"]).map(|part| text(&part["type"])).filter(|name| !name.is_empty()).collect(),
    };
    if let Some(format) = schema["format"].as_str() {
        kind.push(format.to_owned());
    }
    kind
}

fn rules(schema: &Value) -> Vec<String> {
    let number = |name: &str, words: &str| schema[name].as_u64().map(|number| format!("{words} {number}"));
    let length = |name: &str, words: &str| number(name, words).map(|words| format!("{words} characters"));
    let choices: Vec<_> = list(&schema["enum"]).map(|value| format!("`{}`", plain(value))).collect();
    let default = (!schema["default"].is_null()).then(|| format!("default `{}`", plain(&schema["default"])));
    let closed = (!choices.is_empty()).then(|| choices.join(", "));
    [
        length("minLength", "at least"),
        length("maxLength", "at most"),
        number("minimum", "at least"),
        number("maximum", "at most"),
        closed,
        default,
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
