//! While the database is unavailable, every operation on every face answers 503 with `Retry-After`, never 500, and
//! afterwards it works again.

mod ends;
mod operations;
mod postgres;
mod sqlite;

use std::{collections::BTreeSet, time::Duration};

use axum::http::StatusCode;
use latchkey::auth::jobs::FEED_INTERVAL;

use self::operations::{Answer, EVENTS, Effect, Operations};
use crate::support::TestApp;

/// The operations of the API that answer without the database.
const WITHOUT_DATABASE: [&str; 7] = [
    "GET /.well-known/jwks.json",
    "GET /.well-known/oauth-authorization-server",
    "GET /.well-known/passkey-endpoints",
    "GET /api/auth/jwks",
    "GET /api/auth/ok",
    "GET /api/openapi.json",
    "GET /healthz",
];

/// The database neither reads nor writes.
fn assert_all_unavailable(answers: &[Answer]) {
    assert!(answers.len() >= 40, "{} operations", answers.len());
    for answer in answers {
        match answer.effect {
            Effect::End => assert_end(answer),
            Effect::Read | Effect::Write => assert_unavailable(answer),
        }
    }
}

/// The database reads, and does not write.
fn assert_writes_unavailable(answers: &[Answer]) {
    for answer in answers {
        let Answer { name, effect, response } = answer;
        if *effect == Effect::End {
            assert_end(answer);
        } else if *effect == Effect::Write || response.status == StatusCode::SERVICE_UNAVAILABLE {
            assert_unavailable(answer);
        } else {
            // The link was never sent, and the user has neither a second factor nor a passkey.
            let refused =
                ["reset-password", "verify-email", "two-factor", "passkey/"].iter().any(|route| name.contains(route));
            let is_refused = refused && (response.status.is_client_error() || response.status.is_redirection());
            assert!(response.status.is_success() || is_refused, "{name}: {} {}", response.status, response.body);
        }
    }
}

/// An end succeeds if this process is the only one that uses the database. `ends` tests what happens to the sessions.
fn assert_end(Answer { name, response, .. }: &Answer) {
    let unknown = response.status == StatusCode::NOT_FOUND && name.contains("/sessions/0197a2f0");
    if response.status == StatusCode::SERVICE_UNAVAILABLE {
        assert_eq!(response.header("retry-after"), "1", "{name}");
        response.assert_no_internals();
    } else {
        assert!(response.status.is_success() || unknown, "{name}: {} {}", response.status, response.body);
    }
}

fn assert_unavailable(Answer { name, response, .. }: &Answer) {
    assert_eq!(response.status, StatusCode::SERVICE_UNAVAILABLE, "{name}: {}", response.body);
    assert_eq!(response.header("retry-after"), "1", "{name}");
    assert!(!response.clears_session(), "{name} keeps the cookies");
    response.assert_no_internals();
}

/// Waits until the service asks the database again, and the database accepts changes.
async fn until_ready(app: &TestApp) {
    for _ in 0..1000 {
        app.wait(Duration::from_mins(1));
        if app.client().get("/readyz").await.body == "ready" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("not ready: {}", app.client().get("/readyz").await.body);
}

#[tokio::test]
async fn closed_database_is_unavailable() {
    let app = TestApp::with(&[EVENTS]).await;
    let operations = Operations::new(&app).await;
    app.close_database().await;
    assert_all_unavailable(&operations.run().await);
    for line in WITHOUT_DATABASE {
        assert_eq!(app.send(line, &[], "").await.status, StatusCode::OK, "{line}");
    }
}

#[tokio::test]
async fn operations_cover_the_openapi_document() {
    let app = TestApp::with(&[EVENTS]).await;
    let document = app.client().get("/api/openapi.json").await.json();
    let mut described = BTreeSet::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        let methods = item.as_object().expect("operations").keys();
        described.extend(methods.map(|method| format!("{} {path}", method.to_uppercase())));
    }
    let without_database: BTreeSet<_> = WITHOUT_DATABASE.map(str::to_owned).into();
    assert_eq!(described, &operations::api() | &without_database);
    assert!(operations::api().is_disjoint(&without_database));
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
    let app = TestApp::with(&[EVENTS]).await;
    let operations = Operations::new(&app).await;
    crate::support::records::operate(&app, "ALTER TABLE users RENAME COLUMN name TO nom").await;
    app.wait(FEED_INTERVAL);
    for Answer { name, response, .. } in operations.run().await {
        assert_ne!(response.status, StatusCode::SERVICE_UNAVAILABLE, "{name}: {}", response.body);
        response.assert_no_internals();
    }
    let browser = operations.browser();
    let redirect = browser.post("sign-in", &[("email", "ada@example.com"), ("password", "x")]).await;
    let page = browser.get(redirect.header("location")).await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
}
