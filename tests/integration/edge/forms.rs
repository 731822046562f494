//! Every POST to an action returns a page or a redirect on this site.

use axum::{body::Body, http::StatusCode};
use futures::stream;

use crate::support::{FORM, TestApp, client::TestResponse};

const ACTIONS: [&str; 7] =
    ["sign-up", "sign-in", "sign-out", "update-profile", "change-password", "revoke-session", "revoke-other-sessions"];

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
        let answer = app.send(&format!("POST {path}"), &[FORM], "email=x").await;
        assert_page(&answer, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn action_with_other_method_returns_405() {
    let app = TestApp::new().await;
    for action in ACTIONS {
        for method in ["GET", "PUT", "DELETE", "OPTIONS"] {
            let answer = app.send(&format!("{method} /actions/{action}"), &[], "").await;
            assert_page(&answer, StatusCode::METHOD_NOT_ALLOWED);
            assert_eq!(answer.header("allow"), "POST");
        }
    }
}

#[tokio::test]
async fn invalid_form_body_returns_a_page() {
    let app = TestApp::new().await;
    for kind in ["application/json", "text/plain", "multipart/form-data; boundary=x", "", "application/cbor"] {
        for action in ACTIONS {
            let answer = app.send(&format!("POST /actions/{action}"), &[("content-type", kind)], "{\"email\":1}").await;
            assert_calm(&answer, &format!("{kind} {action}"));
        }
    }
    for body in
        ["email=%ff", "email=%", "=&=&", "&&&", "email", "email[]=x", "email=x&email=y", "\0", &"a=b&".repeat(2000)]
    {
        for action in ACTIONS {
            let answer = app.send(&format!("POST /actions/{action}"), &[FORM], body.to_owned()).await;
            assert_calm(&answer, &format!("{body:.20} {action}"));
        }
    }
}

#[tokio::test]
async fn missing_fields_count_as_empty() {
    let app = TestApp::new().await;
    for action in ["sign-up", "sign-in"] {
        let answer = app.send(&format!("POST /actions/{action}"), &[FORM], "").await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, format!("/{action}").as_str()));
    }
}

#[tokio::test]
async fn duplicate_field_returns_400() {
    let app = TestApp::new().await;
    let answer = app.send("POST /actions/sign-in", &[FORM], "email=a%40b.co&email=c%40d.co&password=x").await;
    assert_page(&answer, StatusCode::BAD_REQUEST);
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
        let answer = app.send("POST /actions/sign-in", &[FORM], body).await;
        assert_page(&answer, StatusCode::PAYLOAD_TOO_LARGE);
    }
    let answer = app.send("POST /actions/sign-in", &[FORM, ("content-length", "20000")], "").await;
    assert_calm(&answer, "announced");
}

#[tokio::test]
async fn referer_never_sets_the_redirect() {
    let app = TestApp::new().await;
    for referer in ["https://evil.example/", "http://localhost:3000/account?x", "//evil.example", "x"] {
        for action in ACTIONS {
            let answer = app
                .send(&format!("POST /actions/{action}"), &[FORM, ("accept", "text/html"), ("referer", referer)], "")
                .await;
            assert_calm(&answer, &format!("{referer} {action}"));
            assert!(
                !answer.header("location").contains("evil") && !answer.header("location").contains("__"),
                "{referer}"
            );
        }
    }
}

#[tokio::test]
async fn unreadable_form_ignores_the_referer() {
    let app = TestApp::new().await;
    for referer in ["https://evil.example/", "http://localhost:3000/account"] {
        let answer = app
            .send("POST /actions/sign-in", &[FORM, ("accept", "text/html"), ("referer", referer)], "email=a&email=b")
            .await;
        assert_page(&answer, StatusCode::BAD_REQUEST);
        assert!(!answer.has("location"));
    }
}

#[tokio::test]
async fn form_to_a_page_is_refused() {
    let app = TestApp::new().await;
    assert_page(&app.send("POST /nothing", &[FORM], "a=b").await, StatusCode::NOT_FOUND);
    assert_page(&app.send("POST /sign-in", &[FORM], "email=x").await, StatusCode::METHOD_NOT_ALLOWED);
}

/// Fails unless the response is a redirect on this site or an error page for a client error.
fn assert_calm(answer: &TestResponse, what: &str) {
    if answer.status == StatusCode::SEE_OTHER {
        let location = answer.header("location");
        assert!(location.starts_with('/') && !location.starts_with("//"), "{what}: {location}");
    } else {
        assert!(answer.status.is_client_error(), "{what}: {}", answer.status);
        assert_page(answer, answer.status);
    }
}

fn assert_page(answer: &TestResponse, status: StatusCode) {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert!(answer.header("content-type").starts_with("text/html"));
    assert!(answer.body.starts_with("<!DOCTYPE html>") && answer.body.contains("</html>"));
    answer.assert_no_internals();
}
