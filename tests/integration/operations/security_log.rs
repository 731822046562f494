//! The security log: what is recorded, and which secrets never are.

use std::time::Duration;

use latchkey::auth::sessions::renew::ROTATION_INTERVAL;
use serde_json::{Value, json};

use crate::support::{
    NEW_PASSWORD, PASSWORD, TestApp, WRONG_PASSWORD,
    browser::{ACCESS, ADDRESS, Browser, SESSION, USER_AGENT},
    client::TestResponse,
    log::CapturedLog,
    person::Person,
    records::{count, security_log},
};

fn request_id(response: &TestResponse) -> String {
    response.header("x-request-id").to_owned()
}

/// The kinds of the events with the request id of a response. Checks their address and user agent.
async fn caused_by(app: &TestApp, response: &TestResponse) -> Vec<String> {
    let id = request_id(response);
    let log = security_log(app).await;
    let caused: Vec<_> = log.into_iter().filter(|event| event.request_id.as_ref() == Some(&id)).collect();
    for event in &caused {
        assert_eq!(event.address.as_deref(), Some(ADDRESS), "{event:?}");
        assert_eq!(event.user_agent.as_deref(), Some(USER_AGENT), "{event:?}");
    }
    caused.into_iter().map(|event| event.kind).collect()
}

#[tokio::test]
async fn every_event_is_stored_with_its_request() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    let response = browser.sign_up("ada@example.com").await;
    assert_eq!(caused_by(&app, &response).await, ["user_created", "session_created"]);

    let response = browser.post("update-profile", &[("name", "Countess")]).await;
    assert_eq!(caused_by(&app, &response).await, ["user_updated"]);

    app.wait(Duration::from_hours(1));
    let response = browser.get("/account").await;
    assert_eq!(caused_by(&app, &response).await, ["session_renewed"]);

    let form = [("current_password", WRONG_PASSWORD), ("new_password", NEW_PASSWORD)];
    let response = browser.post("change-password", &form).await;
    assert_eq!(caused_by(&app, &response).await, ["authn_password_change_fail"]);
    let form = [("current_password", PASSWORD), ("new_password", NEW_PASSWORD)];
    let response = browser.post("change-password", &form).await;
    assert_eq!(caused_by(&app, &response).await, ["authn_password_change", "session_created"]);

    let other = Browser::new(&app);
    let response = other.sign_in("ada@example.com", WRONG_PASSWORD).await;
    assert_eq!(caused_by(&app, &response).await, ["authn_login_fail"]);
    let response = other.sign_in("ada@example.com", NEW_PASSWORD).await;
    assert_eq!(caused_by(&app, &response).await, ["authn_login_success", "session_created"]);
    let response = browser.post("revoke-other-sessions", &[]).await;
    assert_eq!(caused_by(&app, &response).await, ["authn_token_revoked"]);
    let response = other.get("/account").await;
    assert_eq!(caused_by(&app, &response).await, ["authn_token_invalid"]);

    let response = browser.get("/api/users/018f0000-0000-7000-8000-000000000000").await;
    assert_eq!(caused_by(&app, &response).await, ["authz_fail"]);
    let evil = Browser::at(&app, "https://evil.example", ADDRESS);
    let response = evil.post("sign-out", &[]).await;
    assert_eq!(caused_by(&app, &response).await, ["malicious_csrf"]);

    for _ in 0..5 {
        other.sign_in("eve@example.com", WRONG_PASSWORD).await;
    }
    let response = other.sign_in("eve@example.com", WRONG_PASSWORD).await;
    assert_eq!(caused_by(&app, &response).await, ["authn_login_fail_max"]);

    let thief = browser.stolen();
    for browser in [&browser, &browser, &thief] {
        app.wait(ROTATION_INTERVAL);
        browser.remove_cookie(ACCESS);
        browser.get("/account").await;
    }
    assert_eq!(security_log(&app).await.last().expect("an event").kind, "authn_token_reuse");

    browser.sign_in("ada@example.com", NEW_PASSWORD).await;
    let response = browser.post("sign-out", &[]).await;
    assert_eq!(caused_by(&app, &response).await, ["session_expired"]);
}

#[tokio::test]
async fn every_event_is_logged_as_json() {
    let captured = CapturedLog::start();
    let app = TestApp::new().await;
    let response = Browser::new(&app).sign_up("ada@example.com").await;
    let text = captured.text();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let events: Vec<_> = lines.iter().filter(|line| line["target"] == "latchkey::security").collect();
    let kinds: Vec<_> = events.iter().filter_map(|line| line["event"].as_str()).collect();
    assert_eq!(kinds, ["user_created", "session_created"]);
    for event in events {
        assert_eq!(event["request_id"], request_id(&response));
        assert_eq!(event["address"], ADDRESS);
        assert_eq!(event["user_agent"], USER_AGENT);
    }
}

#[tokio::test]
async fn request_id_is_unique_and_server_chosen() {
    let app = TestApp::new().await;
    let program = app.client();
    let one = program.get("/").header("x-request-id", "chosen").await;
    let two = program.get("/").header("x-request-id", "chosen").await;
    assert_ne!(request_id(&one), "chosen");
    assert_ne!(request_id(&one), request_id(&two));
}

#[tokio::test]
async fn event_list_is_paged_newest_first() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    for name in ["A", "B", "C", "D", "E"] {
        let request = app.client().patch(&ada.path("")).bearer(&ada.access_token);
        request.json(&json!({ "name": name })).await.assert_ok();
    }
    let mut read = Vec::new();
    let mut rest = "/events?limit=3".to_owned();
    loop {
        let page: Value = ada.get(&app, &rest).await.json();
        let events = page["events"].as_array().expect("events").clone();
        assert!(events.len() <= 3);
        read.extend(events);
        let Some(next) = page["next"].as_i64() else { break };
        rest = format!("/events?limit=3&before={next}");
    }
    let kinds: Vec<_> = read.iter().map(|event| event["event"].as_str().expect("a kind")).collect();
    let mut expected = vec!["user_updated"; 5];
    expected.extend(["session_created", "user_created"]);
    assert_eq!(kinds, expected);
    let ids: Vec<_> = read.iter().map(|event| event["id"].as_i64().expect("an id")).collect();
    assert!(ids.is_sorted_by(|newer, older| newer > older));
    assert_eq!(bob.events(&app).await, ["session_created", "user_created"], "a user sees only their own events");
}

#[tokio::test]
async fn activity_page_links_to_older_events() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up("ada@example.com").await;
    for number in 0..25 {
        browser.post("update-profile", &[("name", &format!("Ada {number}"))]).await;
    }
    let newest = browser.page("/account/activity").await;
    assert!(newest.contains("Profile changed") && !newest.contains("Account created"));
    let older = newest.split("/account/activity?before=").nth(1).and_then(|rest| rest.split(['"', '#']).next());
    let older = browser.page(&format!("/account/activity?before={}", older.expect("a link to older entries"))).await;
    assert!(older.contains("Account created"));
}

#[tokio::test]
async fn expired_token_is_not_recorded() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    app.wait(Duration::from_hours(1));
    assert_eq!(ada.get(&app, "").await.status, 401);
    assert!(security_log(&app).await.iter().all(|event| event.kind != "authn_token_invalid"));
}

#[tokio::test]
async fn refused_token_is_recorded_without_the_token() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let (signed, _) = ada.access_token.rsplit_once('.').expect("three parts");
    let forged = format!("{signed}.{}", "A".repeat(43));
    let response = app.client().get(&ada.path("")).bearer(&forged).await;
    assert_eq!(response.status, 401);
    let log = security_log(&app).await;
    let refused = log.last().expect("an event");
    assert_eq!((refused.kind.as_str(), refused.detail.as_deref()), ("authn_token_invalid", Some("bad_signature")));
    assert_eq!(refused.request_id, Some(request_id(&response)));
}

#[tokio::test]
async fn stored_incidents_are_limited_per_network() {
    let captured = CapturedLog::start();
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let before = count(&app, "events").await;
    let attacker = app.client_at("203.0.113.1");
    for _ in 0..50 {
        attacker.get("/api/users/x").bearer("garbage").await;
        attacker.post("/actions/sign-in").header("origin", "https://evil.example").await;
        attacker.get("/api/users/x").bearer(&ada.access_token).await;
    }
    assert_eq!(count(&app, "events").await - before, 30);
    let lines = captured.text().lines().filter(|line| line.contains("latchkey::security")).count();
    assert_eq!(lines, 2 + 150, "the log has every incident");

    app.client_at("203.0.113.2").get("/api/users/x").bearer("garbage").await;
    assert_eq!(count(&app, "events").await - before, 31, "other networks have their own limit");
    app.wait(Duration::from_mins(1));
    let counted: Vec<_> = security_log(&app).await.into_iter().filter(|event| event.count.is_some()).collect();
    assert_eq!(counted.len(), 3, "one row per kind: {counted:?}");
    assert_eq!(counted.iter().filter_map(|event| event.count).sum::<i64>(), 120);
    attacker.get("/api/users/x").bearer("garbage").await;
    assert_eq!(count(&app, "events").await - before, 35);
}

#[tokio::test]
async fn purge_deletes_expired_rows_only() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up("ada@example.com").await;
    Browser::new(&app).sign_in("ada@example.com", WRONG_PASSWORD).await;
    let rows = async || {
        app.purge().await;
        [count(&app, "attempts").await, count(&app, "sessions").await, count(&app, "events").await]
    };
    // The address, its /24 and the account.
    assert_eq!(rows().await, [3, 1, 3]);
    app.wait(Duration::from_hours(25));
    assert_eq!(rows().await, [0, 1, 3]);
    app.wait(Duration::from_hours(37 * 24));
    assert_eq!(rows().await, [0, 0, 3]);
    app.wait(Duration::from_hours(400 * 24));
    assert_eq!(rows().await, [0, 0, 0]);
    browser.sign_in("ada@example.com", PASSWORD).await;
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn secrets_are_never_logged_or_stored() {
    let captured = CapturedLog::start();
    let app = TestApp::new().await;
    let mut secrets = vec![PASSWORD.to_owned(), NEW_PASSWORD.to_owned(), WRONG_PASSWORD.to_owned()];
    let browser = Browser::new(&app);
    let mut remember = |browser: &Browser| {
        for name in [ACCESS, SESSION, "latchkey_form"] {
            let Some(value) = browser.cookie(name) else { continue };
            secrets.extend(value.rsplit_once('.').map(|(_, secret)| secret.to_owned()));
            secrets.push(value);
        }
    };
    browser.sign_up("ada@example.com").await;
    remember(&browser);
    let ada = Person::sign_in(&app, "ada@example.com").await;
    ada.get(&app, "/events").await.assert_ok();
    app.wait(Duration::from_hours(1));
    let thief = browser.stolen();
    browser.get("/account").await;
    remember(&browser);
    for current in [WRONG_PASSWORD, PASSWORD] {
        browser.post("change-password", &[("current_password", current), ("new_password", NEW_PASSWORD)]).await;
        remember(&browser);
    }
    browser.get("/account").await;
    thief.get("/account").await;
    let other = Browser::new(&app);
    for password in [WRONG_PASSWORD, PASSWORD, NEW_PASSWORD] {
        other.sign_in("ada@example.com", password).await;
        remember(&other);
        other.get("/sign-in").await;
    }
    let copy = other.stolen();
    other.post("sign-out", &[]).await;
    copy.get("/account").await;
    for bearer in [ada.access_token.as_str(), ada.session_token.as_str(), "garbage-in-a-header"] {
        for path in ["/api/auth/get-session", "/api/users/x"] {
            app.client().get(path).bearer(bearer).await;
        }
    }
    browser.get("/sign-in?next=%2Faccount&token=token-in-a-query").await;
    app.close_database().await;
    browser.get("/account").await;

    secrets.extend([ada.access_token, "garbage-in-a-header".to_owned(), "token-in-a-query".to_owned()]);
    secrets.extend(ada.session_token.rsplit_once('.').map(|(_, secret)| secret.to_owned()));
    let log = captured.text();
    let events = format!("{:?}", security_log(&app.restarted().await).await);
    assert!(secrets.len() > 20 && log.contains("authn_login_fail") && events.contains("authn_login_fail"));
    for secret in secrets {
        assert!(!log.contains(&secret), "the log contains {secret}");
        assert!(!events.contains(&secret), "the events contain {secret}");
    }
}
