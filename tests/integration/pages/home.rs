//! Where `/`, sign-in and sign-out lead.

use axum::http::StatusCode;

use crate::support::{PASSWORD, TestApp, browser::Browser};

const TRUST: (&str, &str) = ("LATCHKEY_TRUSTED_ORIGINS", "https://app.example.com");
const APP: &str = "https://app.example.com/tasks";

async fn signed_in(app: &TestApp) -> Browser {
    let browser = Browser::new(app);
    browser.sign_up("ada@example.com").await;
    browser
}

/// The origins to which forms of the page may lead.
async fn form_action(browser: &Browser, path: &str) -> String {
    let response = browser.get(path).await;
    let policy = response.header("content-security-policy");
    policy.split("form-action ").nth(1).and_then(|rest| rest.split(';').next()).expect("a directive").to_owned()
}

#[tokio::test]
async fn start_page_depends_on_the_session() {
    let app = TestApp::new().await;
    let visitor = Browser::new(&app).get("/").await;
    assert!(visitor.status == StatusCode::OK && visitor.body.contains("href=\"/sign-up\""));
    let response = signed_in(&app).await.get("/").await;
    assert_eq!((response.status, response.header("location")), (StatusCode::SEE_OTHER, "/account"));
}

#[tokio::test]
async fn home_setting_replaces_the_account_page() {
    for (setting, home) in [("/tasks?all", "/tasks?all"), (APP, APP), ("http://localhost:3000/tasks", "/tasks")] {
        let app = TestApp::with(&[TRUST, ("LATCHKEY_HOME", setting)]).await;
        let browser = Browser::new(&app);
        assert_eq!(browser.get("/").await.status, StatusCode::OK, "visitors see the start page");
        assert_eq!(browser.sign_up("ada@example.com").await.header("location"), home);
        for path in ["/", "/sign-in", "/sign-up"] {
            assert_eq!(browser.get(path).await.header("location"), home, "{path}");
        }
        assert_eq!(browser.get("/sign-in?next=%2Faccount").await.header("location"), "/account");
        let other = Browser::new(&app);
        assert_eq!(other.sign_in("ada@example.com", PASSWORD).await.header("location"), home);
        assert!(browser.is_signed_in().await, "the account page remains");
    }
}

#[tokio::test]
async fn home_on_start_page_does_not_redirect() {
    for home in ["/", "/?welcome", "http://localhost:3000", "http://localhost:3000/#top"] {
        let app = TestApp::with(&[("LATCHKEY_HOME", home)]).await;
        let browser = signed_in(&app).await;
        let page = browser.get("/").await;
        assert_eq!(page.status, StatusCode::OK, "{home}");
        assert!(page.body.contains("Go to your account"));
    }
}

#[tokio::test]
async fn home_on_other_origin_is_in_form_action() {
    let app = TestApp::with(&[TRUST, ("LATCHKEY_HOME", APP)]).await;
    let browser = Browser::new(&app);
    for path in ["/sign-in", "/sign-up?next=%2Faccount"] {
        assert_eq!(form_action(&browser, path).await, "'self' https://app.example.com");
    }
    browser.sign_up("ada@example.com").await;
    assert_eq!(form_action(&browser, "/account").await, "'self'");
}

#[tokio::test]
async fn sign_out_leads_to_sign_in_with_a_notice() {
    let app = TestApp::new().await;
    let browser = signed_in(&app).await;
    assert_eq!(form_action(&browser, "/account").await, "'self'");
    let response = browser.post("sign-out", &[]).await;
    assert_eq!((response.status, response.header("location")), (StatusCode::SEE_OTHER, "/sign-in"));
    assert!(browser.page("/sign-in").await.contains("You’re signed out."));
}

#[tokio::test]
async fn after_sign_out_setting_replaces_sign_in() {
    for (setting, page, notice) in [(APP, APP, false), ("/bye", "/bye", true), ("http://localhost:3000/x", "/x", true)]
    {
        let app = TestApp::with(&[TRUST, ("LATCHKEY_AFTER_SIGN_OUT", setting)]).await;
        let browser = signed_in(&app).await;
        browser.get("/account").await;
        let response = browser.post("sign-out", &[]).await;
        assert_eq!(response.header("location"), page);
        assert!(response.clears_session());
        let shown = browser.page("/sign-in").await.contains("You’re signed out.");
        assert_eq!(shown, notice, "another site cannot show the notice");
    }
}

#[tokio::test]
async fn after_sign_out_origin_is_in_form_action() {
    let app = TestApp::with(&[TRUST, ("LATCHKEY_AFTER_SIGN_OUT", APP)]).await;
    let browser = signed_in(&app).await;
    for path in ["/account", "/docs", "/no-such-page"] {
        assert_eq!(form_action(&browser, path).await, "'self' https://app.example.com", "{path} has a sign-out button");
    }
    assert_eq!(form_action(&Browser::new(&app), "/sign-in").await, "'self'");
}
