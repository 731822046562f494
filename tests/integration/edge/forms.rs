//! Every POST to an action returns a page or a redirect on this site.

use axum::{body::Body, http::StatusCode};
use futures::stream;
use leptos::server_fn::axum::server_fn_paths;

use crate::support::{FORM, TestApp, client::TestResponse};

/// The names of the registered server functions.
pub fn actions() -> Vec<&'static str> {
    let actions: Vec<_> = server_fn_paths().filter_map(|(path, _)| path.strip_prefix("/actions/")).collect();
    assert!(actions.contains(&"sign-up") && actions.contains(&"delete-account"), "{actions:?}");
    actions
}

#[tokio::test]
async fn unknown_action_returns_a_404_page() {
    let app = TestApp::new().await;
    for path in [
        "/actions/nothing",
        "/actions",
        "/actions/",
        "/actions/sign-in/x",
        "/actions/sign%2Din",
        "/actions/Sign-In",
        "/actions/%ff",
    ] {
        let response = app.send(&format!("POST {path}"), &[FORM], "email=x").await;
        assert_page(&response, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn action_with_other_method_returns_405() {
    let app = TestApp::new().await;
    for action in actions() {
        for method in ["GET", "PUT", "DELETE", "OPTIONS"] {
            let response = app.send(&format!("{method} /actions/{action}"), &[], "").await;
            assert_page(&response, StatusCode::METHOD_NOT_ALLOWED);
            assert_eq!(response.header("allow"), "POST");
        }
    }
}

#[tokio::test]
async fn invalid_form_body_returns_a_page() {
    let app = TestApp::new().await;
    for kind in ["application/json", "text/plain", "multipart/form-data; boundary=x", "", "application/cbor"] {
        for action in actions() {
            let response =
                app.send(&format!("POST /actions/{action}"), &[("content-type", kind)], "{\"email\":1}").await;
            assert_calm(&response, &format!("{kind} {action}"));
        }
    }
    for body in
        ["email=%ff", "email=%", "=&=&", "&&&", "email", "email[]=x", "email=x&email=y", "\0", &"a=b&".repeat(2000)]
    {
        for action in actions() {
            let response = app.send(&format!("POST /actions/{action}"), &[FORM], body.to_owned()).await;
            assert_calm(&response, &format!("{body:.20} {action}"));
        }
    }
}

#[tokio::test]
async fn missing_fields_count_as_empty() {
    let app = TestApp::new().await;
    for action in ["sign-up", "sign-in"] {
        let response = app.send(&format!("POST /actions/{action}"), &[FORM], "").await;
        assert_eq!(
            (response.status, response.header("location")),
            (StatusCode::SEE_OTHER, format!("/{action}").as_str())
        );
    }
}

#[tokio::test]
async fn duplicate_field_returns_400() {
    let app = TestApp::new().await;
    let response = app.send("POST /actions/sign-in", &[FORM], "email=a%40b.co&email=c%40d.co&password=x").await;
    assert_page(&response, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn form_over_16_kb_returns_413() {
    let app = TestApp::new().await;
    let large = format!("email={}", "x".repeat(17 * 1024));
    let chunks = large
        .clone()
        .into_bytes()
        .chunks(1000)
        .map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec()))
        .collect::<Vec<_>>();
    for body in [Body::from(large), Body::from_stream(stream::iter(chunks))] {
        let response = app.send("POST /actions/sign-in", &[FORM], body).await;
        assert_page(&response, StatusCode::PAYLOAD_TOO_LARGE);
    }
    let response = app.send("POST /actions/sign-in", &[FORM, ("content-length", "20000")], "").await;
    assert_calm(&response, "announced");
}

#[tokio::test]
async fn referer_never_sets_the_redirect() {
    let app = TestApp::new().await;
    for referer in ["https://evil.example/", "http://localhost:3000/account?x", "//evil.example", "x"] {
        for action in actions() {
            let response = app
                .send(&format!("POST /actions/{action}"), &[FORM, ("accept", "text/html"), ("referer", referer)], "")
                .await;
            assert_calm(&response, &format!("{referer} {action}"));
            assert!(
                !response.header("location").contains("evil") && !response.header("location").contains("__"),
                "{referer}"
            );
        }
    }
}

#[tokio::test]
async fn unreadable_form_ignores_the_referer() {
    let app = TestApp::new().await;
    for referer in ["https://evil.example/", "http://localhost:3000/account"] {
        let response = app
            .send("POST /actions/sign-in", &[FORM, ("accept", "text/html"), ("referer", referer)], "email=a&email=b")
            .await;
        assert_page(&response, StatusCode::BAD_REQUEST);
        assert!(!response.has("location"));
    }
}

#[tokio::test]
async fn form_to_a_page_is_refused() {
    let app = TestApp::new().await;
    assert_page(&app.send("POST /nothing", &[FORM], "a=b").await, StatusCode::NOT_FOUND);
    assert_page(&app.send("POST /sign-in", &[FORM], "email=x").await, StatusCode::METHOD_NOT_ALLOWED);
}

/// Fails unless the response is a redirect on this site or an error page for a client error.
fn assert_calm(response: &TestResponse, what: &str) {
    if response.status == StatusCode::SEE_OTHER {
        let location = response.header("location");
        assert!(location.starts_with('/') && !location.starts_with("//"), "{what}: {location}");
    } else {
        assert!(response.status.is_client_error(), "{what}: {}", response.status);
        assert_page(response, response.status);
    }
}

fn assert_page(response: &TestResponse, status: StatusCode) {
    assert_eq!(response.status, status, "{}", response.body);
    assert!(response.header("content-type").starts_with("text/html"));
    assert!(response.body.starts_with("<!DOCTYPE html>") && response.body.contains("</html>"));
    response.assert_no_internals();
}
