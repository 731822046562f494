//! Accounts, sessions and tokens in memory: a change takes effect at once on its own process, within a second on others.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::{
    NEW_PASSWORD, PASSWORD, TestApp,
    keys::{self, operator},
    person::Person,
};

/// Reads everything of the user on this process, so that it is in memory.
async fn read_all(app: &TestApp, person: &Person) {
    person.get(app, "").await.assert_ok();
    app.client().get("/api/auth/verify").bearer(&person.access_token).await.assert_ok();
    assert!(app.has_session(&person.session_token).await);
    assert!(app.has_session(&person.session_token).await);
}

/// The statuses of the profile, of forward authentication with both tokens, and whether there is a session.
async fn access(app: &TestApp, person: &Person) -> ([StatusCode; 3], bool) {
    let profile = person.get(app, "").await.status;
    let [by_access, by_session] =
        [&person.access_token, &person.session_token].map(|token| app.client().get("/api/auth/verify").bearer(token));
    ([profile, by_access.await.status, by_session.await.status], app.has_session(&person.session_token).await)
}

const REFUSED: ([StatusCode; 3], bool) = ([StatusCode::UNAUTHORIZED; 3], false);

async fn name(app: &TestApp, person: &Person) -> Value {
    person.get(app, "").await.json()["name"].clone()
}

async fn last_sign_in(app: &TestApp, person: &Person) -> String {
    person.get(app, "").await.json()["lastSignInAt"].as_str().expect("a time").to_owned()
}

async fn rename(app: &TestApp, person: &Person, name: &str) {
    let patch = app.client().patch(&person.path("")).bearer(&person.access_token);
    patch.json(&json!({ "name": name })).await.assert_ok();
}

async fn delete(app: &TestApp, person: &Person) {
    let body = json!({ "password": PASSWORD });
    app.client().post("/api/auth/delete-user").bearer(&person.session_token).json(&body).await.assert_ok();
}

async fn change_password(app: &TestApp, person: &Person) {
    let body = json!({ "currentPassword": PASSWORD, "newPassword": NEW_PASSWORD, "revokeOtherSessions": true });
    app.client().post("/api/auth/change-password").bearer(&person.session_token).json(&body).await.assert_ok();
}

#[tokio::test]
async fn change_of_profile_is_visible_at_once() {
    let app = TestApp::new().await;
    let replica = app.replica().await;
    let ada = app.person("ada@example.com").await;
    for process in [&app, &replica] {
        read_all(process, &ada).await;
    }
    rename(&app, &ada, "Grace").await;
    assert_eq!(name(&app, &ada).await, "Grace");
    replica.poll_revocations().await;
    assert_eq!(name(&replica, &ada).await, "Grace");
}

#[tokio::test]
async fn sign_in_is_visible_in_the_profile_at_once() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let before = last_sign_in(&app, &ada).await;
    app.clock.advance(Duration::from_mins(1));
    Person::sign_in(&app, "ada@example.com").await;
    assert_ne!(last_sign_in(&app, &ada).await, before);
}

/// The user is in memory on two processes. After `end` on the first, both refuse all tokens of the user.
async fn assert_refused_after(end: impl AsyncFn(&TestApp, &Person)) {
    let app = TestApp::new().await;
    let replica = app.replica().await;
    let ada = app.person("ada@example.com").await;
    for process in [&app, &replica] {
        read_all(process, &ada).await;
    }
    end(&app, &ada).await;
    assert_eq!(access(&app, &ada).await, REFUSED);
    replica.poll_revocations().await;
    assert_eq!(access(&replica, &ada).await, REFUSED);
}

#[tokio::test]
async fn sign_out_ends_cached_session_on_all_processes() {
    assert_refused_after(async |app, ada| ada.sign_out(app).await).await;
}

#[tokio::test]
async fn disabled_account_is_refused_on_all_processes() {
    assert_refused_after(async |app, ada| app.disable(&ada.user_id).await).await;
}

#[tokio::test]
async fn deleted_account_is_refused_on_all_processes() {
    assert_refused_after(delete).await;
}

#[tokio::test]
async fn changed_password_ends_cached_sessions() {
    let app = TestApp::new().await;
    let replica = app.replica().await;
    let (ada, phone) = (app.person("ada@example.com").await, Person::sign_in(&app, "ada@example.com").await);
    for process in [&app, &replica] {
        read_all(process, &ada).await;
        read_all(process, &phone).await;
    }
    change_password(&app, &ada).await;
    assert_eq!(access(&app, &phone).await, REFUSED);
    replica.poll_revocations().await;
    assert_eq!(access(&replica, &phone).await, REFUSED);
}

#[tokio::test]
async fn jobs_let_cached_rows_expire() {
    let app = TestApp::new().await;
    let replica = app.replica().await;
    let ada = app.person("ada@example.com").await;
    read_all(&replica, &ada).await;
    rename(&app, &ada, "Grace").await;
    let jobs = replica.run_jobs();
    let renamed = async {
        while name(&replica, &ada).await != "Grace" {
            tokio::task::yield_now().await;
        }
    };
    // Ends a test that would hang; the time is not measured.
    tokio::time::timeout(Duration::from_mins(1), renamed).await.expect("the jobs let the row expire");
    jobs.abort();
}

#[tokio::test]
async fn withdrawn_key_refuses_token_seen_before() {
    for algorithm in ["EdDSA", "ES256"] {
        let app = keys::app(algorithm).await;
        let replica = app.replica().await;
        let ada = app.person("ada@example.com").await;
        for process in [&app, &replica] {
            read_all(process, &ada).await;
        }
        let key = keys::signer(&ada.access_token);
        operator(&app).await.retire_now(&key).await.unwrap();
        for process in [&app, &replica] {
            process.poll_keys().await;
            assert_eq!(ada.get(process, "").await.status, 401, "{algorithm}");
        }
    }
}

#[tokio::test]
async fn token_seen_before_expires_on_time() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    read_all(&app, &ada).await;
    app.wait(Duration::from_secs(15 * 60 + 4));
    ada.get(&app, "").await.assert_ok();
    app.wait(Duration::from_secs(1));
    assert_eq!(ada.get(&app, "").await.status, 401);
}

#[tokio::test]
async fn token_seen_before_differs_by_one_byte() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    read_all(&app, &ada).await;
    for index in [0, 40, ada.access_token.len() - 2] {
        let mut forged = ada.access_token.clone().into_bytes();
        forged[index] = if forged[index] == b'A' { b'B' } else { b'A' };
        let forged = String::from_utf8(forged).unwrap();
        assert_eq!(app.client().get(&ada.path("")).bearer(&forged).await.status, 401, "{index}");
    }
}
