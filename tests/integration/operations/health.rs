//! Health checks, and responses without the database.

use axum::http::StatusCode;

use crate::support::TestApp;

#[tokio::test]
async fn running_service_is_alive_and_ready() {
    let app = TestApp::new().await;
    for (path, body) in [("/healthz", "ok"), ("/readyz", "ready")] {
        let answer = app.send(&format!("GET {path}"), &[("cookie", "latchkey_access=x; latchkey_session=y")], "").await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, body));
        assert!(!answer.has("set-cookie"), "health checks set no cookies");
    }
}

#[tokio::test]
async fn lost_database_is_alive_and_not_ready() {
    let app = TestApp::without_database().await;
    assert_eq!(app.send("GET /healthz", &[], "").await.status, StatusCode::OK);
    let answer = app.send("GET /readyz", &[], "").await;
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, "the database is out of reach")
    );
    answer.assert_no_internals();
}

#[tokio::test]
async fn lost_database_returns_503_and_keeps_cookies() {
    let app = TestApp::without_database().await;
    assert_eq!(app.send("GET /sign-in", &[], "").await.status, StatusCode::OK);
    let cookie = format!("latchkey_session=0197a2f0-0000-7000-8000-000000000000.{}", "A".repeat(43));
    for line in ["GET /account", "GET /", "POST /actions/sign-out"] {
        let answer = app.send(line, &[("cookie", &cookie)], "").await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{line}");
        assert!(answer.body.starts_with("<!DOCTYPE html>"));
        assert!(!answer.has("set-cookie"), "an outage keeps the cookies");
        answer.assert_no_internals();
    }
    let answer = app.send("GET /api/users/x", &[("cookie", &cookie)], "").await;
    assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "unavailable"));
    assert_eq!(answer.header("retry-after"), "1");
    let answer = app.send("GET /api/auth/get-session", &[("cookie", &cookie)], "").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.json()["message"].is_string());
}
