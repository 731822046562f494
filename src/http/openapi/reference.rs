//! Converts the document for the page: references resolved, schemas flattened.

mod example;
mod members;

use serde_json::Value;

use crate::ui::reference::{
    Answer, Content, Credential, Example, Group, Member, Operation, ReferencePage, UnavailableOperation,
};
use members::members;

/// A header of every response, which the page leaves out.
const COMMON_HEADER: &str = "X-Request-Id";

/// The page of an OpenAPI document, and of the operations that it leaves out.
pub fn page(document: &Value, unavailable: &[UnavailableOperation]) -> ReferencePage {
    let groups = list(&document["tags"]).map(|tag| group(document, &text(&tag["name"]), &text(&tag["description"])));
    ReferencePage {
        title: text(&document["info"]["title"]),
        version: text(&document["info"]["version"]),
        about: paragraphs(&document["info"]["description"]),
        server: text(&document["servers"][0]["url"]),
        credentials: entries(&document["components"]["securitySchemes"]).map(credential).collect(),
        groups: groups.collect(),
        unavailable: unavailable.to_vec(),
    }
}

fn credential((name, scheme): (&String, &Value)) -> Credential {
    let sent = match text(&scheme["type"]).as_str() {
        "http" => "Authorization: Bearer".to_owned(),
        _ => format!("Cookie: {}", text(&scheme["name"])),
    };
    Credential { name: name.clone(), sent, about: text(&scheme["description"]) }
}

fn group(document: &Value, name: &str, about: &str) -> Group {
    let operations = entries(&document["paths"]).flat_map(|(path, item)| {
        let tagged = |operation: &Value| list(&operation["tags"]).any(|tag| tag == name);
        let operations = entries(item).filter(move |(_, operation)| tagged(operation));
        operations.map(|(method, operation)| self::operation(document, method, path, operation))
    });
    Group { name: name.to_owned(), about: about.to_owned(), operations: operations.collect() }
}

fn operation(document: &Value, method: &str, path: &str, operation: &Value) -> Operation {
    let names = list(&operation["security"]).flat_map(|scheme| entries(scheme).map(|(name, _)| name.clone()));
    let credentials: Vec<String> = names.collect();
    let (answers, errors) = entries(&operation["responses"])
        .map(|(status, response)| answer(document, status, response))
        .partition(|answer| answer.status.starts_with(['2', '3']));
    let bodies: Vec<_> = contents(document, &operation["requestBody"]).collect();
    Operation {
        id: text(&operation["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(&operation["summary"]),
        about: paragraphs(&operation["description"]),
        open: list(&operation["security"]).any(|scheme| entries(scheme).next().is_none()),
        parameters: list(&operation["parameters"]).map(|parameter| self::parameter(document, parameter)).collect(),
        command: command(document, method, path, &credentials, bodies.first()),
        credentials,
        bodies,
        answers,
        errors,
    }
}

fn parameter(document: &Value, parameter: &Value) -> Member {
    let place = text(&parameter["in"]);
    let mut member = members::member(document, &text(&parameter["name"]), &parameter["schema"]);
    member.kind.insert(0, place);
    member.required = parameter["required"] == true;
    member.about = text(&parameter["description"]);
    member
}

fn answer(document: &Value, status: &str, response: &Value) -> Answer {
    let headers = entries(&response["headers"]).filter(|(name, _)| *name != COMMON_HEADER);
    Answer {
        status: status.to_owned(),
        about: text(&response["description"]),
        headers: headers.map(|(name, header)| (name.clone(), text(&header["description"]))).collect(),
        content: contents(document, response).next(),
    }
}

fn contents<'a>(document: &'a Value, of: &'a Value) -> impl Iterator<Item = Content> + 'a {
    entries(&of["content"]).map(|(media_type, content)| Content {
        media_type: media_type.clone(),
        members: members(document, &content["schema"]),
        examples: examples(document, content),
    })
}

fn examples(document: &Value, content: &Value) -> Vec<Example> {
    let named = entries(&content["examples"]).map(|(name, example)| Example {
        name: name.clone(),
        about: text(&example["summary"]),
        text: pretty(&example["value"]),
    });
    let named: Vec<_> = named.collect();
    if !named.is_empty() {
        return named;
    }
    let only = match &content["example"] {
        Value::Null => example::of(document, &content["schema"]),
        given => Some(given.clone()),
    };
    only.map(|value| Example { name: String::new(), about: String::new(), text: pretty(&value) }).into_iter().collect()
}

/// A `curl` command, with the first credential and the first body.
fn command(document: &Value, method: &str, path: &str, credentials: &[String], body: Option<&Content>) -> String {
    let server = text(&document["servers"][0]["url"]);
    let path = path.replace("{user_id}", "$USER_ID").replace("{session_id}", "$SESSION_ID");
    let method = if method == "get" { String::new() } else { format!("-X {} ", method.to_uppercase()) };
    let mut lines = vec![format!("curl {method}\"{server}{path}\"")];
    if credentials.iter().any(|name| name == "accessToken") {
        lines.push("-H \"Authorization: Bearer $ACCESS\"".to_owned());
    } else if credentials.iter().any(|name| name == "sessionToken") {
        lines.push("-H \"Authorization: Bearer $SESSION\"".to_owned());
    }
    if let Some(Content { media_type, examples, .. }) = body
        && let Some(Example { text, .. }) = examples.first()
    {
        let compact = serde_json::from_str::<Value>(text).map_or_else(|_| text.clone(), |value| value.to_string());
        lines.push(format!("-H 'Content-Type: {media_type}'"));
        lines.push(format!("-d '{compact}'"));
    }
    lines.join(" \\\n  ")
}

fn pretty(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => serde_json::to_string_pretty(value).unwrap_or_default(),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn paragraphs(value: &Value) -> Vec<String> {
    value.as_str().unwrap_or_default().split("\n\n").filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// The target of a `$ref`; other schemas unchanged.
fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let pointer = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    pointer.and_then(|pointer| document.pointer(pointer)).unwrap_or(schema)
}
