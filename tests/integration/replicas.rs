//! Several processes on one database are one service.

use std::time::Duration;

use futures::future::join_all;
use migrations::{Migrator, MigratorTrait};
use serde_json::{Value, json};

use crate::support::{
    PASSWORD, TestApp,
    browser::{ACCESS, Browser, SESSION, clears_session, new_cookie},
    person::Person,
    records::{count, security_log},
};

async fn learns(replica: &TestApp) {
    replica.state.auth.refresh_revocations().await.expect("the database answers");
}

async fn is_alive(app: &TestApp, session_token: &str) -> bool {
    let answer = app.program().get("/api/auth/get-session").authorization_bearer(session_token).await;
    !answer.json::<Value>().is_null()
}

#[tokio::test]
async fn what_one_issues_the_other_accepts() {
    let app = TestApp::new().await;
    let replica = app.replica().await;
    let ada = app.person("ada@example.com").await;
    ada.get(&replica, "").await.assert_status_ok();
    let browser = Browser::new(&app);
    browser.sign_in("ada@example.com", PASSWORD).await;
    let there = browser.now_at(&replica);
    assert!(there.is_signed_in().await);
    app.wait(Duration::from_hours(1));
    assert!(there.is_signed_in().await, "renewed there");
    assert!(browser.is_signed_in().await, "and used here");
    assert_eq!(Person::sign_in(&replica, "ada@example.com").await.user_id, ada.user_id);
}

#[tokio::test]
async fn a_session_ended_here_is_refused_there_after_one_poll() {
    let app = TestApp::new().await;
    let replica = app.replica().await;
    let ada = app.person("ada@example.com").await;
    let browser = Browser::new(&app);
    browser.sign_in("ada@example.com", PASSWORD).await;
    let copy = browser.stolen().now_at(&replica);
    app.program().post("/api/auth/sign-out").authorization_bearer(&ada.session_token).await.assert_status_ok();
    browser.post("sign-out", &[]).await;
    learns(&replica).await;
    assert_eq!(ada.get(&replica, "").await.status_code(), 401);
    let answer = copy.get("/account").await;
    assert_eq!(answer.status_code(), 303);
    assert!(clears_session(&answer));
}

#[tokio::test]
async fn a_session_token_ended_here_is_refused_there_without_a_poll() {
    let app = TestApp::new().await;
    let replica = app.replica().await;
    let ada = app.person("ada@example.com").await;
    app.program().post("/api/auth/sign-out").authorization_bearer(&ada.session_token).await.assert_status_ok();
    assert!(!is_alive(&replica, &ada.session_token).await);
}

#[tokio::test]
async fn a_replica_that_could_not_ask_for_a_while_makes_up_for_it() {
    let app = TestApp::with(&[("LATCHKEY_ACCESS_TTL", "1h")]).await;
    let replica = app.replica().await;
    let ada = app.person("ada@example.com").await;
    app.program().post("/api/auth/sign-out").authorization_bearer(&ada.session_token).await.assert_status_ok();
    app.wait(Duration::from_mins(30));
    learns(&replica).await;
    assert_eq!(ada.get(&replica, "").await.status_code(), 401);
}

#[tokio::test]
async fn a_password_change_here_ends_the_sessions_there_after_one_poll() {
    let app = TestApp::new().await;
    let replica = app.replica().await;
    let ada = app.person("ada@example.com").await;
    let there = Person::sign_in(&replica, "ada@example.com").await;
    let body = json!({ "currentPassword": PASSWORD, "newPassword": "amber kettle balcony 7" });
    let request = app.program().post("/api/auth/change-password").authorization_bearer(&ada.session_token);
    request.json(&body).await.assert_status_ok();
    learns(&replica).await;
    assert_eq!(there.get(&replica, "").await.status_code(), 401);
    ada.get(&replica, "").await.assert_status_ok();
}

#[tokio::test]
async fn a_copied_token_found_out_here_is_refused_there_after_one_poll() {
    let app = TestApp::new().await;
    let replica = app.replica().await;
    let browser = Browser::new(&app);
    browser.sign_up("ada@example.com").await;
    let thief = browser.stolen();
    for browser in [&browser, &browser] {
        browser.remove_cookie(ACCESS);
        browser.get("/account").await;
    }
    let owner = browser.now_at(&replica);
    assert!(owner.is_signed_in().await);
    thief.remove_cookie(ACCESS);
    thief.get("/account").await;
    learns(&replica).await;
    assert!(!owner.is_signed_in().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_parallel_renewals_on_two_replicas_leave_exactly_one_successor() {
    let app = TestApp::new().await;
    let replica = app.replica().await;
    let browser = Browser::new(&app);
    browser.sign_up("ada@example.com").await;
    let session = browser.cookie(SESSION).expect("a token");
    let programs = [app.program(), replica.program()];
    let answers = join_all((0..100).map(|number| {
        let cookie = format!("{SESSION}={session}");
        programs[number % 2].get("/account").add_header("cookie", cookie).into_future()
    }))
    .await;
    assert!(answers.iter().all(|answer| answer.status_code() == 200));
    let successors: Vec<_> = answers.iter().filter_map(|answer| new_cookie(answer, SESSION)).collect();
    assert_eq!(successors.len(), 1);
    assert!(is_alive(&app, &successors[0]).await && is_alive(&replica, &successors[0]).await);
    assert!(security_log(&app).await.iter().all(|event| event.kind != "authn_token_reuse"));
}

#[tokio::test]
async fn attempts_on_an_account_are_counted_together() {
    let app = TestApp::new().await;
    let replica = app.replica().await;
    let body = json!({ "email": "ada@example.com", "password": "wrong password 1" });
    for number in 0..6 {
        let program = [&app, &replica][number % 2].program();
        let answer = program.post("/api/auth/sign-in/email").json(&body).await;
        assert_eq!(answer.status_code(), if number < 5 { 401 } else { 429 });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_devices_that_end_each_others_sessions_never_fail() {
    let app = TestApp::new().await;
    let replica = app.replica().await;
    app.person("ada@example.com").await;
    for _ in 0..5 {
        let mut devices = Vec::new();
        for _ in 0..6 {
            devices.push(Person::sign_in(&app, "ada@example.com").await);
        }
        let programs = [app.program(), replica.program()];
        let answers = join_all(devices.iter().enumerate().map(|(number, device)| {
            let request = programs[number % 2].post("/api/auth/revoke-other-sessions");
            request.authorization_bearer(&device.session_token).into_future()
        }))
        .await;
        for answer in answers {
            assert!([200, 401].contains(&answer.status_code().as_u16()), "{}", answer.status_code());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn four_processes_that_start_at_once_migrate_once_and_share_one_secret() {
    let apps = TestApp::started_at_once(4, &[("LATCHKEY_JWT_SECRET", "")]).await;
    assert_eq!(usize::try_from(count(&apps[0], "seaql_migrations").await), Ok(Migrator::migrations().len()));
    let ada = apps[0].person("ada@example.com").await;
    for app in &apps {
        ada.get(app, "").await.assert_status_ok();
    }
}
