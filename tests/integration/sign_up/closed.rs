//! `LATCHKEY_SIGN_UP=closed`, and `LATCHKEY_SIGN_UP_BUDGET`.

use std::time::Duration;

use serde_json::json;

use super::{api_sign_up, form_sign_up};
use crate::support::{PASSWORD, TestApp, browser::Browser, records::count};

async fn closed() -> TestApp {
    let open = TestApp::new().await;
    open.person("ada@example.com").await;
    open.restarted_with(&[("LATCHKEY_SIGN_UP", "closed")]).await.expect("the service starts")
}

#[tokio::test]
async fn closed_sign_up_creates_no_account() {
    let app = closed().await;
    let response = api_sign_up(&app, "bob@example.com", PASSWORD).await;
    assert_eq!(response.status, 400);
    assert_eq!(
        response.json(),
        json!({ "code": "EMAIL_PASSWORD_SIGN_UP_DISABLED", "message": "Email and password sign up is not enabled" })
    );
    let taken = api_sign_up(&app, "ada@example.com", PASSWORD).await;
    assert_eq!(taken.body, response.body, "an existing account is not revealed");
    let browser = Browser::new(&app);
    let response = form_sign_up(&browser, "bob@example.com", PASSWORD).await;
    assert_eq!((response.status.as_u16(), response.header("location")), (303, "/sign-up"));
    assert!(browser.page("/sign-up").await.contains("Sign-up is closed"));
    assert_eq!(count(&app, "users").await, 1);
}

#[tokio::test]
async fn closed_sign_up_page_offers_sign_in() {
    let app = closed().await;
    let browser = Browser::new(&app);
    let page = browser.page("/sign-up?next=%2Faccount%3Fbefore%3D9").await;
    assert!(page.contains("Sign-up is closed") && !page.contains("/actions/sign-up"), "{page}");
    assert!(page.contains(r#"href="/sign-in?next=%2Faccount%3Fbefore%3D9""#), "{page}");
    for path in ["/", "/sign-in", "/no-such-page"] {
        assert!(!browser.page(path).await.contains(r#"href="/sign-up"#), "{path}");
        assert!(Browser::new(&TestApp::new().await).page(path).await.contains(r#"href="/sign-up"#), "{path}");
    }
    browser.sign_in("ada@example.com", PASSWORD).await;
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn raised_budget_admits_a_classroom() {
    let app = TestApp::with(&[("LATCHKEY_SIGN_UP_BUDGET", "55")]).await;
    for number in 0..55 {
        api_sign_up(&app, &format!("person{number}@example.com"), PASSWORD).await.assert_ok();
    }
    let refused = api_sign_up(&app, "late@example.com", PASSWORD).await;
    assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (429, "22"));
    app.wait(Duration::from_secs(22));
    api_sign_up(&app, "late@example.com", PASSWORD).await.assert_ok();
}
