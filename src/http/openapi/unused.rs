//! Removes schemas that no operation refers to. Client generators would write a class for each.

use std::collections::BTreeSet;

use serde_json::Value;

/// Removes the unused schemas of a document.
pub fn remove_unused_schemas(document: &mut Value) {
    let mut used = BTreeSet::new();
    let mut unread = referenced(&document["paths"]);
    while let Some(name) = unread.pop() {
        if used.insert(name.clone()) {
            unread.append(&mut referenced(&document["components"]["schemas"][&name]));
        }
    }
    if let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        schemas.retain(|name, _| used.contains(name));
    }
}

/// The names of the schemas that a part of the document refers to.
fn referenced(part: &Value) -> Vec<String> {
    match part {
        Value::Object(members) => {
            let target = members.get("$ref").and_then(Value::as_str);
            let name = target.and_then(|target| target.strip_prefix("#/components/schemas/"));
            name.map(str::to_owned).into_iter().chain(members.values().flat_map(referenced)).collect()
        }
        Value::Array(items) => items.iter().flat_map(referenced).collect(),
        _ => Vec::new(),
    }
}
