//! Every change of a user is an event, written together with the change.

use std::time::Duration;

use latchkey::{
    auth::sessions::renew::ROTATION_INTERVAL,
    import::{
        report::Report,
        run::import,
        source::{Source, mapping::Mapping},
    },
};
use serde_json::{Value, json};

use super::{app, events, types};
use crate::{
    import::settings,
    support::{
        NEW_PASSWORD, PASSWORD, TestApp, WRONG_PASSWORD,
        browser::{ACCESS, Browser},
        person::Person,
        records::{count, operate},
    },
};

/// The types of the events that `ends` causes, after the sign-up of ada@example.com.
async fn new_types(app: &TestApp, before: usize) -> Vec<String> {
    types(&events(app).await[before..])
}

#[tokio::test]
async fn sign_up_event_describes_the_user() {
    let app = app().await;
    let ada = app.person("Ada@Example.com").await;
    let created = events(&app).await;
    assert_eq!(created.len(), 1);
    assert_eq!(
        created[0],
        json!({
            "id": "evt_1_1800000000000",
            "type": "user.created",
            "timestamp": "2027-01-15T08:00:00.000Z",
            "sequence": 1,
            "data": {
                "userId": ada.user_id,
                "user": {
                    "email": ada.get(&app, "").await.json()["email"],
                    "emailVerified": false,
                    "name": "Ada",
                    "image": null,
                    "disabled": false,
                    "createdAt": "2027-01-15T08:00:00.000Z",
                    "updatedAt": "2027-01-15T08:00:00.000Z",
                },
            },
        })
    );
}

#[tokio::test]
async fn profile_changes_are_events() {
    let app = app().await;
    let browser = Browser::new(&app);
    browser.sign_up("ada@example.com").await;
    app.wait(Duration::from_secs(1));
    browser.post("update-profile", &[("name", "Grace")]).await;
    let image = json!({ "image": "https://example.com/a.png" });
    browser.post_json("/api/auth/update-user", &image).await.assert_ok();
    let events = events(&app).await;
    assert_eq!(types(&events), ["user.created", "user.updated", "user.updated"]);
    let user = |at: usize| &events[at]["data"]["user"];
    assert_eq!((&user(1)["name"], &user(1)["image"]), (&json!("Grace"), &Value::Null));
    assert_eq!(user(1)["updatedAt"], "2027-01-15T08:00:01.000Z");
    assert_eq!((&user(2)["name"], &user(2)["image"]), (&json!("Grace"), &image["image"]));
}

#[tokio::test]
async fn disabling_is_an_event() {
    let app = app().await;
    let ada = app.person("ada@example.com").await;
    app.disable(&ada.user_id).await;
    app.enable(&ada.user_id).await;
    let events = events(&app).await;
    assert_eq!(types(&events), ["user.created", "user.disabled", "session.ended user_disabled", "user.enabled"]);
    let disabled: Vec<_> = [1, 3].map(|at: usize| events[at]["data"]["user"]["disabled"].clone()).into();
    assert_eq!(disabled, [json!(true), json!(false)]);
    assert_eq!(events[2]["data"]["session"]["id"], ada.session_id());
}

#[tokio::test]
async fn every_end_of_a_session_is_an_event() {
    let app = app().await;
    let ada = app.person("ada@example.com").await;
    ada.sign_out(&app).await;
    assert_eq!(new_types(&app, 1).await, ["session.ended signed_out"]);

    let [here, there] =
        [Person::sign_in(&app, "ada@example.com").await, Person::sign_in(&app, "ada@example.com").await];
    let program = app.client();
    let one = program.post("/api/auth/revoke-session").bearer(&here.session_token);
    one.json(&json!({ "token": there.session_id() })).await.assert_ok();
    assert_eq!(new_types(&app, 2).await, ["session.ended revoked"]);

    Person::sign_in(&app, "ada@example.com").await;
    program.post("/api/auth/revoke-other-sessions").bearer(&here.session_token).await.assert_ok();
    program.post("/api/auth/revoke-sessions").bearer(&here.session_token).await.assert_ok();
    assert_eq!(new_types(&app, 3).await, ["session.ended revoked"; 2]);

    let [here, _] = [Person::sign_in(&app, "ada@example.com").await, Person::sign_in(&app, "ada@example.com").await];
    let change = json!({ "currentPassword": PASSWORD, "newPassword": NEW_PASSWORD });
    program.post("/api/auth/change-password").bearer(&here.session_token).json(&change).await.assert_ok();
    assert_eq!(new_types(&app, 5).await, ["session.ended password_changed"]);
}

#[tokio::test]
async fn reused_token_is_an_event() {
    let app = app().await;
    let browser = Browser::new(&app);
    browser.sign_up("ada@example.com").await;
    let thief = browser.stolen();
    for _ in 0..2 {
        app.wait(ROTATION_INTERVAL);
        browser.remove_cookie(ACCESS);
        browser.get("/account").await;
    }
    thief.remove_cookie(ACCESS);
    thief.get("/account").await;
    assert_eq!(new_types(&app, 1).await, ["session.ended token_reused"]);
}

#[tokio::test]
async fn surplus_session_is_an_event() {
    let app = TestApp::with(&[super::TOKEN, ("LATCHKEY_RATE_LIMIT", "off")]).await;
    let ada = app.person("ada@example.com").await;
    let first = ada.session_id().to_owned();
    for _ in 0..100 {
        app.wait(Duration::from_secs(1));
        Person::sign_in(&app, "ada@example.com").await;
    }
    let events = events(&app).await;
    assert_eq!(types(&events), ["user.created", "session.ended surplus"]);
    assert_eq!(events[1]["data"]["session"]["id"], first.as_str());
}

#[tokio::test]
async fn deletion_leaves_no_personal_data_in_events() {
    let app = app().await;
    let ada = app.person("ada@example.com").await;
    let eve = app.person("eve@example.com").await;
    app.client().patch(&ada.path("")).bearer(&ada.access_token).json(&json!({ "name": "Grace" })).await.assert_ok();
    let deletion = json!({ "password": PASSWORD }).to_string();
    let authorization = ada.bearer();
    let headers = [("authorization", authorization.as_str()), crate::support::JSON];
    assert_eq!(app.send(&format!("DELETE {}", ada.path("")), &headers, deletion).await.status, 204);
    let events = events(&app).await;
    assert_eq!(types(&events), ["user.created", "session.ended user_deleted", "user.deleted"]);
    assert_eq!(events[0]["data"]["userId"], eve.user_id.as_str());
    assert_eq!(events[2]["data"], json!({ "userId": ada.user_id }));
}

#[tokio::test]
async fn refused_change_is_no_event() {
    let app = app().await;
    let browser = Browser::new(&app);
    browser.sign_up("ada@example.com").await;
    let other = Browser::new(&app);
    other.sign_up("ADA@example.com").await;
    browser.post("change-password", &[("current_password", WRONG_PASSWORD), ("new_password", NEW_PASSWORD)]).await;
    browser.post("delete-account", &[("password", WRONG_PASSWORD)]).await;
    assert_eq!(types(&events(&app).await), ["user.created"]);
}

/// Imports a user from a file.
async fn import_eve(app: &TestApp) -> Result<Report, String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("users.csv");
    std::fs::write(&file, "id,email\neve,eve@example.com\n").expect("a file");
    let source = Source::users(&file.display().to_string(), None, Mapping::default()).await.expect("a source");
    let store = app.store().await.expect("the database is reachable");
    import(&store, source, &settings(app, None), app.now(), |_| ()).await.map_err(|error| error.to_string())
}

/// The change and its event are one transaction: without the event there is no change.
#[tokio::test]
async fn change_without_its_event_is_rolled_back() {
    let app = app().await;
    let ada = app.person("ada@example.com").await;
    let browser = Browser::new(&app);
    browser.sign_in("ada@example.com", PASSWORD).await;
    let other = Person::sign_in(&app, "ada@example.com").await;
    operate(&app, "ALTER TABLE user_events RENAME TO hidden_events").await;
    let body = json!({ "name": "Eve", "email": "eve@example.com", "password": PASSWORD });
    let refused = app.client().post("/api/auth/sign-up/email").json(&body).await;
    assert!(refused.status.is_server_error());
    let rename = app.client().patch(&ada.path("")).bearer(&ada.access_token);
    assert!(rename.json(&json!({ "name": "Grace" })).await.status.is_server_error());
    let change = json!({ "currentPassword": PASSWORD, "newPassword": NEW_PASSWORD, "revokeOtherSessions": true });
    for (path, body) in [("change-password", change), ("delete-user", json!({ "password": PASSWORD }))] {
        let request = app.client().post(&format!("/api/auth/{path}")).bearer(&ada.session_token).json(&body);
        assert!(request.await.status.is_server_error(), "{path}");
    }
    assert!(app.try_disable(&ada.user_id).await.is_err());
    assert!(import_eve(&app).await.is_err());
    browser.post("sign-out", &[]).await;
    operate(&app, "ALTER TABLE hidden_events RENAME TO user_events").await;
    assert_eq!(count(&app, "users").await, 1);
    assert_eq!(ada.get(&app, "").await.json()["name"], "Ada");
    assert!(app.has_session(&ada.session_token).await && app.has_session(&other.session_token).await);
    Person::sign_in(&app, "ada@example.com").await;
    // The sign-out took effect in memory, and its end is stored with its event as soon as possible.
    assert!(!browser.is_signed_in().await);
    app.write_queued_ends().await;
    assert_eq!(types(&events(&app).await), ["user.created", "session.ended signed_out"]);
    assert!(import_eve(&app).await.is_ok());
    assert_eq!(types(&events(&app).await), ["user.created", "session.ended signed_out", "user.created"]);
}
