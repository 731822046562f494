//! Names: which are accepted, and the reason why others are refused.

use latchkey::auth::jobs::FEED_INTERVAL;
use serde_json::json;

use crate::support::{
    PASSWORD, TestApp,
    browser::Browser,
    records::{count, operate},
};

/// Names with the reason on the page and in the APIs.
const REFUSED: [(&str, &str, &str); 7] = [
    ("Ada\nLovelace", "Write the name on one line.", "write the name on one line"),
    ("Ada\u{7}", "The name has a control character.", "remove the control characters"),
    ("\u{202e}nimda", "changes the direction of text.", "remove the characters that change the direction of text"),
    ("Ada\u{2066}", "changes the direction of text.", "remove the characters that change the direction of text"),
    ("\u{200b}\u{2060}", "The name has no visible character.", "use at least one visible character"),
    ("\u{3164}", "The name has no visible character.", "use at least one visible character"),
    ("A\u{200b}da", "The name has an invisible character.", "remove the invisible characters"),
];

const ACCEPTED: [&str; 6] =
    ["Ada 🐉", "👩\u{200d}👩\u{200d}👧", "❤\u{fe0f}", "علی\u{200c}رضا", "ක්\u{200d}රිස්ටි", "O’Brien-Смит"];

#[tokio::test]
async fn bad_name_is_refused_with_the_real_reason() {
    let app = TestApp::with(&[("LATCHKEY_RATE_LIMIT", "off")]).await;
    let ada = app.person("ada@example.com").await;
    let signed_in = Browser::new(&app);
    signed_in.sign_in("ada@example.com", PASSWORD).await;
    for (name, sentence, detail) in REFUSED {
        let visitor = Browser::new(&app);
        visitor.post("sign-up", &[("name", name), ("email", "bob@example.com"), ("password", PASSWORD)]).await;
        assert!(visitor.page("/sign-up").await.contains(sentence), "{name:?}");
        signed_in.post("update-profile", &[("name", name)]).await;
        assert!(signed_in.page("/account").await.contains(sentence), "{name:?}");

        let message = format!("[body.name] {}{}", detail[..1].to_uppercase(), &detail[1..]);
        let body = json!({ "name": name, "email": "bob@example.com", "password": PASSWORD });
        let sign_up = app.client().post("/api/auth/sign-up/email").json(&body).await;
        let body = json!({ "name": name });
        let update = app.client().post("/api/auth/update-user").bearer(&ada.session_token).json(&body).await;
        for response in [sign_up, update] {
            let expected = json!({ "code": "VALIDATION_ERROR", "message": message });
            assert_eq!((response.status.as_u16(), response.json()), (400, expected), "{name:?}");
        }
        let patch = app.client().patch(&ada.path("")).bearer(&ada.access_token).json(&body).await;
        assert_eq!(patch.problem(), "422 invalid_fields", "{name:?}");
        assert_eq!(patch.json()["errors"], json!([{ "pointer": "/name", "detail": detail }]), "{name:?}");
    }
    assert_eq!(count(&app, "users").await, 1);
}

#[tokio::test]
async fn name_in_any_script_is_kept_unchanged() {
    let app = TestApp::with(&[("LATCHKEY_RATE_LIMIT", "off")]).await;
    let ada = app.person("ada@example.com").await;
    for (number, name) in ACCEPTED.into_iter().enumerate() {
        let body = json!({ "name": name, "email": format!("person{number}@example.com"), "password": PASSWORD });
        let response = app.client().post("/api/auth/sign-up/email").json(&body).await;
        assert_eq!(response.json()["user"]["name"], name);
        let patch = app.client().patch(&ada.path("")).bearer(&ada.access_token).json(&json!({ "name": name })).await;
        assert_eq!(patch.json()["name"], name);
    }
}

#[tokio::test]
async fn stored_name_is_shown_without_bad_characters() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    operate(&app, "UPDATE users SET name = '\u{202e}Ada\u{200b} Byron'").await;
    app.wait(FEED_INTERVAL);
    assert_eq!(ada.get(&app, "").await.json()["name"], "Ada Byron");
    operate(&app, "UPDATE users SET name = '\u{200b}\u{3164}'").await;
    app.wait(FEED_INTERVAL);
    assert_eq!(ada.get(&app, "").await.json()["name"], "");
}

#[tokio::test]
async fn api_without_name_creates_a_nameless_user() {
    let app = TestApp::with(&[("LATCHKEY_JWT_CLAIMS", "email,name")]).await;
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    let response = app.client().post("/api/auth/sign-up/email").json(&body).await;
    response.assert_ok();
    assert_eq!(response.json()["user"]["name"], "");
    let token = response.json()["token"].as_str().expect("a token").to_owned();
    let verified = app.client().get("/api/auth/verify").bearer(&token).await;
    assert_eq!((verified.header("x-auth-name"), verified.header("x-auth-email")), ("", "ada@example.com"));
    let browser = Browser::new(&app);
    browser.sign_in("ada@example.com", PASSWORD).await;
    assert!(browser.page("/account").await.contains("<bdi>ada@example.com</bdi>"), "the header greets by address");
    for name in [json!(null), json!(1)] {
        let body = json!({ "name": name, "email": "bob@example.com", "password": PASSWORD });
        assert_eq!(app.client().post("/api/auth/sign-up/email").json(&body).await.status, 400, "{name}");
    }
}
