//! A disabled account: no sign-in, no session on any face, and all data kept for when it is enabled again.

use std::{future::IntoFuture, time::Duration};

use latchkey::auth::jobs::FEED_INTERVAL;
use serde_json::json;

use crate::support::{
    NEW_PASSWORD, PASSWORD, TestApp, WRONG_PASSWORD,
    browser::{ACCESS, Browser, SESSION},
    client::TestResponse,
    person::Person,
    records::{count, details, security_log},
};

async fn api_sign_in(app: &TestApp, email: &str, password: &str) -> TestResponse {
    let body = json!({ "email": email, "password": password });
    app.client().post("/api/auth/sign-in/email").json(&body).await
}

#[tokio::test]
async fn disabled_account_is_refused_on_every_face() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let eve = app.person("eve@example.com").await;
    let browser = Browser::new(&app);
    browser.sign_in("ada@example.com", PASSWORD).await;
    app.disable(&ada.user_id).await;

    for rest in ["", "/sessions", "/events"] {
        assert_eq!(ada.get(&app, rest).await.status, 401, "{rest}");
    }
    let rename = app.client().patch(&ada.path("")).bearer(&ada.access_token);
    assert_eq!(rename.json(&json!({ "name": "Eve" })).await.status, 401);
    assert!(!app.has_session(&ada.session_token).await);
    assert_eq!(app.client().get("/api/auth/token").bearer(&ada.session_token).await.status, 401);
    for token in [&ada.access_token, &ada.session_token] {
        assert_eq!(app.client().get("/api/auth/verify").bearer(token).await.status, 401);
    }
    let page = browser.get("/account").await;
    assert_eq!(page.status, 303);
    assert!(page.clears_session());
    browser.remove_cookie(ACCESS);
    assert!(!browser.is_signed_in().await, "the session is not renewed");
    eve.get(&app, "").await.assert_ok();
}

#[tokio::test]
async fn disabled_account_is_told_only_with_password() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    app.disable(&ada.user_id).await;
    let right = api_sign_in(&app, "ada@example.com", PASSWORD).await;
    assert_eq!((right.status.as_u16(), right.json()["code"].as_str()), (403, Some("BANNED_USER")));
    assert!(right.new_cookie(SESSION).is_none());
    let wrong = api_sign_in(&app, "ada@example.com", WRONG_PASSWORD).await;
    let unknown = api_sign_in(&app, "eve@example.com", PASSWORD).await;
    assert_eq!((wrong.status, &wrong.body), (unknown.status, &unknown.body));
    assert_eq!(
        details(&app, "authn_login_fail").await[..2],
        [Some("disabled".to_owned()), Some("disabled".to_owned())]
    );

    let browser = Browser::new(&app);
    browser.sign_in("ada@example.com", PASSWORD).await;
    assert!(browser.page("/sign-in").await.contains("This account is disabled."));
    browser.sign_in("ada@example.com", WRONG_PASSWORD).await;
    assert!(!browser.page("/sign-in").await.contains("This account is disabled."));
}

#[tokio::test]
async fn disabled_address_is_taken() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    app.disable(&ada.user_id).await;
    let body = json!({ "name": "Ada", "email": "ADA@example.com", "password": PASSWORD });
    let again = app.client().post("/api/auth/sign-up/email").json(&body).await;
    assert_eq!(again.status, 422);
    assert_eq!(count(&app, "users").await, 1);
}

#[tokio::test]
async fn enabled_account_signs_in_again() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    for _ in 0..2 {
        app.disable(&ada.user_id).await;
    }
    for _ in 0..2 {
        app.enable(&ada.user_id).await;
    }
    assert_eq!(ada.get(&app, "").await.status, 401, "former sessions stay ended");
    let again = Person::sign_in(&app, "ada@example.com").await;
    assert_eq!(again.user_id, ada.user_id);
    again.get(&app, "").await.assert_ok();
    let kinds: Vec<_> = security_log(&app).await.into_iter().map(|event| event.kind).collect();
    for kind in ["user_disabled", "user_enabled"] {
        assert_eq!(kinds.iter().filter(|known| *known == kind).count(), 1, "{kind}");
    }
}

#[tokio::test]
async fn disabling_reaches_replicas_with_one_poll() {
    let app = TestApp::new().await;
    let replica = app.replica().await;
    let ada = app.person("ada@example.com").await;
    ada.get(&replica, "").await.assert_ok();
    app.disable(&ada.user_id).await;
    replica.poll_revocations().await;
    assert_eq!(ada.get(&replica, "").await.status, 401);
    assert_eq!(replica.client().get("/api/auth/verify").bearer(&ada.access_token).await.status, 401);
    app.wait(Duration::from_hours(1));
    assert!(app.restarted().await.verify(&ada.access_token).is_err());
}

/// The running jobs poll by themselves. The second account is disabled after their first poll.
#[tokio::test]
async fn disabling_reaches_replicas_within_a_second() {
    assert_eq!(FEED_INTERVAL, Duration::from_secs(1));
    let app = TestApp::new().await;
    let replica = app.replica().await;
    let people = [app.person("ada@example.com").await, app.person("eve@example.com").await];
    let jobs = replica.run_jobs();
    for person in &people {
        assert!(replica.verify(&person.access_token).is_ok());
        app.disable(&person.user_id).await;
        let refused = async {
            while replica.verify(&person.access_token).is_ok() {
                tokio::task::yield_now().await;
            }
        };
        // Ends a test that would hang; the time is not measured.
        tokio::time::timeout(Duration::from_mins(1), refused).await.expect("the jobs poll");
        assert_eq!(person.get(&replica, "").await.status, 401);
    }
    jobs.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn parallel_sign_in_leaves_no_session() {
    let app = TestApp::with(&[("LATCHKEY_RATE_LIMIT", "off")]).await;
    let ada = app.person("ada@example.com").await;
    for _ in 0..10 {
        let (entered, ()) = tokio::join!(api_sign_in(&app, "ada@example.com", PASSWORD), app.disable(&ada.user_id));
        if let Some(token) = entered.new_cookie(SESSION) {
            assert!(!app.has_session(&token).await);
            assert!(app.verify(&entered.new_cookie(ACCESS).expect("an access token")).is_err());
        }
        app.enable(&ada.user_id).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn parallel_password_change_leaves_no_session() {
    let app = TestApp::with(&[("LATCHKEY_RATE_LIMIT", "off")]).await;
    app.person("ada@example.com").await;
    for _ in 0..10 {
        let ada = Person::sign_in(&app, "ada@example.com").await;
        let body = json!({ "currentPassword": PASSWORD, "newPassword": NEW_PASSWORD, "revokeOtherSessions": true });
        let change = app.client().post("/api/auth/change-password").bearer(&ada.session_token).json(&body);
        let (changed, ()) = tokio::join!(change.into_future(), app.disable(&ada.user_id));
        let new_session = changed.new_cookie(SESSION);
        for token in new_session.iter().chain([&ada.session_token]) {
            assert!(!app.has_session(token).await);
        }
        app.enable(&ada.user_id).await;
        if new_session.is_some() {
            return;
        }
    }
}
