//! Bodies that are no request for a passkey.

use serde_json::{Value, json};

use super::app::{
    ADA, SIGN_IN, UNLIMITED, enrolled, outcome, post, registration_options, sign_in_options, verify_registration,
    verify_sign_in,
};
use crate::support::{JSON, TestApp, authenticator::Authenticator, browser::Browser};

#[tokio::test]
async fn response_that_is_no_object_is_invalid() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let mut ada = enrolled(&app, ADA).await;
    let browser = Browser::new(&app);
    let sign_in = sign_in_options(&browser).await;
    let registration = registration_options(&ada.browser).await;
    for response in [Value::Null, json!("x"), json!(7), json!([]), json!(true)] {
        let answer = post(&browser, "verify-authentication", json!({ "response": response })).await;
        assert_eq!(outcome(&answer), "400 VALIDATION_ERROR", "{response}");
    }
    for body in [json!({}), json!([]), json!("x"), Value::Null] {
        assert_eq!(outcome(&post(&browser, "verify-authentication", body.clone()).await), "400 VALIDATION_ERROR");
        assert_eq!(outcome(&post(&ada.browser, "verify-registration", body).await), "400 VALIDATION_ERROR");
    }
    // Such a body is no response to the challenge, which stays.
    verify_sign_in(&browser, ada.phone.sign(&sign_in).json()).await.assert_ok();
    verify_registration(&ada.browser, Authenticator::synced().register(&registration).json()).await.assert_ok();
}

#[tokio::test]
async fn empty_response_does_not_verify() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let ada = enrolled(&app, ADA).await;
    for response in [json!({}), Value::Null, json!("x"), json!(7), json!([])] {
        registration_options(&ada.browser).await;
        let refused = verify_registration(&ada.browser, response.clone()).await;
        assert_eq!(outcome(&refused), "400 FAILED_TO_VERIFY_REGISTRATION", "{response}");
    }
    let browser = Browser::new(&app);
    sign_in_options(&browser).await;
    assert_eq!(outcome(&verify_sign_in(&browser, json!({})).await), "400 AUTHENTICATION_FAILED");
}

#[tokio::test]
async fn huge_body_is_413() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let mut ada = enrolled(&app, ADA).await;
    let browser = Browser::new(&app);
    let mut response = ada.phone.sign(&sign_in_options(&browser).await);
    response.auth.rest = vec![0; 20_000];
    assert_eq!(outcome(&verify_sign_in(&browser, response.json()).await), "413 PAYLOAD_TOO_LARGE");
    assert!(browser.cookie(SIGN_IN).is_some());
    let mut response = Authenticator::synced().register(&registration_options(&ada.browser).await);
    response.auth.rest = vec![0; 20_000];
    assert_eq!(outcome(&verify_registration(&ada.browser, response.json()).await), "413 PAYLOAD_TOO_LARGE");
}

#[tokio::test]
async fn deep_json_is_malformed() {
    let app = TestApp::with(&[UNLIMITED]).await;
    for path in ["verify-authentication", "verify-registration"] {
        let body = format!(r#"{{"response":{}}}"#, "[".repeat(8_000));
        let answer = app.send(&format!("POST /api/auth/passkey/{path}"), &[JSON], body).await;
        assert_eq!(outcome(&answer), "400 BAD_REQUEST", "{path}");
    }
}

#[tokio::test]
async fn forms_are_no_json() {
    let app = TestApp::new().await;
    for path in ["verify-authentication", "verify-registration", "delete-passkey", "update-passkey"] {
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let answer = app.send(&format!("POST /api/auth/passkey/{path}"), &headers, "response=x").await;
        assert_eq!(outcome(&answer), "415 UNSUPPORTED_MEDIA_TYPE", "{path}");
    }
}

#[tokio::test]
async fn other_methods_are_404() {
    let app = TestApp::new().await;
    for line in [
        "POST /api/auth/passkey/generate-register-options",
        "POST /api/auth/passkey/generate-authenticate-options",
        "HEAD /api/auth/passkey/generate-authenticate-options",
        "GET /api/auth/passkey/verify-authentication",
        "POST /api/auth/passkey/list-user-passkeys",
        "DELETE /api/auth/passkey/delete-passkey",
        "GET /api/auth/passkey",
        "GET /api/auth/passkey/",
    ] {
        let answer = app.send(line, &[], "").await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (404, ""), "{line}");
    }
}
