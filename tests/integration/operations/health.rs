//! Health checks, and responses without the database.

use axum::http::StatusCode;

use crate::support::TestApp;

#[tokio::test]
async fn running_service_is_alive_and_ready() {
    let app = TestApp::new().await;
    for (path, body) in [("/healthz", "ok"), ("/readyz", "ready")] {
        let response =
            app.send(&format!("GET {path}"), &[("cookie", "latchkey_access=x; latchkey_session=y")], "").await;
        assert_eq!((response.status, response.body.as_str()), (StatusCode::OK, body));
        assert!(!response.has("set-cookie"), "health checks set no cookies");
    }
}

#[tokio::test]
async fn lost_database_is_alive_and_not_ready() {
    let app = TestApp::without_database().await;
    assert_eq!(app.send("GET /healthz", &[], "").await.status, StatusCode::OK);
    let response = app.send("GET /readyz", &[], "").await;
    assert_eq!(
        (response.status, response.body.as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, "the database cannot be reached")
    );
    response.assert_no_internals();
}

#[tokio::test]
async fn lost_database_returns_503_and_keeps_cookies() {
    let app = TestApp::without_database().await;
    assert_eq!(app.send("GET /sign-in", &[], "").await.status, StatusCode::OK);
    let cookie = format!("latchkey_session=0197a2f0-0000-7000-8000-000000000000.{}", "A".repeat(43));
    for line in ["GET /account", "GET /", "POST /actions/sign-out"] {
        let response = app.send(line, &[("cookie", &cookie)], "").await;
        assert_eq!(response.status, StatusCode::SERVICE_UNAVAILABLE, "{line}");
        assert!(response.body.starts_with("<!DOCTYPE html>"));
        assert!(!response.has("set-cookie"), "an outage keeps the cookies");
        response.assert_no_internals();
    }
    let response = app.send("GET /api/users/x", &[("cookie", &cookie)], "").await;
    assert_eq!(response.problem(), "503 unavailable");
    assert_eq!(response.header("retry-after"), "1");
    let response = app.send("GET /api/auth/get-session", &[("cookie", &cookie)], "").await;
    assert_eq!(response.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(response.json()["message"].is_string());
}
