//! The script of passkeys, and the pages that load it.

use crate::support::{TestApp, browser::Browser};

/// The path of the script on a page.
fn script(page: &str) -> Option<String> {
    let (_, rest) = page.split_once("src=\"/scripts/")?;
    Some(format!("/scripts/{}", rest.split('"').next()?))
}

#[tokio::test]
async fn script_is_served_and_kept() {
    let app = TestApp::new().await;
    let path = script(&Browser::new(&app).page("/sign-in").await).expect("a script");
    let response = app.send(&format!("GET {path}"), &[], "").await;
    response.assert_ok();
    assert_eq!(response.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(response.header("cache-control"), "public, max-age=31536000, immutable");
    assert!(response.body.contains("isConditionalMediationAvailable"));
    let compressed = app.send(&format!("GET {path}"), &[("accept-encoding", "br")], "").await;
    assert_eq!((compressed.header("content-encoding"), compressed.header("vary")), ("br", "accept-encoding"));
    assert_eq!(app.send("GET /scripts/passkeys.0.js", &[], "").await.status, 404);
}

#[tokio::test]
async fn only_pages_with_passkeys_load_the_script() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    for path in ["/sign-in", "/sign-up"] {
        let response = browser.get(path).await;
        assert!(script(&response.body).is_some(), "{path}");
        let policy = response.header("content-security-policy");
        assert!(policy.contains("script-src 'self' 'nonce-") && policy.contains("connect-src 'self'"), "{policy}");
        let allowed = response.header("permissions-policy");
        assert!(allowed.contains("publickey-credentials-get=(self)"), "{allowed}");
        assert!(allowed.contains("publickey-credentials-create=(self)"), "{allowed}");
    }
    for path in ["/", "/docs", "/forgot-password", "/no-such-page"] {
        assert_eq!(script(&browser.page(path).await), None, "{path}");
    }
    browser.sign_up("ada@example.com").await;
    for (path, expected) in [("/account/security", true), ("/account/sessions", false), ("/account/activity", false)] {
        assert_eq!(script(&browser.page(path).await).is_some(), expected, "{path}");
    }
}

#[tokio::test]
async fn pages_show_nothing_useless_without_script() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    for (path, label) in [("/sign-in", "Sign in with a passkey"), ("/sign-up", "Create account with a passkey")] {
        let page = browser.page(path).await;
        let before = page.split(label).next().expect("the page before the button");
        let group = before.rsplit("<div").next().expect("the group of the button");
        assert!(group.contains("class=\"passkey if-passkeys\""), "{group}");
    }
    browser.sign_up("ada@example.com").await;
    let page = browser.page("/account/security").await;
    assert!(page.contains("<p class=\"explain if-no-script\">Passkeys need JavaScript."), "{page}");
    assert!(page.contains("if-no-passkeys\">This browser has no passkeys."), "{page}");
}

#[tokio::test]
async fn ip_address_offers_no_passkeys() {
    let app = TestApp::with(&[("LATCHKEY_BASE_URL", "http://127.0.0.1:3000")]).await;
    let browser = Browser::at(&app, "http://127.0.0.1:3000", crate::support::browser::ADDRESS);
    for path in ["/sign-in", "/sign-up"] {
        let page = browser.page(path).await;
        assert!(!page.contains("passkey") && !page.contains("webauthn"), "{page}");
    }
    browser.sign_up("ada@example.com").await;
    assert!(!browser.page("/account/security").await.contains("add-passkey"));
}

#[tokio::test]
async fn recovery_codes_have_copy_and_print() {
    let app = TestApp::new().await;
    let ada = crate::factors::app::protected(&app).await;
    assert!(!ada.browser.page("/account/recovery-codes").await.contains("data-codes"));
    let answer = ada.browser.post("renew-recovery-codes", &[]).await;
    let response = ada.browser.get(answer.header("location")).await;
    let page = &response.body;
    for button in [r#"data-codes="copy" hidden>Copy"#, r#"data-codes="print" hidden>Print"#] {
        assert!(page.contains(button), "{button} in {page}");
    }
    let nonce = response.header("content-security-policy").split("'nonce-").nth(1).expect("a nonce");
    let nonce = nonce.split('\'').next().expect("a nonce");
    assert!(page.contains(&format!("<script nonce=\"{nonce}\">for (const button")), "{page}");
}
