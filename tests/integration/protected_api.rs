//! Story 3: an access token grants access to its own user's routes only.

mod credentials;
mod problems;
mod required_sessions;

use std::{collections::HashSet, time::Duration};

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::{BASE_URL, TestApp, client::TestResponse, person::Person};

#[tokio::test]
async fn own_profile_is_returned() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let response = ada.get(&app, "").await;
    response.assert_ok();
    assert_eq!(response.json()["email"], "ada@example.com");
}

#[tokio::test]
async fn other_users_id_returns_403() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    let existing = bob.user_id.clone();
    let missing = existing.replace(&existing[30..], "000000");
    let mut bodies = Vec::new();
    for id in [
        existing.clone(),
        missing,
        existing.to_uppercase(),
        ada.user_id.to_uppercase(),
        format!("{{{existing}}}"),
        format!("{}%20", ada.user_id),
        format!("{}%2F", ada.user_id),
        format!("{}.", ada.user_id),
        "%ff".to_owned(),
        "..%2f".to_owned(),
        "me".to_owned(),
    ] {
        for rest in ["", "/sessions", "/events"] {
            let path = format!("/api/users/{id}{rest}");
            let response = app.client().get(&path).bearer(&ada.access_token).await;
            assert_eq!(response.status, StatusCode::FORBIDDEN, "{path}");
            bodies.push(response.body);
        }
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "all responses are identical");
}

#[tokio::test]
async fn profile_has_public_members_only() {
    let app = TestApp::new().await;
    let ada = app.person("Ada@Example.com").await;
    let profile: Value = ada.get(&app, "").await.json();
    assert_eq!(
        profile,
        json!({
            "id": ada.user_id, "email": "ada@example.com", "emailVerified": false, "name": "Ada", "image": null,
            "createdAt": "2027-01-15T08:00:00.000Z", "updatedAt": "2027-01-15T08:00:00.000Z",
            "lastSignInAt": "2027-01-15T08:00:00.000Z",
        })
    );
}

#[tokio::test]
async fn name_change_is_trimmed_and_saved() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    for (sent, kept) in [("  Ada Lovelace ", "Ada Lovelace"), ("", ""), ("李小龍 🐉", "李小龍 🐉"), ("<b>", "<b>")]
    {
        let response = patch(&app, &ada, &json!({ "name": sent }).to_string()).await;
        assert_eq!((response.status, &response.json()["name"]), (StatusCode::OK, &json!(kept)));
        assert_eq!(ada.get(&app, "").await.json()["name"], kept);
    }
}

#[tokio::test]
async fn name_change_with_other_members_is_refused() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    for body in [
        r#"{"name":1}"#,
        r#"{"name":null}"#,
        r#"{"name":["x"]}"#,
        r#"{"name":{"x":1}}"#,
        "{}",
        "[]",
        r#""x""#,
        "null",
        r#"{"name":"x","email":"eve@example.com"}"#,
        r#"{"name":"x","id":"1"}"#,
        r#"{"name":"x","emailVerified":true}"#,
        r#"{"name":"x","role":"admin"}"#,
        r#"{"name":"x","name":"y"}"#,
        r#"{"Name":"x"}"#,
    ] {
        let response = patch(&app, &ada, body).await;
        assert_eq!(response.problem(), "422 unexpected_body", "{body}");
    }
    for name in ["a\nb", "\u{7f}", &"x".repeat(101)] {
        let response = patch(&app, &ada, &json!({ "name": name }).to_string()).await;
        assert_eq!(response.problem(), "422 invalid_fields");
        assert_eq!(response.json()["errors"][0]["pointer"], "/name");
    }
    let profile: Value = ada.get(&app, "").await.json();
    assert_eq!((&profile["name"], &profile["email"]), (&json!("Ada"), &json!("ada@example.com")));
}

#[tokio::test]
async fn session_list_marks_the_current_session() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let phone = Person::sign_in(&app, "ada@example.com").await;
    app.person("bob@example.com").await;
    let sessions = sessions(&app, &phone).await;
    assert_eq!(sessions.len(), 2);
    assert_eq!(sessions.iter().filter(|session| session["current"] == true).count(), 1);
    let current = sessions.iter().find(|session| session["current"] == true).expect("a current session");
    assert_eq!(current["address"], "192.0.2.1");
    assert!(phone.session_token.starts_with(current["id"].as_str().expect("an id")));
    let text = serde_json::to_string(&sessions).expect("JSON");
    for token in [&ada.session_token, &phone.session_token] {
        let secret = token.split_once('.').expect("two parts").1;
        assert!(!text.contains(secret), "the list has no secrets");
    }
}

#[tokio::test]
async fn ended_session_is_refused_immediately() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let phone = Person::sign_in(&app, "ada@example.com").await;
    let response = delete(&app, &ada, &format!("/sessions/{}", phone.session_id())).await;
    assert_eq!((response.status, response.body.as_str()), (StatusCode::NO_CONTENT, ""));
    assert_eq!(get(&app, &phone, "").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(ada.get(&app, "").await.status, StatusCode::OK);
    assert_eq!(sessions(&app, &ada).await.len(), 1);
}

#[tokio::test]
async fn only_own_live_sessions_can_be_ended() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    let ended = Person::sign_in(&app, "ada@example.com").await;
    delete(&app, &ada, &format!("/sessions/{}", ended.session_id())).await;
    let mut bodies = Vec::new();
    for id in [bob.session_id(), ended.session_id(), "0197a2f0-0000-7000-8000-000000000000", "x", &ada.session_token] {
        let response = delete(&app, &ada, &format!("/sessions/{id}")).await;
        assert_eq!(response.problem(), "404 not_found", "{id}");
        bodies.push(response.body);
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1);
    assert_eq!(bob.get(&app, "").await.status, StatusCode::OK);
}

#[tokio::test]
async fn ending_own_session_clears_cookies() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let line = format!("DELETE {}", ada.path(&format!("/sessions/{}", ada.session_id())));
    let cookies = ada.cookies();
    let response = app.send(&line, &[("cookie", &cookies), ("origin", BASE_URL)], "").await;
    assert_eq!(response.status, StatusCode::NO_CONTENT);
    for name in ["latchkey_access", "latchkey_session"] {
        let cookie = response.set_cookie(name).expect("a cookie");
        assert!(cookie.starts_with(&format!("{name}=;")) && cookie.contains("Max-Age=0"), "{cookie}");
    }
}

#[tokio::test]
async fn all_other_sessions_can_be_ended() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    let others = [Person::sign_in(&app, "ada@example.com").await, Person::sign_in(&app, "ada@example.com").await];
    let response = delete(&app, &ada, "/sessions").await;
    assert_eq!((response.status, response.json()), (StatusCode::OK, json!({ "revoked": 2 })));
    for other in &others {
        assert_eq!(get(&app, other, "").await.status, StatusCode::UNAUTHORIZED);
    }
    for person in [&ada, &bob] {
        assert_eq!(person.get(&app, "").await.status, StatusCode::OK);
    }
    assert_eq!(delete(&app, &ada, "/sessions").await.json(), json!({ "revoked": 0 }));
}

#[tokio::test]
async fn event_pages_are_complete_and_disjoint() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    for n in 0..7 {
        patch(&app, &ada, &json!({ "name": format!("Ada {n}") }).to_string()).await;
    }
    let all = events(&app, &ada, "").await["events"].as_array().expect("events").clone();
    assert!(all.is_sorted_by(|newer, older| newer["id"].as_i64() > older["id"].as_i64()));
    assert_eq!(all[0]["event"], "user_updated");
    let mut paged = Vec::new();
    let mut query = "?limit=3".to_owned();
    loop {
        let page = events(&app, &ada, &query).await;
        let entries = page["events"].as_array().expect("events");
        assert!(entries.len() <= 3);
        paged.extend(entries.clone());
        let Some(next) = page["next"].as_i64() else { break };
        query = format!("?limit=3&before={next}");
    }
    assert_eq!(paged, all);
    let ids = |events: &[Value]| events.iter().filter_map(|event| event["id"].as_i64()).collect::<HashSet<_>>();
    let bobs = events(&app, &bob, "").await["events"].as_array().expect("events").clone();
    assert!(ids(&bobs).is_disjoint(&ids(&all)), "users see only their own events");
}

#[tokio::test]
async fn invalid_query_returns_a_problem() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    for query in [
        "before=x",
        "limit=x",
        "limit=-1",
        "limit=0",
        "limit=101",
        "limit=255",
        "limit=1000",
        "limit=",
        "before=",
        "before=1&before=2",
        "page=2",
        "before=99999999999999999999",
    ] {
        let response = get(&app, &ada, &format!("/events?{query}")).await;
        assert_eq!(response.problem(), "400 invalid_query", "{query}");
    }
    for (query, count) in [("limit=1", 1), ("before=-5", 0), ("before=0", 0), ("limit=100", 3)] {
        let page = events(&app, &ada, &format!("?{query}")).await;
        assert!(page["events"].as_array().expect("events").len() <= count, "{query}: {page}");
    }
}

#[tokio::test]
async fn access_cookie_works_like_a_bearer_token() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let cookie = ada.access_cookie();
    for rest in ["", "/sessions", "/events"] {
        let response = app.send(&format!("GET {}", ada.path(rest)), &[("cookie", &cookie)], "").await;
        assert_eq!(response.status, StatusCode::OK, "{rest}");
        assert_eq!(response.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn expired_access_cookie_is_renewed() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    app.wait(Duration::from_mins(20));
    let cookies = ada.cookies();
    let response = app.send(&format!("GET {}", ada.path("")), &[("cookie", &cookies)], "").await;
    assert_eq!(response.status, StatusCode::OK);
    assert!(response.set_cookie("latchkey_access").is_some_and(|cookie| !cookie.contains(&ada.access_token)));
    assert!(response.set_cookie("latchkey_session").is_some_and(|cookie| !cookie.contains(&ada.session_token)));
}

async fn get(app: &TestApp, person: &Person, rest: &str) -> TestResponse {
    app.send(&format!("GET {}", person.path(rest)), &[("authorization", &bearer(person))], "").await
}

async fn delete(app: &TestApp, person: &Person, rest: &str) -> TestResponse {
    app.send(&format!("DELETE {}", person.path(rest)), &[("authorization", &bearer(person))], "").await
}

async fn patch(app: &TestApp, person: &Person, body: &str) -> TestResponse {
    let headers = [("authorization", bearer(person)), ("content-type", "application/json".to_owned())];
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    app.send(&format!("PATCH {}", person.path("")), &headers, body.to_owned()).await
}

async fn events(app: &TestApp, person: &Person, query: &str) -> Value {
    get(app, person, &format!("/events{query}")).await.json()
}

async fn sessions(app: &TestApp, person: &Person) -> Vec<Value> {
    get(app, person, "/sessions").await.json()["sessions"].as_array().expect("sessions").clone()
}

fn bearer(person: &Person) -> String {
    person.bearer()
}
