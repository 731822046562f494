//! API errors are problem documents (RFC 9457) without implementation details.

use axum::body::Body;
use futures::stream;

use crate::support::{JSON, TestApp, client::TestResponse, person::Person};

/// 17 kB of JSON.
fn large() -> String {
    format!(r#"{{"name":"{}"}}"#, "x".repeat(17 * 1024))
}

#[tokio::test]
async fn unknown_path_returns_a_problem() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let own = ada.path("/nothing");
    for path in
        ["/api", "/api/", "/api/x", "/api/users", "/api/users/", &own, "/api//users", "/api/%61uth/ok", "/api/..%2f"]
    {
        for method in ["GET", "POST", "DELETE", "PUT", "OPTIONS"] {
            let response = app.send(&format!("{method} {path}"), &[], "").await;
            assert_eq!(response.problem(), "404 not_found", "{method} {path}");
        }
    }
}

#[tokio::test]
async fn wrong_method_problem_lists_allowed_methods() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    for (method, rest, allow) in [
        ("POST", "", "GET,HEAD,PATCH,DELETE"),
        ("PUT", "", "GET,HEAD,PATCH,DELETE"),
        ("POST", "/sessions", "GET,HEAD,DELETE"),
        ("GET", "/sessions/x", "DELETE"),
        ("OPTIONS", "/events", "GET,HEAD"),
        ("DELETE", "/events", "GET,HEAD"),
    ] {
        let response = app.send(&format!("{method} {}", ada.path(rest)), &[], "").await;
        assert_eq!(response.problem(), "405 method_not_allowed");
        assert_eq!(response.header("allow"), allow, "{method} {rest}");
    }
}

#[tokio::test]
async fn wrong_content_type_returns_a_problem() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "",
        "application/jsonx",
        "*/*",
    ] {
        let response = patch(&app, &ada, kind, r#"{"name":"x"}"#).await;
        assert_eq!(response.problem(), "415 unsupported_media_type", "{kind}");
    }
}

#[tokio::test]
async fn malformed_json_returns_a_problem() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    for body in ["", "{", "{name:1}", r#"{"name":"x"}}"#, r#"{"name":"x",}"#, "\u{feff}{}", r#"{"name":"\ud800"}"#] {
        assert_eq!(patch(&app, &ada, JSON.1, body).await.problem(), "400 malformed_json", "{body:?}");
    }
    let nested = format!(r#"{{"name":{}}}"#, "[".repeat(10_000));
    let problem = patch(&app, &ada, JSON.1, nested).await.problem();
    assert!(problem.starts_with('4'), "{problem}");
    let not_text = b"{\"name\":\"\xff\"}".to_vec();
    let problem = patch(&app, &ada, JSON.1, not_text).await.problem();
    assert!(problem.starts_with('4'), "{problem}");
}

#[tokio::test]
async fn body_over_16_kb_returns_a_problem() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let chunks =
        large().into_bytes().chunks(1000).map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec())).collect::<Vec<_>>();
    for body in [Body::from(large()), Body::from_stream(stream::iter(chunks))] {
        assert_eq!(patch(&app, &ada, JSON.1, body).await.problem(), "413 too_large");
    }
    let announced = [("content-length", "99999999"), JSON];
    let response = app.send(&format!("PATCH {}", ada.path("")), &announced, "{}").await;
    assert_eq!(response.problem(), "413 too_large");
    let response = app.send("POST /api/x", &announced, "{}").await;
    assert_eq!(response.problem(), "413 too_large");
}

#[tokio::test]
async fn forbidden_responses_are_identical() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    let bearer = ada.bearer();
    let missing = "0197a2f0-0000-7000-8000-000000000000";
    let mut responses = Vec::new();
    for id in [bob.user_id.as_str(), missing, "x", "%00", &ada.user_id.to_uppercase()] {
        for line in [
            "GET {}",
            "PATCH {}",
            "GET {}/sessions",
            "DELETE {}/sessions",
            "DELETE {}/sessions/x",
            "GET {}/events",
            "GET {}/events?limit=x",
        ] {
            let line = line.replace("{}", &format!("/api/users/{id}"));
            let mut response = app.send(&line, &[("authorization", &bearer)], "").await;
            assert_eq!(response.problem(), "403 forbidden", "{line}");
            response.headers.remove("x-request-id").expect("a request id");
            responses.push((response.headers, response.body));
        }
    }
    responses.dedup();
    assert_eq!(responses.len(), 1);
    assert_eq!(ada.events(&app).await[0], "authz_fail", "the refusal is recorded");
}

async fn patch(app: &TestApp, person: &Person, kind: &str, body: impl Into<Body>) -> TestResponse {
    let bearer = person.bearer();
    let headers = [("authorization", bearer.as_str()), ("content-type", kind)];
    app.send(&format!("PATCH {}", person.path("")), &headers, body).await
}
