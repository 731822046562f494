//! The errors of second factors and passkeys.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{assert_described, document};
use crate::{
    passkeys::app::{ADA, enrolled, registration_options, sign_in_options},
    support::{JSON, PASSWORD, TestApp, browser::Browser},
};

#[tokio::test]
async fn errors_of_second_factors_are_described() {
    let app = TestApp::new().await;
    let bearer = app.person("ada@example.com").await.session_bearer();
    let document = document(&app).await;
    for (path, body) in [
        ("/two-factor/enable", json!({})),
        ("/two-factor/enable", json!({ "password": "wrong" })),
        ("/two-factor/enable", json!({ "password": PASSWORD, "method": "otp" })),
        ("/two-factor/disable", json!({ "password": "wrong" })),
        ("/two-factor/generate-backup-codes", json!({ "password": PASSWORD })),
        ("/two-factor/get-totp-uri", json!({ "password": PASSWORD })),
        ("/two-factor/verify-totp", json!({ "code": "123456" })),
        ("/two-factor/verify-backup-code", json!({ "code": "aaaaa-aaaaa" })),
        ("/two-factor/verify-backup-code", json!({ "code": "aaaaa-aaaaa", "disableSession": true })),
    ] {
        let path = format!("/api/auth{path}");
        for headers in [vec![JSON], vec![JSON, ("authorization", bearer.as_str())]] {
            let response = app.send(&format!("POST {path}"), &headers, body.to_string()).await;
            assert_ne!(response.status, StatusCode::OK, "{path}");
            assert_described(&document, "post", &path, &response);
        }
    }
}

/// Fails unless the document describes the refusal of a POST, with the browser's cookies.
async fn assert_refusal_described(document: &Value, browser: &Browser, path: &str, body: Value, status: u16) {
    let path = format!("/api/auth/passkey/{path}");
    let response = browser.post_json(&path, &body).await;
    assert_eq!(response.status, status, "{path} {body}: {}", response.body);
    assert_described(document, "post", &path, &response);
}

#[tokio::test]
async fn errors_of_passkeys_are_described() {
    let app = TestApp::with(&[("LATCHKEY_RATE_LIMIT", "off")]).await;
    let document = document(&app).await;
    let ada = enrolled(&app, ADA).await;
    let eve = enrolled(&app, "eve@example.com").await;
    let anonymous = Browser::new(&app);
    for path in ["generate-register-options", "list-user-passkeys"] {
        let path = format!("/api/auth/passkey/{path}");
        let response = anonymous.get(&path).await;
        assert_eq!(response.status, 401);
        assert_described(&document, "get", &path, &response);
    }
    let query = "/api/auth/passkey/generate-register-options?authenticatorAttachment=x";
    let response = ada.browser.get(query).await;
    assert_described(&document, "get", "/api/auth/passkey/generate-register-options", &response);
    let (own, unknown) = (&ada.passkey["id"], "01a1fdd4-8fab-7e2d-a429-11e08750ea01");
    for (path, body, status) in [
        ("verify-registration", json!({}), 400),
        ("verify-registration", json!({ "response": {} }), 400),
        ("delete-passkey", json!({ "id": "" }), 400),
        ("delete-passkey", json!({ "id": unknown }), 404),
        ("update-passkey", json!({ "id": own, "name": "" }), 400),
        ("update-passkey", json!({ "id": unknown, "name": "x" }), 404),
        ("update-passkey", json!({ "id": eve.passkey["id"], "name": "x" }), 401),
        ("verify-authentication", json!({ "response": {} }), 400),
    ] {
        assert_refusal_described(&document, &ada.browser, path, body, status).await;
    }
    registration_options(&ada.browser).await;
    assert_refusal_described(&document, &ada.browser, "verify-registration", json!({ "response": {} }), 400).await;
    sign_in_options(&anonymous).await;
    assert_refusal_described(&document, &anonymous, "verify-authentication", json!({ "response": {} }), 400).await;
    app.wait(std::time::Duration::from_mins(20));
    for (path, body) in [("verify-registration", json!({ "response": {} })), ("delete-passkey", json!({ "id": own }))] {
        assert_refusal_described(&document, &ada.browser, path, body, 403).await;
    }
    let path = "/api/auth/passkey/generate-register-options";
    assert_described(&document, "get", path, &ada.browser.get(path).await);
}

#[tokio::test]
async fn document_lists_related_origins_if_configured() {
    let app = TestApp::with(&[
        ("LATCHKEY_BASE_URL", "https://auth.example.com"),
        ("LATCHKEY_PASSKEY_ORIGINS", "https://app.example.com"),
    ])
    .await;
    let document = document(&app).await;
    assert_eq!(document["paths"]["/.well-known/webauthn"]["get"]["operationId"], "getRelatedOrigins");
}
