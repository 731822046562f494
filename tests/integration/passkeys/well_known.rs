//! The addresses where browsers and password managers look.

use serde_json::json;

use crate::support::{BASE_URL, TestApp};

#[tokio::test]
async fn endpoints_are_the_account_page() {
    let app = TestApp::new().await;
    let answer = app.send("GET /.well-known/passkey-endpoints", &[], "").await;
    answer.assert_ok();
    assert_eq!(answer.header("content-type"), "application/json");
    let page = format!("{BASE_URL}/account/security");
    assert_eq!(answer.json(), json!({ "enroll": page, "manage": page }));
}

#[tokio::test]
async fn related_origins_are_404_unless_configured() {
    let app = TestApp::new().await;
    assert_eq!(app.send("GET /.well-known/webauthn", &[], "").await.status, 404);
    let settings = [
        ("LATCHKEY_BASE_URL", "https://auth.example.com"),
        ("LATCHKEY_PASSKEY_ORIGINS", "https://app.example.org,https://example.net:8443"),
    ];
    let app = TestApp::with(&settings).await;
    let answer = app.send("GET /.well-known/webauthn", &[], "").await;
    answer.assert_ok();
    assert_eq!(answer.header("content-type"), "application/json");
    let origins = ["https://auth.example.com", "https://app.example.org", "https://example.net:8443"];
    assert_eq!(answer.json(), json!({ "origins": origins }));
}

#[tokio::test]
async fn passkeys_are_404_on_an_ip_address() {
    let app = TestApp::with(&[("LATCHKEY_BASE_URL", "http://127.0.0.1:3000")]).await;
    for line in [
        "GET /.well-known/passkey-endpoints",
        "GET /.well-known/webauthn",
        "GET /api/auth/passkey/generate-register-options",
        "GET /api/auth/passkey/generate-authenticate-options",
        "GET /api/auth/passkey/list-user-passkeys",
        "POST /api/auth/passkey/verify-authentication",
    ] {
        assert_eq!(app.send(line, &[], "").await.status, 404, "{line}");
    }
}
