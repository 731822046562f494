//! The OpenAPI document describes every route and every error.

mod factors;

use std::{collections::BTreeSet, fs, path::Path};

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::{JSON, TestApp, client::TestResponse};

/// The setting that adds magic links and codes.
const BY_MAIL: (&str, &str) = ("LATCHKEY_EMAIL_SIGN_IN", "on");

async fn document(app: &TestApp) -> Value {
    app.send("GET /api/openapi.json", &[], "").await.json()
}

/// Every operation with its method and path.
fn operations(document: &Value) -> Vec<(String, String, &Value)> {
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            operations.push((method.to_uppercase(), path.clone(), operation));
        }
    }
    operations
}

#[tokio::test]
async fn document_lists_every_operation() {
    let app = TestApp::new().await;
    let document = document(&app).await;
    let lines: Vec<_> = operations(&document)
        .iter()
        .map(|(method, path, operation)| {
            format!("{method} {path} {}", operation["operationId"].as_str().expect("an id"))
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    GET /.well-known/jwks.json getKeys
    GET /.well-known/oauth-authorization-server getMetadata
    GET /.well-known/passkey-endpoints getPasskeyEndpoints
    POST /api/auth/change-email changeEmail
    POST /api/auth/change-password changePassword
    POST /api/auth/delete-user deleteUser
    GET /api/auth/delete-user/callback deleteUserByLink
    GET /api/auth/get-session getSession
    GET /api/auth/jwks getContractKeys
    GET /api/auth/list-accounts listAccounts
    GET /api/auth/list-sessions listSessions
    GET /api/auth/ok ok
    POST /api/auth/passkey/delete-passkey deletePasskey
    GET /api/auth/passkey/generate-authenticate-options generatePasskeyAuthenticationOptions
    GET /api/auth/passkey/generate-register-options generatePasskeyRegistrationOptions
    GET /api/auth/passkey/list-user-passkeys listPasskeys
    POST /api/auth/passkey/update-passkey updatePasskey
    POST /api/auth/passkey/verify-authentication verifyPasskeyAuthentication
    POST /api/auth/passkey/verify-registration verifyPasskeyRegistration
    POST /api/auth/request-password-reset requestPasswordReset
    POST /api/auth/reset-password resetPassword
    GET /api/auth/reset-password/{token} followResetLink
    POST /api/auth/revoke-other-sessions revokeOtherSessions
    POST /api/auth/revoke-session revokeSession
    POST /api/auth/revoke-sessions revokeSessions
    POST /api/auth/send-verification-email sendVerificationEmail
    POST /api/auth/sign-in/email signIn
    POST /api/auth/sign-out signOut
    POST /api/auth/sign-up/email signUp
    GET /api/auth/token getAccessToken
    POST /api/auth/two-factor/disable disableTwoFactor
    POST /api/auth/two-factor/enable enableTwoFactor
    POST /api/auth/two-factor/generate-backup-codes generateBackupCodes
    POST /api/auth/two-factor/get-totp-uri getTotpUri
    POST /api/auth/two-factor/verify-backup-code verifyBackupCode
    POST /api/auth/two-factor/verify-totp verifyTotp
    POST /api/auth/update-user updateUser
    GET /api/auth/verify verifyForwarded
    GET /api/auth/verify-email verifyEmail
    POST /api/auth/verify-password verifyPassword
    GET /api/events listUserEvents
    GET /api/openapi.json getDescription
    DELETE /api/users/{user_id} deleteAccount
    GET /api/users/{user_id} getProfile
    PATCH /api/users/{user_id} updateProfile
    GET /api/users/{user_id}/events listEvents
    DELETE /api/users/{user_id}/sessions endOtherSessions
    GET /api/users/{user_id}/sessions listOwnSessions
    DELETE /api/users/{user_id}/sessions/{session_id} endSession
    GET /healthz alive
    GET /readyz ready
    ");
}

#[tokio::test]
async fn document_lists_sign_in_by_mail_if_on() {
    let (off, on) = (TestApp::new().await, TestApp::with(&[BY_MAIL]).await);
    let (off, on) = (document(&off).await, document(&on).await);
    let names = |document: &Value| -> BTreeSet<String> {
        let operations = operations(document);
        operations
            .iter()
            .map(|(method, path, operation)| format!("{method} {path} {}", operation["operationId"]))
            .collect()
    };
    let added: Vec<_> = names(&on).difference(&names(&off)).map(|line| line.replace('"', "")).collect();
    insta::assert_snapshot!(added.join("\n"), @r"
    GET /api/auth/magic-link/verify verifyMagicLink
    POST /api/auth/email-otp/check-verification-otp checkVerificationOtp
    POST /api/auth/email-otp/request-password-reset requestPasswordResetOtp
    POST /api/auth/email-otp/reset-password resetPasswordOtp
    POST /api/auth/email-otp/send-verification-otp sendVerificationOtp
    POST /api/auth/email-otp/verify-email verifyEmailOtp
    POST /api/auth/forget-password/email-otp forgetPasswordOtp
    POST /api/auth/sign-in/email-otp signInEmailOtp
    POST /api/auth/sign-in/magic-link signInMagicLink
    ");
}

#[tokio::test]
async fn errors_of_sign_in_by_mail_are_described() {
    let app = TestApp::with(&[BY_MAIL]).await;
    let document = document(&app).await;
    let evil = r#"{"email":"ada@example.com","callbackURL":"https://evil.example"}"#;
    for (method, path, query, body) in [
        ("post", "/sign-in/magic-link", "", "{}"),
        ("post", "/sign-in/magic-link", "", evil),
        ("post", "/sign-in/email-otp", "", r#"{"email":"ada@example.com","otp":"123456"}"#),
        ("post", "/email-otp/send-verification-otp", "", r#"{"email":"ada","type":"sign-in"}"#),
        ("post", "/email-otp/send-verification-otp", "", r#"{"email":"ada@example.com","type":"change-email"}"#),
        ("post", "/email-otp/check-verification-otp", "", r#"{"email":"a@b.org","otp":"123456","type":"sign-in"}"#),
        ("post", "/email-otp/verify-email", "", r#"{"email":"ada","otp":"123456"}"#),
        ("post", "/email-otp/verify-email", "", r#"{"email":"ada@example.com","otp":"123456"}"#),
        ("post", "/email-otp/request-password-reset", "", "{}"),
        ("post", "/forget-password/email-otp", "", "{}"),
        ("post", "/email-otp/reset-password", "", r#"{"email":"a@b.org","otp":"1","password":"short"}"#),
        (
            "post",
            "/email-otp/reset-password",
            "",
            r#"{"email":"a@b.org","otp":"1","password":"amber walrus teapot 24"}"#,
        ),
        ("get", "/magic-link/verify", "", ""),
        ("get", "/magic-link/verify", "?token=x&newUserCallbackURL=https%3A%2F%2Fevil.example", ""),
        ("get", "/magic-link/verify", "?token=x", ""),
    ] {
        let (line, path) = (format!("{} /api/auth{path}{query}", method.to_uppercase()), format!("/api/auth{path}"));
        let response = app.send(&line, &[JSON], body.to_owned()).await;
        assert_ne!(response.status, StatusCode::OK, "{line}");
        assert_described(&document, method, &path, &response);
    }
}

#[tokio::test]
async fn operations_have_unique_ids_and_a_tag() {
    let app = TestApp::with(&[BY_MAIL]).await;
    let document = document(&app).await;
    assert!(document["openapi"].as_str().expect("a version").starts_with("3.1."));
    let tags: Vec<_> = document["tags"].as_array().expect("tags").iter().map(|tag| &tag["name"]).collect();
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        assert!(ids.insert(operation["operationId"].to_string()), "{method} {path}");
        assert!(tags.contains(&&operation["tags"][0]), "{method} {path}");
        assert!(operation["summary"].is_string() && operation["security"].is_array(), "{method} {path}");
        for (status, response) in operation["responses"].as_object().expect("responses") {
            assert!(response["description"].is_string(), "{method} {path} {status}");
            assert!(response["headers"]["X-Request-Id"].is_object(), "{method} {path} {status}");
        }
    }
}

#[tokio::test]
async fn bodies_are_json_and_errors_are_shared() {
    let app = TestApp::with(&[BY_MAIL]).await;
    let document = document(&app).await;
    for (method, path, operation) in operations(&document) {
        let body = &operation["requestBody"]["content"];
        let types: Vec<_> = body.as_object().into_iter().flat_map(|types| types.keys()).collect();
        assert!(types.iter().all(|name| *name == "application/json"), "{method} {path}: {types:?}");
        for (status, response) in operation["responses"].as_object().expect("responses") {
            let error = status.starts_with(['4', '5']);
            for (media_type, content) in response["content"].as_object().into_iter().flatten() {
                let shared = content["schema"]["$ref"].is_string() || media_type == "text/plain";
                assert!(shared || !error, "{method} {path} {status}: {content}");
            }
        }
    }
    let schemas = document["components"]["schemas"].as_object().expect("schemas");
    assert!(schemas.len() < 85, "{} schemas", schemas.len());
}

#[tokio::test]
async fn unavailable_operations_are_only_on_the_page() {
    let app = TestApp::new().await;
    let document = document(&app).await;
    for path in ["/api/auth/sign-in/social", "/api/auth/callback/{id}"] {
        assert!(document["paths"][path].is_null(), "{path}");
    }
    assert!(document["paths"]["/api/auth/get-session"]["post"].is_null());
    let page = app.send("GET /docs", &[], "").await;
    assert!(page.body.contains("/api/auth/sign-in/social"));
}

#[tokio::test]
async fn references_resolve() {
    let app = TestApp::with(&[BY_MAIL]).await;
    let document = document(&app).await;
    let mut unresolved = Vec::new();
    visit_members(&document, &mut |name, value| {
        let pointer = value.as_str().and_then(|text| text.strip_prefix('#')).filter(|_| name == "$ref");
        if pointer.is_some_and(|pointer| document.pointer(pointer).is_none()) {
            unresolved.push(value.clone());
        }
    });
    assert!(unresolved.is_empty(), "{unresolved:#?}");
}

fn visit_members(value: &Value, visit: &mut impl FnMut(&str, &Value)) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                visit(name, member);
                visit_members(member, visit);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| visit_members(item, visit)),
        _ => {}
    }
}

/// `routes!` adds a handler with its description. A plain `route` is only for pages, files, and handlers of
/// every method.
#[test]
fn api_routes_are_all_described() {
    let http = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http");
    let mut folders = vec![http];
    let (mut plain, mut undescribed) = (0, Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a readable folder") {
            let path = entry.expect("a readable folder").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).expect("a source file");
            let code = text.lines().take_while(|line| *line != "#[cfg(test)]");
            for line in code.filter(|line| line.contains(".route(\"")) {
                plain += 1;
                let allowed = ["pages::", "error_page::", "forms::", "assets::", "scripts::", "any("]
                    .iter()
                    .any(|handler| line.contains(handler));
                if !allowed {
                    undescribed.push(format!("{}: {}", path.display(), line.trim()));
                }
            }
        }
    }
    assert!(plain > 10, "{plain} plain routes");
    assert!(undescribed.is_empty(), "{undescribed:#?}");
}

/// Fails unless the document describes this response: status, media type, code and headers.
fn assert_described(document: &Value, method: &str, path: &str, response: &TestResponse) {
    let status = response.status.as_str();
    let described = &document["paths"][path][method]["responses"][status];
    assert!(described.is_object(), "{method} {path} does not describe {status}: {}", response.body);
    if response.body.is_empty() {
        assert!(described["content"].is_null(), "{method} {path} {status} has a body");
        return;
    }
    let content = &described["content"][response.header("content-type")];
    assert!(content.is_object(), "{method} {path} {status} has another media type");
    let code = response.json()["code"].as_str().unwrap_or("no-code").to_owned();
    assert!(content["examples"][&code].is_object(), "{method} {path} {status} has no {code}");
    for header in ["retry-after", "x-retry-after", "www-authenticate"] {
        let headers = described["headers"].as_object().expect("headers").keys();
        let known = headers.map(|name| name.to_lowercase()).any(|name| name == header);
        assert!(known || !response.has(header), "{method} {path} {status} does not describe {header}");
    }
}

#[tokio::test]
async fn rate_limit_and_outage_errors_are_described() {
    let app = TestApp::new().await;
    let document = document(&app).await;
    let body = json!({ "email": "ada@example.com", "password": "wrong" }).to_string();
    let mut response = app.send("POST /api/auth/sign-in/email", &[JSON], body.clone()).await;
    for _ in 0..50 {
        assert_described(&document, "post", "/api/auth/sign-in/email", &response);
        if response.status == StatusCode::TOO_MANY_REQUESTS {
            break;
        }
        response = app.send("POST /api/auth/sign-in/email", &[JSON], body.clone()).await;
    }
    assert_eq!(response.status, StatusCode::TOO_MANY_REQUESTS);

    let app = TestApp::without_database().await;
    let bearer =
        ("authorization", "Bearer 0197a2f0-0000-7000-8000-000000000000.DvhhGFpD7jNdVnbBgMu-3hHc28bWh8tFoqFltfZk8-4");
    let response = app.send("GET /api/auth/list-sessions", &[bearer], "").await;
    assert!(response.status.is_server_error(), "{}", response.body);
    assert_described(&document, "get", "/api/auth/list-sessions", &response);
    let response = app.send("POST /api/auth/sign-in/email", &[JSON], body).await;
    assert!(response.status.is_server_error(), "{}", response.body);
    assert_described(&document, "post", "/api/auth/sign-in/email", &response);
}

#[tokio::test]
async fn early_errors_are_described() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let document = document(&app).await;
    let large = format!(r#"{{"name":"{}"}}"#, "x".repeat(17 * 1024));
    let bearer = ada.bearer();
    let bearer = ("authorization", bearer.as_str());
    let cross_site = [("cookie", "a=b"), ("origin", "https://evil.example"), ("sec-fetch-site", "cross-site"), JSON];
    for (method, path, headers, body) in [
        ("patch", "/api/users/{user_id}", vec![bearer, JSON], large.as_str()),
        ("patch", "/api/users/{user_id}", vec![bearer, JSON], "{"),
        ("patch", "/api/users/{user_id}", vec![bearer], "x"),
        ("patch", "/api/users/{user_id}", vec![bearer, JSON], r#"{"name":1}"#),
        ("patch", "/api/users/{user_id}", vec![bearer, JSON], r#"{"name":"a\nb"}"#),
        ("patch", "/api/users/{user_id}", vec![JSON], "{}"),
        ("patch", "/api/users/{user_id}", vec![("authorization", "Bearer x"), JSON], "{}"),
        ("patch", "/api/users/{user_id}", cross_site.to_vec(), "{}"),
        ("get", "/api/users/{user_id}/events", vec![bearer], large.as_str()),
        ("post", "/api/auth/sign-up/email", vec![JSON], large.as_str()),
        ("post", "/api/auth/sign-up/email", vec![JSON], "{"),
        ("post", "/api/auth/sign-up/email", vec![("content-type", "text/plain")], "x"),
        ("post", "/api/auth/sign-up/email", cross_site.to_vec(), "{}"),
        ("post", "/api/auth/sign-up/email", vec![JSON], r#"{"callbackURL":1}"#),
        ("post", "/api/auth/sign-up/email", vec![JSON], r#"{"callbackURL":"https://evil.example"}"#),
        ("post", "/api/auth/update-user", vec![JSON], "{}"),
        ("post", "/api/auth/revoke-session", vec![JSON], "{}"),
        ("get", "/api/openapi.json", vec![JSON], large.as_str()),
    ] {
        let line = format!("{} {}", method.to_uppercase(), path.replace("{user_id}", &ada.user_id));
        let response = app.send(&line, &headers, body.to_owned()).await;
        assert!(response.status.is_client_error(), "{line} {body:.40}: {} {}", response.status, response.body);
        assert_described(&document, method, path, &response);
    }
}

#[tokio::test]
async fn document_supports_etag() {
    let app = TestApp::new().await;
    let first = app.send("GET /api/openapi.json", &[], "").await;
    assert_eq!(first.header("content-type"), "application/json");
    assert_eq!(first.header("cache-control"), "no-cache");
    let again = app.send("GET /api/openapi.json", &[("if-none-match", first.header("etag"))], "").await;
    assert_eq!((again.status, again.body.as_str()), (StatusCode::NOT_MODIFIED, ""));
    let wrong = app.send("POST /api/openapi.json", &[], "").await;
    assert_eq!(wrong.problem(), "405 method_not_allowed");
    assert_eq!(wrong.header("allow"), "GET,HEAD");
}

#[tokio::test]
async fn document_follows_the_settings() {
    let settings = [("LATCHKEY_BASE_URL", "https://auth.example.com"), ("LATCHKEY_PASSWORD_MIN_LENGTH", "12")];
    let app = TestApp::with(&settings).await;
    let document = document(&app).await;
    assert_eq!(document["servers"], json!([{ "url": "https://auth.example.com" }]));
    assert_eq!(document["components"]["securitySchemes"]["sessionCookie"]["name"], "__Host-latchkey_session");
    assert_eq!(document["components"]["schemas"]["NewPassword"]["minLength"], 12);
}

#[tokio::test]
async fn reference_page_shows_every_operation() {
    let app = TestApp::new().await;
    let document = document(&app).await;
    let page = app.send("GET /docs", &[], "").await;
    assert_eq!(page.status, StatusCode::OK);
    for (method, path, operation) in operations(&document) {
        let id = operation["operationId"].as_str().expect("an id");
        assert!(page.body.contains(&format!("id=\"{id}\"")), "{method} {path}");
        assert!(page.body.contains(&format!("href=\"#{id}\"")), "{method} {path}");
    }
    assert!(!page.body.contains("<script") && !page.body.contains(" style="));
}
