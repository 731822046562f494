//! The development mailbox at `/dev/mailbox`.

use axum::http::StatusCode;

use super::inbox::{link, newest, person, request_link};
use crate::support::{TestApp, browser::Browser, log::CapturedLog};

const ADA: &str = "ada@example.com";

#[tokio::test]
async fn mailbox_shows_both_forms_of_a_message() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    assert!(browser.page("/dev/mailbox").await.contains("There are no messages"));
    person(&app, ADA).await;
    request_link(&browser, ADA).await;
    let message = newest(&app, ADA).await.expect("a message");
    let path = format!("/dev/mailbox/{}", message.id);
    let list = browser.page("/dev/mailbox").await;
    assert!(list.contains(&path) && list.contains(ADA) && list.contains(&message.subject), "{list}");

    let page = browser.get(&path).await;
    assert!(page.body.contains(&link(&message)), "{}", page.body);
    assert!(page.header("content-security-policy").contains("frame-src 'self'"));
    let html = browser.get(&format!("{path}/html")).await;
    assert!(html.body.contains("Set a new password") && html.body.contains(&link(&message)), "{}", html.body);
    let policy = html.header("content-security-policy");
    assert!(
        policy.contains("default-src 'none'") && policy.contains("sandbox ") && !policy.contains("script"),
        "{policy}"
    );
    assert_eq!(html.header("x-frame-options"), "SAMEORIGIN");
    for unknown in ["x", "018bcfe5-6800-7000-8000-000000000000"] {
        assert_eq!(browser.get(&format!("/dev/mailbox/{unknown}")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(browser.get(&format!("/dev/mailbox/{unknown}/html")).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn mailbox_is_hidden_from_other_host_names() {
    let app = TestApp::new().await;
    for (host, status) in
        [("localhost:3000", 200), ("127.0.0.1:3000", 200), ("evil.example:3000", 404), ("localhost", 404)]
    {
        let request = app.client().request_to_any_host("GET", "/dev/mailbox").header("host", host);
        assert_eq!(request.await.status, status, "{host}");
    }
}

#[tokio::test]
async fn mailbox_exists_on_localhost_without_mail_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = format!("file:{}", folder.path().display());
    for settings in [
        &[("LATCHKEY_BASE_URL", "https://auth.example.com")][..],
        &[("LATCHKEY_BASE_URL", "https://auth.example.com"), ("LATCHKEY_LISTEN", "0.0.0.0:3000")],
        &[("LATCHKEY_MAIL", "off")],
        &[("LATCHKEY_MAIL", &file)],
    ] {
        let app = TestApp::with(settings).await;
        assert_eq!(app.client().get("/dev/mailbox").await.status, StatusCode::NOT_FOUND, "{settings:?}");
        assert!(app.mailbox().is_empty());
    }
}

#[tokio::test]
async fn public_service_without_mail_says_so_once() {
    let log = CapturedLog::start();
    let _app = TestApp::with(&[("LATCHKEY_BASE_URL", "https://auth.example.com")]).await;
    assert_eq!(log.text().matches("no mail is sent").count(), 1, "{}", log.text());
    assert!(log.text().contains("LATCHKEY_MAIL"));
}
