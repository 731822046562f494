//! While the database is unavailable, every operation on every face answers 503 with `Retry-After`, never 500, and
//! afterwards it works again.

mod operations;
mod postgres;
mod sqlite;

use axum::http::StatusCode;

use self::operations::{Answer, Effect, Operations};
use crate::support::TestApp;

/// The database neither reads nor writes.
fn assert_all_unavailable(answers: &[Answer]) {
    assert!(answers.len() > 30);
    for answer in answers {
        assert_unavailable(answer);
    }
}

/// The database reads, and does not write.
fn assert_writes_unavailable(answers: &[Answer]) {
    for answer in answers {
        let Answer { name, effect, response } = answer;
        if *effect == Effect::Write || response.status == StatusCode::SERVICE_UNAVAILABLE {
            assert_unavailable(answer);
        } else {
            assert!(response.status.is_success(), "{name}: {} {}", response.status, response.body);
        }
    }
}

fn assert_unavailable(Answer { name, response, .. }: &Answer) {
    assert_eq!(response.status, StatusCode::SERVICE_UNAVAILABLE, "{name}: {}", response.body);
    assert_eq!(response.header("retry-after"), "1", "{name}");
    assert!(!response.clears_session(), "{name} keeps the cookies");
    response.assert_no_internals();
}

#[tokio::test]
async fn closed_database_is_unavailable() {
    let app = TestApp::new().await;
    let operations = Operations::new(&app).await;
    app.close_database().await;
    assert_all_unavailable(&operations.run().await);
    assert_eq!(app.client().get("/healthz").await.status, StatusCode::OK);
    assert_eq!(app.client().get("/.well-known/jwks.json").await.status, StatusCode::OK);
}

#[tokio::test]
async fn failed_form_is_shown_after_the_outage() {
    let app = TestApp::new().await;
    let operations = Operations::new(&app).await;
    app.close_database().await;
    let browser = operations.browser();
    let response = browser.post("update-profile", &[("name", "Grace")]).await;
    assert_eq!((response.status, response.header("location")), (StatusCode::SEE_OTHER, "/account"));
    let page = browser.get("/account").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    let restarted = app.restarted().await;
    let other = browser.connected_to(&restarted).get("/account/security").await;
    assert_eq!(other.status, StatusCode::OK, "the outcome is for the page of the form");
    let page = browser.connected_to(&restarted).get("/account").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "the form has failed");
    assert!(page.body.contains("Try again in a few seconds"), "{}", page.body);
    assert_eq!(browser.connected_to(&restarted).get("/account").await.status, StatusCode::OK);
}

#[tokio::test]
async fn bug_is_500_on_every_face() {
    let app = TestApp::new().await;
    let operations = Operations::new(&app).await;
    crate::support::records::operate(&app, "ALTER TABLE users RENAME COLUMN name TO nom").await;
    for Answer { name, response, .. } in operations.run().await {
        assert_ne!(response.status, StatusCode::SERVICE_UNAVAILABLE, "{name}: {}", response.body);
        response.assert_no_internals();
    }
    let browser = operations.browser();
    let redirect = browser.post("sign-in", &[("email", "ada@example.com"), ("password", "x")]).await;
    let page = browser.get(redirect.header("location")).await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
}
