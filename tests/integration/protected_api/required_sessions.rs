//! Every documented operation requires the credentials that its description names, and no others.

use axum::http::StatusCode;
use serde_json::Value;

use crate::support::{JSON, MASTER_SECRET, TestApp, client::TestResponse};

/// An operation of the OpenAPI document.
struct Operation<'a> {
    document: &'a Value,
    method: String,
    path: &'a str,
    description: &'a Value,
}

impl<'a> Operation<'a> {
    fn all(document: &'a Value) -> Vec<Self> {
        let mut operations = Vec::new();
        for (path, item) in document["paths"].as_object().expect("paths") {
            for (method, description) in item.as_object().expect("operations") {
                operations.push(Self { document, method: method.to_uppercase(), path, description });
            }
        }
        operations
    }

    /// Whether no alternative of the security requirement is empty.
    fn requires_credentials(&self) -> bool {
        let alternatives = self.description["security"].as_array().expect("a security requirement");
        alternatives.iter().all(|alternative| alternative.as_object().is_some_and(|schemes| !schemes.is_empty()))
    }

    /// Sends a valid request without credentials.
    async fn send(&self, app: &TestApp) -> TestResponse {
        let path = self.path.replace("{user_id}", "x").replace("{session_id}", "x").replace("{id}", "x");
        let path = path.replace("{token}", "x");
        let parameters = self.description["parameters"].as_array().into_iter().flatten();
        let required = parameters.filter(|parameter| parameter["in"] == "query" && parameter["required"] == true);
        let query = required.map(|parameter| format!("{}=", parameter["name"].as_str().expect("a name")));
        let line = format!("{} {path}?{}", self.method, query.collect::<Vec<_>>().join("&"));
        let body = &self.description["requestBody"]["content"]["application/json"]["schema"];
        let body = if body.is_null() { Value::Object(serde_json::Map::new()) } else { self.example(body) };
        let body = if self.method == "GET" { String::new() } else { body.to_string() };
        app.send(&line, &[JSON], body).await
    }

    /// A value with all required members.
    fn example(&self, schema: &Value) -> Value {
        let pointer = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
        let schema = pointer.and_then(|pointer| self.document.pointer(pointer)).unwrap_or(schema);
        match (schema["type"].as_str(), schema["format"].as_str()) {
            (Some("string"), Some("email")) => "ada@example.com".into(),
            (Some("string"), _) => "x".into(),
            _ => {
                let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
                required.map(|name| (name.to_owned(), self.example(&schema["properties"][name]))).collect()
            }
        }
    }
}

#[tokio::test]
async fn secured_operation_without_session_is_401() {
    let app = TestApp::with(&[("LATCHKEY_EVENTS_TOKEN", MASTER_SECRET)]).await;
    let document = app.send("GET /api/openapi.json", &[], "").await.json();
    let operations = Operation::all(&document);
    let secured: Vec<_> = operations.iter().filter(|operation| operation.requires_credentials()).collect();
    assert!(secured.len() > 15, "only {} operations require credentials", secured.len());
    for operation in secured {
        let answer = operation.send(&app).await;
        let name = format!("{} {}", operation.method, operation.path);
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{name}: {}", answer.body);
        assert!(operation.description["responses"]["401"].is_object(), "{name} does not describe 401");
    }
}

#[tokio::test]
async fn open_operation_never_asks_for_session() {
    let app = TestApp::new().await;
    let document = app.send("GET /api/openapi.json", &[], "").await.json();
    for operation in Operation::all(&document).iter().filter(|operation| !operation.requires_credentials()) {
        let answer = operation.send(&app).await;
        let unauthorized = answer.has("www-authenticate") || answer.body.contains("\"code\":\"UNAUTHORIZED\"");
        let asks = answer.status == StatusCode::UNAUTHORIZED && unauthorized;
        assert!(!asks, "{} {}: {}", operation.method, operation.path, answer.body);
    }
}
