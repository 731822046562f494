//! For load balancers and process managers, and what happens when the database is gone.

use axum::http::StatusCode;

use crate::{
    support::{TestApp, outage},
    wire::send,
};

#[tokio::test]
async fn a_running_service_is_alive_and_ready() {
    let app = TestApp::new().await;
    for (path, body) in [("/healthz", "ok"), ("/readyz", "ready")] {
        let answer =
            send(&app.state, &format!("GET {path}"), &[("cookie", "latchkey_access=x; latchkey_session=y")], "").await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, body));
        assert!(!answer.has("set-cookie"), "what asks for health has no session");
    }
}

#[tokio::test]
async fn without_its_database_a_service_is_alive_and_not_ready() {
    let state = outage().await;
    assert_eq!(send(&state, "GET /healthz", &[], "").await.status, StatusCode::OK);
    let answer = send(&state, "GET /readyz", &[], "").await;
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, "the database is out of reach")
    );
    answer.assert_discreet();
}

#[tokio::test]
async fn without_its_database_pages_that_need_none_are_drawn_and_the_others_say_so() {
    let state = outage().await;
    assert_eq!(send(&state, "GET /sign-in", &[], "").await.status, StatusCode::OK);
    let cookie = format!("latchkey_session=0197a2f0-0000-7000-8000-000000000000.{}", "A".repeat(43));
    for line in ["GET /account", "GET /", "POST /actions/sign-out"] {
        let answer = send(&state, line, &[("cookie", &cookie)], "").await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{line}");
        assert!(answer.body.starts_with("<!DOCTYPE html>"));
        assert!(!answer.has("set-cookie"), "nobody is signed out by an outage");
        answer.assert_discreet();
    }
    let answer = send(&state, "GET /api/users/x", &[("cookie", &cookie)], "").await;
    assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "unavailable"));
    assert_eq!(answer.header("retry-after"), "1");
    let answer = send(&state, "GET /api/auth/get-session", &[("cookie", &cookie)], "").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.json()["message"].is_string());
}
