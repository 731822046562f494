//! Sessions, passwords and profiles over the contract API.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::{
    contract::{assert_error, post},
    support::{BASE_URL, JSON, PASSWORD, TestApp, person::Person},
};

#[tokio::test]
async fn get_session_without_session_returns_null() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let bearer = format!("bearer {}", ada.session_token);
    let response = app.send("GET /api/auth/get-session?disableRefresh=true", &[("authorization", &bearer)], "").await;
    let id = ada.session_id();
    assert_eq!(
        response.json()["session"],
        json!({
            "id": id, "userId": ada.user_id, "token": id, "expiresAt": "2027-01-22T08:00:00.000Z", "createdAt": "2027-01-15T08:00:00.000Z",
            "updatedAt": "2027-01-15T08:00:00.000Z", "ipAddress": "192.0.2.1", "userAgent": "",
        })
    );
    assert_eq!((response.header("pragma"), response.header("cache-control")), ("no-cache", "no-store"));
    for headers in [
        &[][..],
        &[("authorization", "Bearer x")],
        &[("cookie", "latchkey_session=x")],
        &[("authorization", "Basic eA==")],
    ] {
        let response = app.send("GET /api/auth/get-session", headers, "").await;
        assert_eq!(
            (response.status, response.body.as_str(), response.header("pragma")),
            (StatusCode::OK, "null", "no-cache")
        );
    }
}

#[tokio::test]
async fn list_sessions_requires_a_sign_in_of_a_day() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let header = ada.session_bearer();
    let response = app.send("GET /api/auth/list-sessions", &[("authorization", &header)], "").await;
    assert_eq!(response.json().as_array().map(Vec::len), Some(1));
    app.wait(Duration::from_hours(24) - Duration::from_millis(1));
    app.send("GET /api/auth/list-sessions", &[("authorization", &header)], "").await.assert_ok();
    app.wait(Duration::from_millis(1));
    let response = app.send("GET /api/auth/list-sessions", &[("authorization", &header)], "").await;
    assert_error(&response, 403, "SESSION_NOT_FRESH", "Session is not fresh");
}

#[tokio::test]
async fn revoke_session_ends_own_sessions_only() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    let phone = Person::sign_in(&app, "ada@example.com").await;
    let header = ada.session_bearer();
    for token in ["unknown", "", &bob.session_token, &phone.session_token] {
        let response =
            post(&app, "/revoke-session", &[JSON, ("authorization", &header)], &json!({ "token": token })).await;
        assert_eq!((response.status, response.json()), (StatusCode::OK, json!({ "status": true })));
        assert!(!response.has("set-cookie"));
    }
    assert_eq!((is_live(&app, &bob).await, is_live(&app, &phone).await), (true, false));
    let own =
        post(&app, "/revoke-session", &[JSON, ("authorization", &header)], &json!({ "token": ada.session_token }))
            .await;
    assert!(own.set_cookie("latchkey_session").is_some_and(|cookie| cookie.contains("Max-Age=0")));
    assert!(!is_live(&app, &ada).await);
}

#[tokio::test]
async fn revoke_others_keeps_current_session() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let phone = Person::sign_in(&app, "ada@example.com").await;
    let header = ada.session_bearer();
    for (path, live, cleared) in [("/revoke-other-sessions", true, false), ("/revoke-sessions", false, true)] {
        let response = app.send(&format!("POST /api/auth{path}"), &[("authorization", &header)], "").await;
        assert_eq!(
            (response.status, response.json(), response.has("set-cookie")),
            (StatusCode::OK, json!({ "status": true }), cleared)
        );
        assert_eq!((is_live(&app, &ada).await, is_live(&app, &phone).await), (live, false));
    }
}

#[tokio::test]
async fn sign_out_always_clears_both_cookies() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let cookie = ada.session_cookie();
    for headers in
        [&[("cookie", cookie.as_str()), ("origin", BASE_URL)][..], &[("cookie", &cookie), ("origin", BASE_URL)], &[]]
    {
        let response = app.send("POST /api/auth/sign-out", headers, "").await;
        assert_eq!((response.status, response.json()), (StatusCode::OK, json!({ "success": true })));
        for name in ["latchkey_session", "latchkey_access"] {
            assert_eq!(response.set_cookie(name), Some(format!("{name}=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0")));
        }
    }
    assert!(!is_live(&app, &ada).await);
}

#[tokio::test]
async fn password_change_can_open_a_new_session() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let header = ada.session_bearer();
    let body = json!({ "newPassword": "another otter lantern 7", "currentPassword": PASSWORD });
    let response = post(&app, "/change-password", &[JSON, ("authorization", &header)], &body).await;
    assert_eq!((response.status, &response.json()["token"]), (StatusCode::OK, &Value::Null));
    assert_eq!(response.json()["user"]["email"], "ada@example.com");
    assert!(!response.has("set-auth-token") && is_live(&app, &ada).await);
    let body =
        json!({ "newPassword": PASSWORD, "currentPassword": "another otter lantern 7", "revokeOtherSessions": true });
    let response = post(&app, "/change-password", &[JSON, ("authorization", &header)], &body).await;
    assert_eq!(response.header("set-auth-token"), response.json()["token"]);
    assert!(!is_live(&app, &ada).await, "the former session has ended");
}

#[tokio::test]
async fn update_user_changes_given_members_only() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let header = ada.session_bearer();
    for (body, name, image) in [
        (json!({ "name": "New", "emailVerified": true, "id": "1" }), "New", Value::Null),
        (json!({ "image": "https://example.com/a.png" }), "New", json!("https://example.com/a.png")),
        (json!({ "image": null, "name": "" }), "", Value::Null),
    ] {
        let response = post(&app, "/update-user", &[JSON, ("authorization", &header)], &body).await;
        assert_eq!((response.status, response.json()), (StatusCode::OK, json!({ "status": true })));
        let user = session(&app, &ada).await["user"].clone();
        assert_eq!((&user["name"], &user["image"], &user["emailVerified"]), (&json!(name), &image, &json!(false)));
    }
    for body in [
        json!({ "name": 1 }),
        json!({ "name": "a\nb" }),
        json!({ "name": "x".repeat(101) }),
        json!({ "image": 1 }),
        json!({ "image": "javascript:alert(1)" }),
        json!({ "image": format!("https://example.com/{}", "x".repeat(2048)) }),
    ] {
        let response = post(&app, "/update-user", &[JSON, ("authorization", &header)], &body).await;
        assert_eq!(
            (response.status, &response.json()["code"]),
            (StatusCode::BAD_REQUEST, &json!("VALIDATION_ERROR")),
            "{body}"
        );
    }
}

async fn session(app: &TestApp, person: &Person) -> Value {
    let header = person.session_bearer();
    app.send("GET /api/auth/get-session", &[("authorization", &header)], "").await.json()
}

async fn is_live(app: &TestApp, person: &Person) -> bool {
    !session(app, person).await.is_null()
}
