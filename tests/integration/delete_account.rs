//! Account deletion ends every session and keeps only the security log.

use std::time::Duration;

use axum::http::StatusCode;
use futures::future::join_all;
use serde_json::{Value, json};

use crate::{
    contract::{assert_error, post},
    support::{
        JSON, PASSWORD, TestApp,
        browser::{Browser, USER_AGENT},
        client::TestResponse,
        person::Person,
        records::{count, everything, security_log},
    },
};

async fn delete(app: &TestApp, person: &Person, body: &Value) -> TestResponse {
    let bearer = person.session_bearer();
    post(app, "/delete-user", &[JSON, ("authorization", &bearer)], body).await
}

#[tokio::test]
async fn deletion_with_password_ends_every_session() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    let phone = Person::sign_in(&app, "ada@example.com").await;
    let browser = Browser::new(&app);
    browser.sign_in("ada@example.com", PASSWORD).await;
    app.wait(Duration::from_hours(48));
    let response = delete(&app, &ada, &json!({ "password": PASSWORD, "callbackURL": "/bye" })).await;
    assert_eq!(
        (response.status, response.json()),
        (StatusCode::OK, json!({ "success": true, "message": "User deleted" }))
    );
    for name in ["latchkey_session", "latchkey_access"] {
        assert!(response.set_cookie(name).is_some_and(|cookie| cookie.contains("Max-Age=0")));
    }
    for gone in [&ada, &phone] {
        let headers = [("authorization", &*gone.session_bearer())];
        assert_eq!(app.send("GET /api/auth/get-session", &headers, "").await.body, "null");
        assert_error(&delete(&app, gone, &json!({})).await, 401, "UNAUTHORIZED", "Unauthorized");
    }
    let page = browser.get("/account").await;
    assert_eq!((page.status, page.clears_session()), (StatusCode::SEE_OTHER, true));
    let headers = [("authorization", &*bob.session_bearer())];
    assert_ne!(
        app.send("GET /api/auth/get-session", &headers, "").await.body,
        "null",
        "other users keep their sessions"
    );
}

#[tokio::test]
async fn deletion_revokes_tokens_on_every_replica() {
    let app = TestApp::new().await;
    let replica = app.replica().await;
    let ada = app.person("ada@example.com").await;
    let phone = Person::sign_in(&replica, "ada@example.com").await;
    ada.get(&replica, "").await.assert_ok();
    assert_eq!(delete(&app, &ada, &json!({})).await.status, StatusCode::OK);
    for person in [&ada, &phone] {
        assert!(app.verify(&person.access_token).is_err());
        assert_eq!(person.get(&app, "").await.status, StatusCode::UNAUTHORIZED);
    }
    replica.poll_revocations().await;
    for person in [&ada, &phone] {
        assert!(replica.verify(&person.access_token).is_err());
    }
    let restarted = app.restarted().await;
    assert!(restarted.verify(&ada.access_token).is_err(), "the revocation survives a restart");
}

#[tokio::test]
async fn deletion_requires_password_or_fresh_session() {
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
    app.wait(Duration::from_mins(15));
    for body in [json!({}), json!({ "password": "" })] {
        assert_error(&delete(&app, &ada, &body).await, 400, "SESSION_EXPIRED", message);
    }
    let anew = Person::sign_in(&app, "ada@example.com").await;
    app.wait(Duration::from_mins(15) - Duration::from_millis(1));
    assert_eq!(delete(&app, &anew, &json!({})).await.status, StatusCode::OK);
}

#[tokio::test]
async fn deletion_keeps_only_the_security_log() {
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
    assert!(log.iter().any(|event| event.kind == "user_created"), "earlier events are kept");
}

#[tokio::test]
async fn deleted_address_can_sign_up_again() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    assert_eq!(delete(&app, &ada, &json!({})).await.status, StatusCode::OK);
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    let deleted = post(&app, "/sign-in/email", &[JSON], &body).await;
    assert_error(&deleted, 401, "INVALID_EMAIL_OR_PASSWORD", "Invalid email or password");
    let never = json!({ "email": "never@example.com", "password": PASSWORD });
    assert_eq!(
        post(&app, "/sign-in/email", &[JSON], &never).await.json(),
        deleted.json(),
        "a deleted account looks like an unknown one"
    );
    let again = app.person("ada@example.com").await;
    assert_ne!(again.user_id, ada.user_id);
    let own = app.send(&format!("GET {}", ada.path("")), &[("authorization", &*again.bearer())], "").await;
    assert_eq!(own.status, StatusCode::FORBIDDEN, "the new account has another id");
}

#[tokio::test]
async fn deletion_form_requires_the_password() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up("ada@example.com").await;
    let other = Browser::new(&app);
    other.sign_in("ada@example.com", PASSWORD).await;
    for (wrong, reason) in [("", "Enter your current password."), ("wrong", "This isn’t your current password.")] {
        let response = browser.post("delete-account", &[("current_password", wrong)]).await;
        assert_eq!((response.status, response.header("location")), (StatusCode::SEE_OTHER, "/account/delete"));
        assert!(browser.page("/account/delete").await.contains(reason));
    }
    let response = browser.post("delete-account", &[("current_password", PASSWORD)]).await;
    assert_eq!((response.status, response.clears_session()), (StatusCode::SEE_OTHER, true));
    assert!(browser.page("/").await.contains("Your account is deleted."));
    assert!(!browser.is_signed_in().await && !other.is_signed_in().await);
    assert_eq!(count(&app, "users").await, 0);
    let signed_out = Browser::new(&app).post("delete-account", &[("current_password", PASSWORD)]).await;
    assert!(signed_out.header("location").starts_with("/sign-in"));
}

#[tokio::test]
async fn deletion_over_own_api_requires_the_password() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    let bearer = ada.bearer();
    let delete = async |path: &str, body: &str| {
        app.send(&format!("DELETE {path}"), &[JSON, ("authorization", &bearer)], body.to_owned()).await
    };
    let good = json!({ "password": PASSWORD }).to_string();
    for (path, body, problem) in [
        (bob.path(""), good.as_str(), "403 forbidden"),
        (ada.path(""), "", "400 malformed_json"),
        (ada.path(""), "{}", "422 unexpected_body"),
        (ada.path(""), r#"{"password":"wrong"}"#, "422 invalid_fields"),
        (ada.path(""), r#"{"password":"x","force":true}"#, "422 unexpected_body"),
    ] {
        let response = delete(&path, body).await;
        assert_eq!(response.problem(), problem, "{body}");
    }
    let response = delete(&ada.path(""), &good).await;
    assert_eq!((response.status, response.body.as_str()), (StatusCode::NO_CONTENT, ""));
    let response = delete(&ada.path(""), &good).await;
    assert_eq!(response.problem(), "401 invalid_token");
    assert_eq!(count(&app, "users").await, 1);
}

#[tokio::test]
async fn deletion_password_guesses_are_rate_limited() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let bearer = ada.bearer();
    let line = format!("DELETE {}", ada.path(""));
    for number in 0..6 {
        let body = json!({ "password": "wrong" }).to_string();
        let response = app.send(&line, &[JSON, ("authorization", &bearer)], body).await;
        let expected = if number < 5 { "422 invalid_fields" } else { "429 too_many_attempts" };
        assert_eq!(response.problem(), expected);
        assert_eq!(response.has("retry-after"), number == 5);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn deletion_during_sign_ins_leaves_no_session() {
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
        for response in opened {
            assert!([200, 401].contains(&response.status.as_u16()), "{}", response.body);
            if response.status == StatusCode::OK {
                let bearer = format!("Bearer {}", response.json()["token"].as_str().expect("a token"));
                let headers = [("authorization", bearer.as_str())];
                assert_eq!(app.send("GET /api/auth/get-session", &headers, "").await.body, "null");
            }
        }
    }
    let left = everything(&app).await;
    assert!(!left.contains("end_reason=\n"), "a session is still open: {left}");
}
