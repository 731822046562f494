//! The log line of a request.

use serde_json::{Value, json};

use crate::support::{PASSWORD, TestApp, client::TestRequest, log::CapturedLog};

/// The only line of the access log for a request.
async fn line(request: TestRequest) -> Value {
    let log = CapturedLog::start();
    let response = request.await;
    let text = log.text();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let mut lines: Vec<_> = lines.into_iter().filter(|line| line["target"] == "latchkey::access").collect();
    assert_eq!(lines.len(), 1, "{text}");
    let line = lines.remove(0);
    assert_eq!(line["status"], response.status.as_u16());
    assert_eq!(line["request_id"], response.header("x-request-id"));
    assert!(line["latency_us"].as_u64().is_some_and(|latency| latency > 0), "{line}");
    line
}

#[tokio::test]
async fn access_line_has_address_route_and_user() {
    let app = TestApp::new().await;
    let person = app.person("ada@example.com").await;
    let path = format!("/api/users/{}", person.user_id);
    let signed_in =
        line(app.client_at("192.0.2.7").get(&format!("{path}?secret=1")).bearer(&person.access_token)).await;
    assert_eq!(signed_in["address"], "192.0.2.7");
    assert_eq!(signed_in["method"], "GET");
    assert_eq!(signed_in["path"], path, "without the query");
    assert_eq!(signed_in["route"], "/api/users/{user_id}");
    assert_eq!(signed_in["user_id"], person.user_id);
    assert_eq!(signed_in["level"], "DEBUG");

    let anonymous = line(app.client().get("/no/such/page")).await;
    assert!(anonymous["user_id"].is_null() && anonymous["route"].is_null(), "{anonymous}");
    let refused = line(app.client().get(&path)).await;
    assert_eq!((&refused["status"], &refused["user_id"]), (&json!(401), &Value::Null));
}

#[tokio::test]
async fn access_line_of_a_sign_in_has_the_user() {
    let app = TestApp::new().await;
    let person = app.person("ada@example.com").await;
    let body = json!({"email": "ada@example.com", "password": PASSWORD});
    let line = line(app.client().post("/api/auth/sign-in/email").json(&body)).await;
    assert_eq!(line["user_id"], person.user_id);
    assert_eq!(line["route"], "/api/auth/sign-in/email");
}

#[tokio::test]
async fn access_line_of_a_failure_is_an_error() {
    let app = TestApp::without_database().await;
    let line = line(app.client().get("/readyz")).await;
    assert_eq!((&line["level"], &line["status"]), (&json!("ERROR"), &json!(503)));
}
