//! Sending to an SMTP server.

use std::time::Duration;

use axum::http::StatusCode;
use base64::{Engine, engine::general_purpose::STANDARD};

use super::{
    inbox::request_link,
    smtp_server::{Plan, SmtpServer},
};
use crate::support::{
    TestApp,
    browser::Browser,
    log::CapturedLog,
    records::{count, operate, security_log},
};

const ADA: &str = "ada@example.com";
const JOSE: &str = "josé@example.com";
const EXTENSIONS: &[&str] = &["8BITMIME", "AUTH PLAIN LOGIN"];

/// A service that sends to this server, with an account that has asked for a link.
async fn app_with_request(server: &SmtpServer, email: &str) -> TestApp {
    let url = format!("smtp://me%40acme.example:hunter%2F2@127.0.0.1:{}", server.port);
    let from = ("LATCHKEY_MAIL_FROM", "Acme <auth@acme.example>");
    let app = TestApp::with(&[("LATCHKEY_MAIL", &url), from]).await;
    app.person(email).await;
    operate(&app, "DELETE FROM outbox").await;
    request_link(&Browser::new(&app), email).await;
    app
}

async fn has_one(app: &TestApp, state: &str) -> bool {
    count(app, &format!("outbox WHERE {state}")).await == 1
}

fn message_id(message: &str) -> &str {
    message.lines().find(|line| line.starts_with("Message-ID: ")).expect("a message id")
}

#[tokio::test]
async fn message_reaches_the_server() {
    let server = SmtpServer::start(EXTENSIONS, &[]).await;
    let app = app_with_request(&server, ADA).await;
    assert_eq!(app.deliver_mail().await, 1);
    assert!(has_one(&app, "state = 1").await);
    let commands = server.commands();
    let credentials = STANDARD.encode("\0me@acme.example\0hunter/2");
    for command in [
        "EHLO localhost",
        &format!("AUTH PLAIN {credentials}"),
        "MAIL FROM:<auth@acme.example>",
        "RCPT TO:<ada@example.com>",
    ] {
        assert!(commands.iter().any(|line| line == command), "{command} in {commands:?}");
    }
    let messages = server.messages();
    assert!(messages[0].contains("\nSubject: Reset your Latchkey password\n"), "{}", messages[0]);
}

#[tokio::test]
async fn greylisted_message_is_sent_later() {
    let server = SmtpServer::start(EXTENSIONS, &[Plan::Recipient("451 4.7.1 try again later")]).await;
    let app = app_with_request(&server, ADA).await;
    app.deliver_mail().await;
    assert!(has_one(&app, "state = 0 AND attempts = 1").await);
    assert_eq!(app.deliver_mail().await, 0, "not yet");
    app.wait(Duration::from_secs(36));
    app.deliver_mail().await;
    assert!(has_one(&app, "state = 1").await);
    assert_eq!(server.messages().len(), 1);
}

#[tokio::test]
async fn refused_recipient_is_given_up_at_once() {
    let server = SmtpServer::start(EXTENSIONS, &[Plan::Recipient("550 5.1.1 <ada@example.com> is unknown")]).await;
    let app = app_with_request(&server, ADA).await;
    let log = CapturedLog::start();
    app.deliver_mail().await;
    assert!(has_one(&app, "state = 2 AND sealed IS NULL").await);
    let events = security_log(&app).await;
    assert_eq!(events.iter().filter(|event| event.kind == "mail_fail").count(), 1);
    let text = log.text();
    assert!(text.contains("550") && !text.contains(ADA) && !text.contains("hunter"), "{text}");
}

#[tokio::test]
async fn message_dropped_halfway_is_sent_again() {
    let server = SmtpServer::start(EXTENSIONS, &[Plan::Drop]).await;
    let app = app_with_request(&server, ADA).await;
    app.deliver_mail().await;
    assert!(has_one(&app, "state = 0").await && server.messages().is_empty());
    app.wait(Duration::from_secs(36));
    app.deliver_mail().await;
    let messages = server.messages();
    assert_eq!(messages.len(), 1);
    assert!(message_id(&messages[0]).ends_with("@acme.example>"));
}

#[tokio::test]
async fn silent_server_delays_nothing_else() {
    let server = SmtpServer::start(EXTENSIONS, &[Plan::Silence]).await;
    let app = app_with_request(&server, ADA).await;
    let log = CapturedLog::start();
    let meanwhile = async {
        server.is_silent().await;
        for _ in 0..20 {
            let page = Browser::new(&app).get("/sign-in").await;
            assert_eq!((page.status, app.session("none").await.is_null()), (StatusCode::OK, true));
        }
        app.person("grace@example.com").await;
        // Beyond the time limit of a message.
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(121)).await;
        tokio::time::resume();
    };
    let (sent, ()) = tokio::join!(app.deliver_mail(), meanwhile);
    assert_eq!(sent, 1);
    assert!(has_one(&app, "kind = 'reset_password' AND state = 0 AND attempts = 1").await);
    assert!(log.text().contains("the mail server took longer than 120 s"), "{}", log.text());
    app.wait(Duration::from_secs(36));
    app.deliver_mail().await;
    assert!(has_one(&app, "kind = 'reset_password' AND state = 1 AND attempts = 2").await);
    let of_ada = |message: &&String| message.contains("\nTo: ada@example.com\n");
    assert_eq!(server.messages().iter().filter(of_ada).count(), 1);
    let connections = server.commands().iter().filter(|line| line.starts_with("EHLO ")).count();
    assert_eq!(connections, 3, "one for each attempt");
}

#[tokio::test]
async fn unicode_address_needs_smtputf8() {
    let without = SmtpServer::start(EXTENSIONS, &[]).await;
    let app = app_with_request(&without, JOSE).await;
    let log = CapturedLog::start();
    app.deliver_mail().await;
    assert!(has_one(&app, "state = 2").await);
    assert!(log.text().contains("does not support SMTPUTF8") && !log.text().contains("josé"), "{}", log.text());

    let with = SmtpServer::start(&["8BITMIME", "SMTPUTF8", "AUTH PLAIN"], &[]).await;
    let app = app_with_request(&with, JOSE).await;
    app.deliver_mail().await;
    assert!(has_one(&app, "state = 1").await);
    assert!(with.commands().iter().any(|line| line.contains("SMTPUTF8")), "{:?}", with.commands());
    assert!(with.messages()[0].contains("\nTo: josé@example.com\n"), "{}", with.messages()[0]);
}
