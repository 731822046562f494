//! Several processes on one database act as one service.

use std::time::Duration;

use futures::future::join_all;
use latchkey::auth::sessions::renew::ROTATION_INTERVAL;
use migrations::{Migrator, MigratorTrait};
use serde_json::json;

use crate::support::{
    NEW_PASSWORD, PASSWORD, TestApp, WRONG_PASSWORD,
    browser::{ACCESS, Browser, SESSION},
    person::Person,
    records::{count, security_log},
};

#[tokio::test]
async fn replicas_accept_each_others_tokens() {
    let app = TestApp::new().await;
    let replica = app.replica().await;
    let ada = app.person("ada@example.com").await;
    ada.get(&replica, "").await.assert_ok();
    let browser = Browser::new(&app);
    browser.sign_in("ada@example.com", PASSWORD).await;
    let there = browser.connected_to(&replica);
    assert!(there.is_signed_in().await);
    app.wait(Duration::from_hours(1));
    assert!(there.is_signed_in().await, "renewed on the replica");
    assert!(browser.is_signed_in().await, "accepted on the first process");
    assert_eq!(Person::sign_in(&replica, "ada@example.com").await.user_id, ada.user_id);
}

#[tokio::test]
async fn ended_session_is_refused_after_one_poll() {
    let app = TestApp::new().await;
    let replica = app.replica().await;
    let ada = app.person("ada@example.com").await;
    let browser = Browser::new(&app);
    browser.sign_in("ada@example.com", PASSWORD).await;
    let copy = browser.stolen().connected_to(&replica);
    ada.sign_out(&app).await;
    browser.post("sign-out", &[]).await;
    replica.poll_revocations().await;
    assert_eq!(ada.get(&replica, "").await.status, 401);
    let response = copy.get("/account").await;
    assert_eq!(response.status, 303);
    assert!(response.clears_session());
}

#[tokio::test]
async fn ended_session_token_is_refused_without_poll() {
    let app = TestApp::new().await;
    let replica = app.replica().await;
    let ada = app.person("ada@example.com").await;
    ada.sign_out(&app).await;
    assert!(!replica.has_session(&ada.session_token).await);
}

#[tokio::test]
async fn late_poll_reads_missed_revocations() {
    let app = TestApp::with(&[("LATCHKEY_ACCESS_TTL", "1h")]).await;
    let replica = app.replica().await;
    let ada = app.person("ada@example.com").await;
    ada.sign_out(&app).await;
    app.wait(Duration::from_mins(30));
    replica.poll_revocations().await;
    assert_eq!(ada.get(&replica, "").await.status, 401);
}

#[tokio::test]
async fn password_change_reaches_replicas() {
    let app = TestApp::new().await;
    let replica = app.replica().await;
    let ada = app.person("ada@example.com").await;
    let there = Person::sign_in(&replica, "ada@example.com").await;
    let body = json!({ "currentPassword": PASSWORD, "newPassword": NEW_PASSWORD });
    let request = app.client().post("/api/auth/change-password").bearer(&ada.session_token);
    request.json(&body).await.assert_ok();
    replica.poll_revocations().await;
    assert_eq!(there.get(&replica, "").await.status, 401);
    ada.get(&replica, "").await.assert_ok();
}

#[tokio::test]
async fn reused_token_reaches_replicas() {
    let app = TestApp::new().await;
    let replica = app.replica().await;
    let browser = Browser::new(&app);
    browser.sign_up("ada@example.com").await;
    let thief = browser.stolen();
    for browser in [&browser, &browser] {
        app.wait(ROTATION_INTERVAL);
        browser.remove_cookie(ACCESS);
        browser.get("/account").await;
    }
    let owner = browser.connected_to(&replica);
    assert!(owner.is_signed_in().await);
    thief.remove_cookie(ACCESS);
    thief.get("/account").await;
    replica.poll_revocations().await;
    assert!(!owner.is_signed_in().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn parallel_renewals_on_replicas_have_one_winner() {
    let app = TestApp::new().await;
    let replica = app.replica().await;
    let browser = Browser::new(&app);
    browser.sign_up("ada@example.com").await;
    let session = browser.cookie(SESSION).expect("a token");
    app.wait(ROTATION_INTERVAL);
    let programs = [app.client(), replica.client()];
    let responses = join_all((0..100).map(|number| {
        let cookie = format!("{SESSION}={session}");
        programs[number % 2].get("/account").header("cookie", cookie).into_future()
    }))
    .await;
    assert!(responses.iter().all(|response| response.status == 200));
    let successors: Vec<_> = responses.iter().filter_map(|response| response.new_cookie(SESSION)).collect();
    assert_eq!(successors.len(), 1);
    assert!(app.has_session(&successors[0]).await && replica.has_session(&successors[0]).await);
    assert!(security_log(&app).await.iter().all(|event| event.kind != "authn_token_reuse"));
}

#[tokio::test]
async fn replicas_count_attempts_together() {
    let app = TestApp::new().await;
    let replica = app.replica().await;
    let body = json!({ "email": "ada@example.com", "password": WRONG_PASSWORD });
    for number in 0..6 {
        let program = [&app, &replica][number % 2].client();
        let response = program.post("/api/auth/sign-in/email").json(&body).await;
        assert_eq!(response.status, if number < 5 { 401 } else { 429 });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn parallel_mutual_revocation_never_fails() {
    let app = TestApp::new().await;
    let replica = app.replica().await;
    app.person("ada@example.com").await;
    for _ in 0..5 {
        let mut devices = Vec::new();
        for _ in 0..6 {
            devices.push(Person::sign_in(&app, "ada@example.com").await);
        }
        let programs = [app.client(), replica.client()];
        let responses = join_all(devices.iter().enumerate().map(|(number, device)| {
            let request = programs[number % 2].post("/api/auth/revoke-other-sessions");
            request.bearer(&device.session_token).into_future()
        }))
        .await;
        for response in responses {
            assert!([200, 401].contains(&response.status.as_u16()), "{}", response.status);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn parallel_start_migrates_once() {
    let apps = TestApp::start_in_parallel(4, &[("LATCHKEY_JWT_SECRET", "")]).await;
    assert_eq!(usize::try_from(count(&apps[0], "seaql_migrations").await), Ok(Migrator::migrations().len()));
    let ada = apps[0].person("ada@example.com").await;
    for app in &apps {
        ada.get(app, "").await.assert_ok();
    }
}
