//! Sessions, passwords and profiles over the sign-in API.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{JSON, assert_error, post};
use crate::{
    support::{BASE_URL, PASSWORD, TestApp, person::Person},
    wire::send,
};

#[tokio::test]
async fn a_session_is_shown_to_its_holder_and_is_null_for_anybody_else() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let bearer = format!("bearer {}", ada.session_token);
    let answer =
        send(&app.state, "GET /api/auth/get-session?disableRefresh=true", &[("authorization", &bearer)], "").await;
    let id = ada.session_token.split_once('.').expect("two parts").0;
    assert_eq!(
        answer.json()["session"],
        json!({
            "id": id, "userId": ada.user_id, "token": id, "expiresAt": "2027-01-22T08:00:00.000Z", "createdAt": "2027-01-15T08:00:00.000Z",
            "updatedAt": "2027-01-15T08:00:00.000Z", "ipAddress": "192.0.2.1", "userAgent": "",
        })
    );
    assert_eq!((answer.header("pragma"), answer.header("cache-control")), ("no-cache", "no-store"));
    for headers in [
        &[][..],
        &[("authorization", "Bearer x")],
        &[("cookie", "latchkey_session=x")],
        &[("authorization", "Basic eA==")],
    ] {
        let answer = send(&app.state, "GET /api/auth/get-session", headers, "").await;
        assert_eq!(
            (answer.status, answer.body.as_str(), answer.header("pragma")),
            (StatusCode::OK, "null", "no-cache")
        );
    }
}

#[tokio::test]
async fn sessions_are_listed_while_the_own_one_is_fresh() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let header = format!("Bearer {}", ada.session_token);
    let answer = send(&app.state, "GET /api/auth/list-sessions", &[("authorization", &header)], "").await;
    assert_eq!(answer.json().as_array().map(Vec::len), Some(1));
    app.wait(Duration::from_hours(24));
    let answer = send(&app.state, "GET /api/auth/list-sessions", &[("authorization", &header)], "").await;
    assert_error(&answer, 403, "SESSION_NOT_FRESH", "Session is not fresh");
}

#[tokio::test]
async fn revoking_always_says_yes_and_ends_nobody_elses_session() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    let phone = Person::sign_in(&app, "ada@example.com").await;
    let header = format!("Bearer {}", ada.session_token);
    for token in ["unknown", "", &bob.session_token, &phone.session_token] {
        let answer =
            post(&app, "/revoke-session", &[JSON, ("authorization", &header)], &json!({ "token": token })).await;
        assert_eq!((answer.status, answer.json()), (StatusCode::OK, json!({ "status": true })));
        assert!(!answer.has("set-cookie"));
    }
    assert_eq!((is_live(&app, &bob).await, is_live(&app, &phone).await), (true, false));
    let own =
        post(&app, "/revoke-session", &[JSON, ("authorization", &header)], &json!({ "token": ada.session_token }))
            .await;
    assert!(own.set_cookie("latchkey_session").is_some_and(|cookie| cookie.contains("Max-Age=0")));
    assert!(!is_live(&app, &ada).await);
}

#[tokio::test]
async fn revoking_the_others_keeps_the_own_session_and_revoking_all_does_not() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let phone = Person::sign_in(&app, "ada@example.com").await;
    let header = format!("Bearer {}", ada.session_token);
    for (path, live, cleared) in [("/revoke-other-sessions", true, false), ("/revoke-sessions", false, true)] {
        let answer = send(&app.state, &format!("POST /api/auth{path}"), &[("authorization", &header)], "").await;
        assert_eq!(
            (answer.status, answer.json(), answer.has("set-cookie")),
            (StatusCode::OK, json!({ "status": true }), cleared)
        );
        assert_eq!((is_live(&app, &ada).await, is_live(&app, &phone).await), (live, false));
    }
}

#[tokio::test]
async fn signing_out_always_succeeds_and_clears_both_cookies() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let cookie = format!("latchkey_session={}", ada.session_token);
    for headers in
        [&[("cookie", cookie.as_str()), ("origin", BASE_URL)][..], &[("cookie", &cookie), ("origin", BASE_URL)], &[]]
    {
        let answer = send(&app.state, "POST /api/auth/sign-out", headers, "").await;
        assert_eq!((answer.status, answer.json()), (StatusCode::OK, json!({ "success": true })));
        for name in ["latchkey_session", "latchkey_access"] {
            assert_eq!(answer.set_cookie(name), Some(format!("{name}=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0")));
        }
    }
    assert!(!is_live(&app, &ada).await);
}

#[tokio::test]
async fn a_changed_password_may_come_with_a_new_session() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let header = format!("Bearer {}", ada.session_token);
    let body = json!({ "newPassword": "another otter lantern 7", "currentPassword": PASSWORD });
    let answer = post(&app, "/change-password", &[JSON, ("authorization", &header)], &body).await;
    assert_eq!((answer.status, &answer.json()["token"]), (StatusCode::OK, &Value::Null));
    assert_eq!(answer.json()["user"]["email"], "ada@example.com");
    assert!(!answer.has("set-auth-token") && is_live(&app, &ada).await);
    let body =
        json!({ "newPassword": PASSWORD, "currentPassword": "another otter lantern 7", "revokeOtherSessions": true });
    let answer = post(&app, "/change-password", &[JSON, ("authorization", &header)], &body).await;
    assert_eq!(answer.header("set-auth-token"), answer.json()["token"]);
    assert!(!is_live(&app, &ada).await, "the old session is replaced");
}

#[tokio::test]
async fn the_profile_is_updated_member_by_member() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let header = format!("Bearer {}", ada.session_token);
    for (body, name, image) in [
        (json!({ "name": "New", "emailVerified": true, "id": "1" }), "New", Value::Null),
        (json!({ "image": "https://example.com/a.png" }), "New", json!("https://example.com/a.png")),
        (json!({ "image": null, "name": "" }), "", Value::Null),
    ] {
        let answer = post(&app, "/update-user", &[JSON, ("authorization", &header)], &body).await;
        assert_eq!((answer.status, answer.json()), (StatusCode::OK, json!({ "status": true })));
        let user = session(&app, &ada).await["user"].clone();
        assert_eq!((&user["name"], &user["image"], &user["emailVerified"]), (&json!(name), &image, &json!(false)));
    }
    for body in [
        json!({ "name": 1 }),
        json!({ "name": "a\nb" }),
        json!({ "name": "x".repeat(101) }),
        json!({ "image": 1 }),
        json!({ "image": "x".repeat(2049) }),
    ] {
        let answer = post(&app, "/update-user", &[JSON, ("authorization", &header)], &body).await;
        assert_eq!(
            (answer.status, &answer.json()["code"]),
            (StatusCode::BAD_REQUEST, &json!("VALIDATION_ERROR")),
            "{body}"
        );
    }
}

async fn session(app: &TestApp, person: &Person) -> Value {
    let header = format!("Bearer {}", person.session_token);
    send(&app.state, "GET /api/auth/get-session", &[("authorization", &header)], "").await.json()
}

async fn is_live(app: &TestApp, person: &Person) -> bool {
    !session(app, person).await.is_null()
}
