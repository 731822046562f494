//! Whatever is posted at a form's address is answered with a page or a redirect on this site.

use axum::{body::Body, http::StatusCode};
use futures::stream;

use crate::{
    support::TestApp,
    wire::{Answer, send},
};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const ACTIONS: [&str; 7] =
    ["sign-up", "sign-in", "sign-out", "update-profile", "change-password", "revoke-session", "revoke-other-sessions"];

#[tokio::test]
async fn an_action_that_does_not_exist_is_a_page_not_found() {
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
        let answer = send(&app.state, &format!("POST {path}"), &[FORM], "email=x").await;
        assert_page(&answer, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn an_action_is_never_run_by_following_a_link() {
    let app = TestApp::new().await;
    for action in ACTIONS {
        for method in ["GET", "PUT", "DELETE", "OPTIONS"] {
            let answer = send(&app.state, &format!("{method} /actions/{action}"), &[], "").await;
            assert_page(&answer, StatusCode::METHOD_NOT_ALLOWED);
            assert_eq!(answer.header("allow"), "POST");
        }
    }
}

#[tokio::test]
async fn a_body_that_is_no_form_of_ours_is_a_page() {
    let app = TestApp::new().await;
    for kind in ["application/json", "text/plain", "multipart/form-data; boundary=x", "", "application/cbor"] {
        for action in ACTIONS {
            let answer =
                send(&app.state, &format!("POST /actions/{action}"), &[("content-type", kind)], "{\"email\":1}").await;
            assert_calm(&answer, &format!("{kind} {action}"));
        }
    }
    for body in
        ["email=%ff", "email=%", "=&=&", "&&&", "email", "email[]=x", "email=x&email=y", "\0", &"a=b&".repeat(2000)]
    {
        for action in ACTIONS {
            let answer = send(&app.state, &format!("POST /actions/{action}"), &[FORM], body.to_owned()).await;
            assert_calm(&answer, &format!("{body:.20} {action}"));
        }
    }
}

#[tokio::test]
async fn fields_that_are_missing_are_answered_as_empty_ones() {
    let app = TestApp::new().await;
    for action in ["sign-up", "sign-in"] {
        let answer = send(&app.state, &format!("POST /actions/{action}"), &[FORM], "").await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, format!("/{action}").as_str()));
    }
}

#[tokio::test]
async fn a_field_that_is_there_twice_is_refused_with_a_page() {
    let app = TestApp::new().await;
    let answer = send(&app.state, "POST /actions/sign-in", &[FORM], "email=a%40b.co&email=c%40d.co&password=x").await;
    assert_page(&answer, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_form_above_16_kb_is_a_page_announced_or_not() {
    let app = TestApp::new().await;
    let large = format!("email={}", "x".repeat(17 * 1024));
    let chunks = large
        .clone()
        .into_bytes()
        .chunks(1000)
        .map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec()))
        .collect::<Vec<_>>();
    for body in [Body::from(large), Body::from_stream(stream::iter(chunks))] {
        let answer = send(&app.state, "POST /actions/sign-in", &[FORM], body).await;
        assert_page(&answer, StatusCode::PAYLOAD_TOO_LARGE);
    }
    let answer = send(&app.state, "POST /actions/sign-in", &[FORM, ("content-length", "20000")], "").await;
    assert_calm(&answer, "announced");
}

#[tokio::test]
async fn where_to_go_next_is_never_the_referers_to_say() {
    let app = TestApp::new().await;
    for referer in ["https://evil.example/", "http://localhost:3000/account?x", "//evil.example", "x"] {
        for action in ACTIONS {
            let answer = send(
                &app.state,
                &format!("POST /actions/{action}"),
                &[FORM, ("accept", "text/html"), ("referer", referer)],
                "",
            )
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
async fn a_form_that_cannot_be_read_leads_nowhere_the_referer_says() {
    let app = TestApp::new().await;
    for referer in ["https://evil.example/", "http://localhost:3000/account"] {
        let answer = send(
            &app.state,
            "POST /actions/sign-in",
            &[FORM, ("accept", "text/html"), ("referer", referer)],
            "email=a&email=b",
        )
        .await;
        assert_page(&answer, StatusCode::BAD_REQUEST);
        assert!(!answer.has("location"));
    }
}

#[tokio::test]
async fn a_page_that_does_not_exist_takes_no_form() {
    let app = TestApp::new().await;
    assert_page(&send(&app.state, "POST /nothing", &[FORM], "a=b").await, StatusCode::NOT_FOUND);
    assert_page(&send(&app.state, "POST /sign-in", &[FORM], "email=x").await, StatusCode::METHOD_NOT_ALLOWED);
}

/// A redirect on this site, or a page that blames nobody.
fn assert_calm(answer: &Answer, what: &str) {
    if answer.status == StatusCode::SEE_OTHER {
        let location = answer.header("location");
        assert!(location.starts_with('/') && !location.starts_with("//"), "{what}: {location}");
    } else {
        assert!(answer.status.is_client_error(), "{what}: {}", answer.status);
        assert_page(answer, answer.status);
    }
}

fn assert_page(answer: &Answer, status: StatusCode) {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert!(answer.header("content-type").starts_with("text/html"));
    assert!(answer.body.starts_with("<!DOCTYPE html>") && answer.body.contains("</html>"));
    answer.assert_discreet();
}
