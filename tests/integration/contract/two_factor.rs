//! Second factors over the contract API, as the stock client uses them.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    factors::app::{ADA, Phone, STEP, TRUSTED},
    support::{
        NEW_PASSWORD, PASSWORD, TestApp,
        browser::Browser,
        client::TestResponse,
        records::{count, details},
    },
};

async fn post(browser: &Browser, path: &str, body: Value) -> TestResponse {
    browser.post_json(&format!("/api/auth{path}"), &body).await
}

/// The status and the code of an error.
fn failure(response: &TestResponse) -> (u16, String) {
    let body = response.json();
    (response.status.as_u16(), body["code"].as_str().or(body["message"].as_str()).unwrap_or_default().to_owned())
}

/// A user with a second factor, and the user's browser.
struct Enrolled {
    browser: Browser,
    phone: Phone,
    backup_codes: Vec<String>,
}

impl Enrolled {
    async fn new(app: &TestApp) -> Self {
        let browser = Browser::new(app);
        browser.sign_up(ADA).await;
        let (phone, backup_codes) = begin(app, &browser).await;
        verify(&browser, &phone.code()).await.assert_ok();
        // The app shows a new code.
        app.wait(STEP);
        Self { browser, phone, backup_codes }
    }

    /// Another browser, after the password.
    async fn challenged(&self, app: &TestApp) -> Browser {
        let browser = Browser::new(app);
        assert_eq!(sign_in(&browser, PASSWORD).await.json()["twoFactorRedirect"], true);
        browser
    }
}

/// Begins a set-up: the app, and the backup codes.
async fn begin(app: &TestApp, browser: &Browser) -> (Phone, Vec<String>) {
    let begun = post(browser, "/two-factor/enable", json!({ "password": PASSWORD })).await;
    begun.assert_ok();
    let body = begun.json();
    assert_eq!(body["method"], "totp");
    let phone = phone(app, &body["totpURI"]);
    let codes = body["backupCodes"].as_array().expect("a list").iter();
    (phone, codes.map(|code| code.as_str().expect("a text").to_owned()).collect())
}

/// An app that has scanned the QR code.
fn phone(app: &TestApp, uri: &Value) -> Phone {
    let uri = uri.as_str().expect("a URI");
    let (_, key) = uri.split_once("secret=").expect("a key");
    Phone::with_key(app, key.split('&').next().unwrap_or(key))
}

async fn sign_in(browser: &Browser, password: &str) -> TestResponse {
    post(browser, "/sign-in/email", json!({ "email": ADA, "password": password })).await
}

async fn verify(browser: &Browser, code: &str) -> TestResponse {
    post(browser, "/two-factor/verify-totp", json!({ "code": code })).await
}

async fn use_backup_code(browser: &Browser, code: &str) -> TestResponse {
    post(browser, "/two-factor/verify-backup-code", json!({ "code": code })).await
}

/// `twoFactorEnabled` of the session's user. Null without a session.
async fn is_on(browser: &Browser) -> Value {
    browser.get("/api/auth/get-session").await.json()["user"]["twoFactorEnabled"].clone()
}

#[tokio::test]
async fn set_up_needs_the_first_code() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    let enable = async |password: &str| post(&browser, "/two-factor/enable", json!({ "password": password })).await;
    assert_eq!(failure(&enable("wrong").await), (400, "INVALID_PASSWORD".to_owned()));
    let (older, _) = begin(&app, &browser).await;
    let (phone, backup_codes) = begin(&app, &browser).await;
    assert_eq!(backup_codes.len(), 10);
    assert_eq!(is_on(&browser).await, false);
    let other = Browser::new(&app);
    sign_in(&other, PASSWORD).await.assert_ok();
    assert!(other.is_signed_in().await, "one step before the first code");
    assert_eq!(failure(&verify(&other, &phone.code()).await).1, "TOTP_NOT_ENABLED", "another session");
    assert_eq!(failure(&verify(&browser, &older.code()).await), (401, "INVALID_CODE".to_owned()), "replaced");
    let accepted = verify(&browser, &phone.code()).await;
    accepted.assert_ok();
    assert_eq!(accepted.json()["user"]["twoFactorEnabled"], true);
    assert_eq!(is_on(&browser).await, true);
    assert_eq!(failure(&enable(PASSWORD).await), (400, "TOTP_ALREADY_ENABLED".to_owned()));
}

#[tokio::test]
async fn password_alone_opens_no_session() {
    let app = TestApp::new().await;
    let ada = Enrolled::new(&app).await;
    let browser = Browser::new(&app);
    let sessions = count(&app, "sessions").await;
    let answer = sign_in(&browser, PASSWORD).await;
    assert_eq!(answer.json(), json!({ "twoFactorRedirect": true, "twoFactorMethods": ["totp"] }));
    assert!(!answer.has("set-auth-token") && !answer.body.contains("token"), "{}", answer.body);
    assert_eq!(count(&app, "sessions").await, sessions);
    assert_eq!(is_on(&browser).await, Value::Null);
    for path in ["/api/auth/token", "/api/auth/list-sessions", "/api/auth/verify"] {
        assert_eq!(browser.get(path).await.status, 401, "{path}");
    }
    assert!(!browser.is_signed_in().await);
    assert_eq!(failure(&verify(&browser, &ada.phone.wrong()).await), (401, "INVALID_CODE".to_owned()));
    let accepted = verify(&browser, &ada.phone.code()).await;
    accepted.assert_ok();
    assert_eq!(accepted.json()["token"], accepted.header("set-auth-token"));
    assert!(browser.is_signed_in().await && ada.browser.is_signed_in().await);
}

#[tokio::test]
async fn pending_sign_in_replaces_the_session() {
    let app = TestApp::new().await;
    let ada = Enrolled::new(&app).await;
    let browser = Browser::new(&app);
    browser.sign_up("eve@example.com").await;
    sign_in(&browser, PASSWORD).await.assert_ok();
    assert!(!browser.is_signed_in().await, "a code must not count for Eve");
    let accepted = verify(&browser, &ada.phone.code()).await;
    assert_eq!(accepted.json()["user"]["email"], ADA);
}

#[tokio::test]
async fn code_works_once() {
    let app = TestApp::new().await;
    let ada = Enrolled::new(&app).await;
    let used = ada.phone.code_at(-1);
    let browser = ada.challenged(&app).await;
    assert_eq!(failure(&verify(&browser, &used).await).1, "INVALID_CODE", "of the set-up");
    let code = ada.phone.code();
    verify(&browser, &code).await.assert_ok();
    let again = ada.challenged(&app).await;
    assert_eq!(failure(&verify(&again, &code).await).1, "INVALID_CODE");
    assert_eq!(failure(&verify(&browser, &code).await).1, "INVALID_CODE", "in a session");
    verify(&again, &ada.phone.code_at(1)).await.assert_ok();
}

#[tokio::test]
async fn codes_without_a_sign_in_are_refused() {
    let app = TestApp::new().await;
    let ada = Enrolled::new(&app).await;
    let code = ada.phone.code();
    let browser = Browser::new(&app);
    assert_eq!(failure(&verify(&browser, &code).await), (401, "INVALID_TWO_FACTOR_COOKIE".to_owned()));
    let backup = use_backup_code(&browser, &ada.backup_codes[0]).await;
    assert_eq!(failure(&backup), (401, "INVALID_TWO_FACTOR_COOKIE".to_owned()));
    let program = app.client().post("/api/auth/two-factor/verify-totp").json(&json!({ "code": code })).await;
    assert_eq!(failure(&program), (401, "INVALID_TWO_FACTOR_COOKIE".to_owned()));
    let late = ada.challenged(&app).await;
    app.wait(Duration::from_mins(5));
    let refused = verify(&late, &ada.phone.code()).await;
    assert_eq!(failure(&refused), (401, "INVALID_TWO_FACTOR_COOKIE".to_owned()), "after five minutes");
}

#[tokio::test]
async fn sixth_code_ends_the_sign_in() {
    let app = TestApp::with(&[("LATCHKEY_RATE_LIMIT", "off")]).await;
    let ada = Enrolled::new(&app).await;
    let browser = ada.challenged(&app).await;
    for attempt in 0..5 {
        let refused = match attempt % 2 {
            0 => verify(&browser, &ada.phone.wrong()).await,
            _ => use_backup_code(&browser, "aaaaa-aaaaa").await,
        };
        assert_eq!(refused.status, 401, "{}", refused.body);
    }
    let code = ada.phone.code();
    let sixth = verify(&browser, &code).await;
    assert_eq!(failure(&sixth), (400, "TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE".to_owned()));
    assert_eq!(failure(&verify(&browser, &code).await).1, "INVALID_TWO_FACTOR_COOKIE");
    verify(&ada.challenged(&app).await, &code).await.assert_ok();
    assert!(ada.browser.is_signed_in().await, "sessions are not affected");
}

#[tokio::test]
async fn wrong_codes_are_rate_limited() {
    let app = TestApp::new().await;
    let ada = Enrolled::new(&app).await;
    let mut refused = None;
    for _ in 0..10 {
        let browser = ada.challenged(&app).await;
        for _ in 0..5 {
            refused = Some(verify(&browser, &ada.phone.wrong()).await).filter(|answer| answer.status == 429);
            if refused.is_some() {
                break;
            }
        }
        if refused.is_some() {
            break;
        }
    }
    let refused = refused.expect("a limit across sign-ins");
    assert!(refused.has("retry-after") && refused.has("x-retry-after"));
    assert!(ada.browser.is_signed_in().await, "sessions are not affected");
}

#[tokio::test]
async fn backup_code_works_once() {
    let app = TestApp::new().await;
    let ada = Enrolled::new(&app).await;
    let code = &ada.backup_codes[0];
    let browser = ada.challenged(&app).await;
    let disabled = json!({ "code": code, "disableSession": true });
    let refused = post(&browser, "/two-factor/verify-backup-code", disabled).await;
    assert_eq!(failure(&refused), (400, "VALIDATION_ERROR".to_owned()));
    use_backup_code(&browser, &code.to_uppercase()).await.assert_ok();
    let other = ada.challenged(&app).await;
    assert_eq!(failure(&use_backup_code(&other, code).await), (401, "INVALID_BACKUP_CODE".to_owned()));
    use_backup_code(&other, &ada.backup_codes[1]).await.assert_ok();
    let in_session = use_backup_code(&ada.browser, &ada.backup_codes[2]).await;
    assert_eq!((in_session.status.as_u16(), in_session.has("set-auth-token")), (200, false));
    assert_eq!(failure(&use_backup_code(&ada.browser, &ada.backup_codes[2]).await).1, "INVALID_BACKUP_CODE");
}

#[tokio::test]
async fn new_backup_codes_replace_the_old() {
    let app = TestApp::new().await;
    let ada = Enrolled::new(&app).await;
    let generate = async |password: &str| {
        post(&ada.browser, "/two-factor/generate-backup-codes", json!({ "password": password })).await
    };
    let pending = ada.challenged(&app).await;
    assert_eq!(failure(&generate("wrong").await), (400, "INVALID_PASSWORD".to_owned()));
    let renewed = generate(PASSWORD).await;
    renewed.assert_ok();
    let new = renewed.json()["backupCodes"][0].as_str().expect("a code").to_owned();
    assert_eq!(failure(&use_backup_code(&pending, &new).await).1, "INVALID_TWO_FACTOR_COOKIE", "the factors changed");
    let browser = ada.challenged(&app).await;
    assert_eq!(failure(&use_backup_code(&browser, &ada.backup_codes[0]).await).1, "INVALID_BACKUP_CODE");
    use_backup_code(&browser, &new).await.assert_ok();
}

#[tokio::test]
async fn trusted_device_needs_one_step() {
    let app = TestApp::new().await;
    let ada = Enrolled::new(&app).await;
    let browser = ada.challenged(&app).await;
    let body = json!({ "code": ada.phone.code(), "trustDevice": true });
    post(&browser, "/two-factor/verify-totp", body).await.assert_ok();
    post(&browser, "/sign-out", json!({})).await.assert_ok();
    let answer = sign_in(&browser, PASSWORD).await;
    assert_eq!(answer.json()["user"]["twoFactorEnabled"], true, "{}", answer.body);
    let thief = Browser::new(&app);
    thief.set_cookie(TRUSTED, &browser.cookie(TRUSTED).expect("a cookie"));
    assert!(!thief.is_signed_in().await, "the cookie alone is no session");
    let change = json!({ "currentPassword": PASSWORD, "newPassword": NEW_PASSWORD });
    post(&browser, "/change-password", change).await.assert_ok();
    assert_eq!(sign_in(&browser, NEW_PASSWORD).await.json()["twoFactorRedirect"], true, "after a new password");
}

#[tokio::test]
async fn disable_needs_the_password() {
    let app = TestApp::new().await;
    let ada = Enrolled::new(&app).await;
    let disable =
        async |password: &str| post(&ada.browser, "/two-factor/disable", json!({ "password": password })).await;
    assert_eq!(failure(&disable("wrong").await), (400, "INVALID_PASSWORD".to_owned()));
    let pending = ada.challenged(&app).await;
    for _ in 0..2 {
        assert_eq!(disable(PASSWORD).await.json(), json!({ "status": true }));
    }
    assert_eq!(is_on(&ada.browser).await, false);
    let code = ada.phone.code();
    assert_eq!(failure(&verify(&pending, &code).await).1, "INVALID_TWO_FACTOR_COOKIE");
    let uri = post(&ada.browser, "/two-factor/get-totp-uri", json!({ "password": PASSWORD })).await;
    assert_eq!(failure(&uri), (400, "TOTP_NOT_ENABLED".to_owned()));
    let browser = Browser::new(&app);
    assert_eq!(sign_in(&browser, PASSWORD).await.json()["user"]["twoFactorEnabled"], false);
}

#[tokio::test]
async fn uri_needs_the_password() {
    let app = TestApp::new().await;
    let ada = Enrolled::new(&app).await;
    let uri =
        async |password: &str| post(&ada.browser, "/two-factor/get-totp-uri", json!({ "password": password })).await;
    assert_eq!(failure(&uri("wrong").await), (400, "INVALID_PASSWORD".to_owned()));
    let shown = uri(PASSWORD).await.json();
    assert_eq!(phone(&app, &shown["totpURI"]).code(), ada.phone.code());
}

#[tokio::test]
async fn messages_are_no_second_factor() {
    let app = TestApp::new().await;
    let ada = Enrolled::new(&app).await;
    let browser = ada.challenged(&app).await;
    let send = post(&browser, "/two-factor/send-otp", json!({})).await;
    assert_eq!(failure(&send), (400, "OTP_NOT_CONFIGURED".to_owned()));
    let code = json!({ "code": ada.phone.code() });
    let verify = post(&browser, "/two-factor/verify-otp", code.clone()).await;
    assert_eq!(failure(&verify), (400, "OTP_HAS_EXPIRED".to_owned()));
    let unknown = post(&Browser::new(&app), "/two-factor/verify-otp", code).await;
    assert_eq!(failure(&unknown), (401, "INVALID_TWO_FACTOR_COOKIE".to_owned()));
    let enable = json!({ "password": PASSWORD, "method": "otp" });
    let enable = post(&ada.browser, "/two-factor/enable", enable).await;
    assert_eq!(failure(&enable), (400, "OTP_NOT_CONFIGURED".to_owned()));
}

#[tokio::test]
async fn wrong_codes_are_in_the_security_log() {
    let app = TestApp::new().await;
    let ada = Enrolled::new(&app).await;
    let browser = ada.challenged(&app).await;
    verify(&browser, &ada.phone.wrong()).await;
    use_backup_code(&browser, "aaaaa-aaaaa").await;
    use_backup_code(&browser, &ada.backup_codes[0]).await.assert_ok();
    let sign_ins = details(&app, "authn_login_success").await;
    assert!(sign_ins.contains(&Some("password_recovery_code".to_owned())), "{sign_ins:?}");
}
