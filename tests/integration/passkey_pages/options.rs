//! The options for the script of the pages.

use super::app::{ADA, answer, options};
use crate::support::{BASE_URL, FORM, TestApp, browser::Browser};

#[tokio::test]
async fn options_are_bare_and_bound_to_the_browser() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    let answer = answer(&browser, "sign-in-passkey", &[]).await;
    answer.assert_ok();
    assert_eq!(answer.header("cache-control"), "no-store");
    let options = answer.json()["options"].clone();
    assert!(options["challenge"].is_string() && options["rpId"] == "localhost", "{options}");
    assert_eq!(
        (&options["userVerification"], &options["allowCredentials"]),
        (&"required".into(), &serde_json::Value::Null)
    );
    let cookie = answer.set_cookie("latchkey_passkey_sign_in").expect("a cookie");
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=300"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
}

#[tokio::test]
async fn options_of_new_passkey_need_verification() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    let options = options(&browser, "sign-up-passkey", &[("email", ADA), ("name", "Ada")]).await;
    let selection = &options["authenticatorSelection"];
    assert_eq!((&selection["residentKey"], &selection["userVerification"]), (&"required".into(), &"required".into()));
    assert_eq!(options["user"]["displayName"], "Ada");
}

#[tokio::test]
async fn options_for_another_site_are_refused() {
    let app = TestApp::new().await;
    for action in ["sign-in-passkey", "sign-up-passkey", "second-step-passkey", "add-passkey"] {
        let line = format!("POST /actions/{action}/options");
        let response =
            app.send(&line, &[FORM, ("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")], "").await;
        assert_eq!(response.status, 403, "{action}");
        let response = app.send(&line, &[FORM, ("origin", BASE_URL)], "email=%ff&email=x").await;
        assert!(response.status.is_client_error() || response.status == 200, "{action}: {}", response.status);
        response.assert_no_internals();
    }
}

#[tokio::test]
async fn conditional_request_changes_no_page() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    let conditional = [("mediation", "conditional")];
    assert_eq!(answer(&browser, "add-passkey", &conditional).await.status, 204);
    assert!(options(&browser, "sign-in-passkey", &conditional).await["challenge"].is_string());
    assert!(!browser.page("/sign-in").await.contains("role=\"alert\""));
}
