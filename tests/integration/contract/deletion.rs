//! A deleted account is gone everywhere, and only the security log still knows of it.

use std::time::Duration;

use axum::http::StatusCode;
use futures::future::join_all;
use serde_json::{Value, json};

use super::{JSON, assert_error, post};
use crate::{
    support::{
        PASSWORD, TestApp,
        browser::{Browser, USER_AGENT, clears_session},
        person::Person,
        records::{count, everything, security_log},
    },
    wire::{Answer, send},
};

async fn delete(app: &TestApp, person: &Person, body: &Value) -> Answer {
    let bearer = format!("Bearer {}", person.session_token);
    post(app, "/delete-user", &[JSON, ("authorization", &bearer)], body).await
}

#[tokio::test]
async fn the_password_deletes_the_account_with_every_session_of_its() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    let phone = Person::sign_in(&app, "ada@example.com").await;
    let browser = Browser::new(&app);
    browser.sign_in("ada@example.com", PASSWORD).await;
    app.wait(Duration::from_hours(48));
    let answer = delete(&app, &ada, &json!({ "password": PASSWORD, "callbackURL": "/bye" })).await;
    assert_eq!((answer.status, answer.json()), (StatusCode::OK, json!({ "success": true, "message": "User deleted" })));
    for name in ["latchkey_session", "latchkey_access"] {
        assert!(answer.set_cookie(name).is_some_and(|cookie| cookie.contains("Max-Age=0")));
    }
    for gone in [&ada, &phone] {
        let headers = [("authorization", &*format!("Bearer {}", gone.session_token))];
        assert_eq!(send(&app.state, "GET /api/auth/get-session", &headers, "").await.body, "null");
        assert_error(&delete(&app, gone, &json!({})).await, 401, "UNAUTHORIZED", "Unauthorized");
    }
    let page = browser.get("/account").await;
    assert_eq!((page.status_code(), clears_session(&page)), (StatusCode::SEE_OTHER, true));
    let headers = [("authorization", &*format!("Bearer {}", bob.session_token))];
    assert_ne!(send(&app.state, "GET /api/auth/get-session", &headers, "").await.body, "null", "nobody else's");
}

#[tokio::test]
async fn an_access_token_dies_with_the_account_here_at_once_and_elsewhere_after_one_poll() {
    let app = TestApp::new().await;
    let replica = app.replica().await;
    let ada = app.person("ada@example.com").await;
    let phone = Person::sign_in(&replica, "ada@example.com").await;
    ada.get(&replica, "").await.assert_status_ok();
    assert_eq!(delete(&app, &ada, &json!({})).await.status, StatusCode::OK);
    for person in [&ada, &phone] {
        assert!(app.state.auth.verify_access_token(&person.access_token).is_err());
        assert_eq!(person.get(&app, "").await.status_code(), StatusCode::UNAUTHORIZED);
    }
    replica.state.auth.refresh_revocations().await.expect("the database answers");
    for person in [&ada, &phone] {
        assert!(replica.state.auth.verify_access_token(&person.access_token).is_err());
    }
    let restarted = app.restarted().await;
    assert!(restarted.state.auth.verify_access_token(&ada.access_token).is_err(), "a restart forgets nothing");
}

#[tokio::test]
async fn only_the_owner_deletes_with_the_password_or_soon_after_signing_in() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let message = "Session expired. Re-authenticate to perform this action.";
    for (body, status, code, message) in [
        (json!({ "password": "wrong" }), 400, "INVALID_PASSWORD", "Invalid password"),
        (json!({ "password": "x".repeat(200) }), 400, "INVALID_PASSWORD", "Invalid password"),
        (json!({ "token": "x" }), 404, "INVALID_TOKEN", "Invalid token"),
        (json!({ "token": "x", "password": PASSWORD }), 404, "INVALID_TOKEN", "Invalid token"),
        (json!({ "token": "x", "password": "wrong" }), 400, "INVALID_PASSWORD", "Invalid password"),
        (json!({ "callbackURL": "//evil" }), 403, "INVALID_CALLBACK_URL", "Invalid callbackURL"),
        (json!([]), 400, "VALIDATION_ERROR", "[body] Invalid input: expected object, received array"),
        (
            json!({ "password": 1 }),
            400,
            "VALIDATION_ERROR",
            "[body.password] Invalid input: expected string, received number",
        ),
    ] {
        assert_error(&delete(&app, &ada, &body).await, status, code, message);
    }
    app.wait(Duration::from_hours(24));
    for body in [json!({}), json!({ "password": "" })] {
        assert_error(&delete(&app, &ada, &body).await, 400, "SESSION_EXPIRED", message);
    }
    let anew = Person::sign_in(&app, "ada@example.com").await;
    app.wait(Duration::from_hours(24) - Duration::from_millis(1));
    assert_eq!(delete(&app, &anew, &json!({})).await.status, StatusCode::OK);
}

#[tokio::test]
async fn nothing_personal_is_left_but_the_security_log() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up("ada@example.com").await;
    browser.post("sign-out", &[]).await;
    browser.sign_in("ada@example.com", PASSWORD).await;
    let before = everything(&app).await;
    for personal in ["ada@example.com", "name=Ada", USER_AGENT, "192.0.2.2", "$argon2id$"] {
        assert!(before.contains(personal), "{personal}");
    }
    let ada = Person::sign_in(&app, "ada@example.com").await;
    assert_eq!(delete(&app, &ada, &json!({ "password": PASSWORD })).await.status, StatusCode::OK);
    let after = everything(&app).await;
    for personal in ["ada@example.com", "name=Ada", "Mozilla", "192.0.2", "$argon2id$"] {
        assert!(!after.contains(personal), "{personal} in {after}");
    }
    assert!(after.contains("end_reason=user_deleted") && after.contains("end_reason=signed_out"));
    assert_eq!((count(&app, "users").await, count(&app, "credentials").await), (0, 0));
    let log = security_log(&app).await;
    let last = log.last().expect("an event");
    assert_eq!((last.kind.as_str(), last.user_id.as_deref()), ("user_deleted", Some(ada.user_id.as_str())));
    assert!(log.iter().any(|event| event.kind == "user_created"), "what happened stays recorded");
}

#[tokio::test]
async fn the_address_is_free_again_and_the_old_password_opens_nothing() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    assert_eq!(delete(&app, &ada, &json!({})).await.status, StatusCode::OK);
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    let deleted = post(&app, "/sign-in/email", &[JSON], &body).await;
    assert_error(&deleted, 401, "INVALID_EMAIL_OR_PASSWORD", "Invalid email or password");
    let never = json!({ "email": "never@example.com", "password": PASSWORD });
    assert_eq!(post(&app, "/sign-in/email", &[JSON], &never).await.json(), deleted.json(), "no one can tell");
    let again = app.person("ada@example.com").await;
    assert_ne!(again.user_id, ada.user_id);
    let own = send(
        &app.state,
        &format!("GET {}", ada.path("")),
        &[("authorization", &*format!("Bearer {}", again.access_token))],
        "",
    )
    .await;
    assert_eq!(own.status, StatusCode::FORBIDDEN, "the new account is not the old one");
}

#[tokio::test]
async fn the_account_page_deletes_with_the_password_and_says_so() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up("ada@example.com").await;
    let other = Browser::new(&app);
    other.sign_in("ada@example.com", PASSWORD).await;
    for wrong in ["", "wrong"] {
        let answer = browser.post("delete-account", &[("current_password", wrong)]).await;
        assert_eq!(
            (answer.status_code(), answer.header("location")),
            (StatusCode::SEE_OTHER, "/account".parse().expect("a path"))
        );
        assert!(browser.page("/account").await.contains("This isn’t your current password."));
    }
    let answer = browser.post("delete-account", &[("current_password", PASSWORD)]).await;
    assert_eq!((answer.status_code(), clears_session(&answer)), (StatusCode::SEE_OTHER, true));
    assert!(browser.page("/").await.contains("Your account is deleted."));
    assert!(!browser.is_signed_in().await && !other.is_signed_in().await);
    assert_eq!(count(&app, "users").await, 0);
    let nobody = Browser::new(&app).post("delete-account", &[("current_password", PASSWORD)]).await;
    assert!(nobody.header("location").to_str().expect("a path").starts_with("/sign-in"));
}

#[tokio::test]
async fn our_own_api_deletes_with_the_password_only() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    let bearer = format!("Bearer {}", ada.access_token);
    let delete = async |path: &str, body: &str| {
        send(&app.state, &format!("DELETE {path}"), &[JSON, ("authorization", &bearer)], body.to_owned()).await
    };
    let good = json!({ "password": PASSWORD }).to_string();
    for (path, body, status, code) in [
        (bob.path(""), good.as_str(), 403, "forbidden"),
        (ada.path(""), "", 400, "malformed_json"),
        (ada.path(""), "{}", 422, "unexpected_body"),
        (ada.path(""), r#"{"password":"wrong"}"#, 422, "invalid_fields"),
        (ada.path(""), r#"{"password":"x","force":true}"#, 422, "unexpected_body"),
    ] {
        let answer = delete(&path, body).await;
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (status, code), "{body}");
    }
    let answer = delete(&ada.path(""), &good).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::NO_CONTENT, ""));
    let answer = delete(&ada.path(""), &good).await;
    assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::UNAUTHORIZED, "invalid_token"));
    assert_eq!(count(&app, "users").await, 1);
}

#[tokio::test]
async fn guessing_the_password_of_an_account_to_delete_is_slowed_down() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let bearer = format!("Bearer {}", ada.access_token);
    let line = format!("DELETE {}", ada.path(""));
    for number in 0..6 {
        let body = json!({ "password": "wrong" }).to_string();
        let answer = send(&app.state, &line, &[JSON, ("authorization", &bearer)], body).await;
        let expected = if number < 5 { (422, "invalid_fields") } else { (429, "too_many_attempts") };
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), expected);
        assert_eq!(answer.has("retry-after"), number == 5);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_session_outlives_an_account_that_is_deleted_while_others_sign_in() {
    let app = TestApp::with(&[("LATCHKEY_RATE_LIMIT", "off")]).await;
    let replica = app.replica().await;
    for round in 0..5 {
        let email = format!("ada{round}@example.com");
        let ada = app.person(&email).await;
        let body = json!({ "email": email, "password": PASSWORD });
        let sign_ins = join_all((0..6).map(|number| {
            let there = if number % 2 == 0 { &app } else { &replica };
            post(there, "/sign-in/email", &[JSON], &body)
        }));
        let none = json!({});
        let (opened, deleted) = futures::join!(sign_ins, delete(&app, &ada, &none));
        assert_eq!(deleted.status, StatusCode::OK);
        for answer in opened {
            assert!([200, 401].contains(&answer.status.as_u16()), "{}", answer.body);
            if answer.status == StatusCode::OK {
                let bearer = format!("Bearer {}", answer.json()["token"].as_str().expect("a token"));
                let headers = [("authorization", bearer.as_str())];
                assert_eq!(send(&app.state, "GET /api/auth/get-session", &headers, "").await.body, "null");
            }
        }
    }
    let left = everything(&app).await;
    assert!(!left.contains("end_reason=\n"), "every session has ended: {left}");
}
