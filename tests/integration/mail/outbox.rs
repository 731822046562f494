//! The outbox: crashes, retries, replicas.

use std::{fs, path::Path, time::Duration};

use super::inbox::{link, newest, person, request_link};
use crate::support::{
    TestApp,
    browser::Browser,
    records::{count, operate, security_log},
};

const ADA: &str = "ada@example.com";

/// A server that refuses connections.
const DEAD: [(&str, &str); 2] =
    [("LATCHKEY_MAIL", "smtp://127.0.0.1:1"), ("LATCHKEY_MAIL_FROM", "Acme <auth@acme.example>")];

/// The files in a folder.
fn files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.map(|path| fs::read_to_string(path).expect("a text")).collect()
}

#[tokio::test]
async fn message_survives_a_crash_before_sending() {
    let app = TestApp::new().await;
    person(&app, ADA).await;
    request_link(&Browser::new(&app), ADA).await;
    let restarted = app.restarted().await;
    drop(app);
    let message = newest(&restarted, ADA).await.expect("a message");
    assert!(Browser::new(&restarted).get(&link(&message)).await.status.is_redirection());
    assert_eq!(restarted.deliver_mail().await, 0, "once");
}

#[tokio::test]
async fn message_sent_twice_after_a_crash_is_the_same() {
    let app = TestApp::new().await;
    person(&app, ADA).await;
    request_link(&Browser::new(&app), ADA).await;
    operate(&app, "CREATE TABLE saved AS SELECT * FROM outbox").await;
    let first = newest(&app, ADA).await.expect("a message");
    // The process ended between the reply of the mail server and the result: the row is still pending.
    operate(&app, "UPDATE outbox SET state = 0, next_attempt_at = 0, sealed = (SELECT sealed FROM saved WHERE saved.id = outbox.id) \
         WHERE kind = 'reset_password'").await;
    let restarted = app.restarted().await;
    let second = newest(&restarted, ADA).await.expect("a message");
    assert_eq!((second.id, link(&second)), (first.id, link(&first)));
    let browser = Browser::new(&restarted);
    browser.get(&link(&first)).await;
    assert!(browser.page("/reset-password").await.contains("Set password"));
}

#[tokio::test]
async fn claimed_message_is_sent_after_its_lease() {
    let app = TestApp::new().await;
    person(&app, ADA).await;
    request_link(&Browser::new(&app), ADA).await;
    let store = app.store().await.expect("a database");
    let now = app.now();
    let claimed = store.claim_mail(now, now.plus(Duration::from_mins(4)), 8).await.expect("a claim");
    assert_eq!(claimed.len(), 1);
    assert_eq!(app.deliver_mail().await, 0, "another process sends it");
    app.wait(Duration::from_mins(4));
    assert!(newest(&app, ADA).await.is_some());
    let late = store.finish_mail(&claimed[0], latchkey::store::outbox::MailResult::GivenUp).await;
    late.expect("the database is reachable");
    assert_eq!(
        count(&app, "outbox WHERE kind = 'reset_password' AND state = 1").await,
        1,
        "the late result is ignored"
    );
}

#[tokio::test]
async fn replicas_send_each_message_once() {
    let app = TestApp::with(&[("LATCHKEY_RATE_LIMIT", "off")]).await;
    let replica = app.replica().await;
    let emails: Vec<_> = (0..12).map(|number| format!("user{number}@example.com")).collect();
    for email in &emails {
        person(&app, email).await;
    }
    for email in &emails {
        request_link(&Browser::new(&app), email).await;
    }
    let mut sent = 0;
    for _ in 0..4 {
        let (here, there) = tokio::join!(app.deliver_mail(), replica.deliver_mail());
        sent += here + there;
    }
    assert_eq!(sent, 12);
    assert_eq!(app.mailbox().len() + replica.mailbox().len(), 24, "with the messages that verify the addresses");
}

#[tokio::test]
async fn dead_server_is_retried_for_a_day_then_logged() {
    let app = TestApp::with(&DEAD).await;
    let ada = app.person(ADA).await;
    operate(&app, "DELETE FROM outbox").await;
    request_link(&Browser::new(&app), ADA).await;
    let mut attempts = 0;
    for _ in 0..25 * 6 {
        attempts += app.deliver_mail().await;
        app.wait(Duration::from_mins(10));
    }
    assert!((20..40).contains(&attempts), "{attempts}");
    assert_eq!(count(&app, "outbox WHERE state = 2 AND sealed IS NULL").await, 1);
    let log = security_log(&app).await;
    let failed: Vec<_> = log.iter().filter(|event| event.kind == "mail_fail").collect();
    assert_eq!((failed.len(), failed[0].user_id.as_ref()), (1, Some(&ada.user_id)));
}

#[tokio::test]
async fn link_of_late_message_lives_from_sending() {
    let app = TestApp::with(&DEAD).await;
    app.person(ADA).await;
    request_link(&Browser::new(&app), ADA).await;
    app.deliver_mail().await;
    app.wait(Duration::from_hours(2));
    let repaired = app.restarted_with(&[("LATCHKEY_MAIL", "")]).await.expect("the service starts");
    let message = newest(&repaired, ADA).await.expect("a message");
    repaired.wait(Duration::from_mins(29));
    let browser = Browser::new(&repaired);
    browser.get(&link(&message)).await;
    assert!(browser.page("/reset-password").await.contains("Set password"));
}

#[tokio::test]
async fn stolen_database_has_no_usable_link() {
    let app = TestApp::new().await;
    person(&app, ADA).await;
    request_link(&Browser::new(&app), ADA).await;
    let pending = fs::read(app.data_folder().join("test.db-wal")).unwrap_or_default();
    let message = newest(&app, ADA).await.expect("a message");
    let token = link(&message).split_once('=').expect("a token").1.to_owned();
    let folder = app.data_folder();
    for name in ["test.db", "test.db-wal"] {
        let bytes = fs::read(folder.join(name)).unwrap_or_default();
        let contains = |bytes: &[u8]| bytes.windows(token.len()).any(|part| part == token.as_bytes());
        assert!(!contains(&bytes) && !contains(&pending), "{name}");
    }
    // With another master secret, the row cannot be opened.
    request_link(&Browser::new(&app), ADA).await;
    let other = ("LATCHKEY_SECRET", "Rk2vX8q0mZ5tYw7nB1cD4eF6gH9jK3lM");
    let thief = app.restarted_with(&[other]).await.expect("the service starts");
    thief.deliver_mail().await;
    assert!(thief.mailbox().is_empty());
}

#[tokio::test]
async fn folder_gets_one_file_per_message() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("mail");
    let setting = format!("file:{}", path.display());
    let app = TestApp::with(&[("LATCHKEY_MAIL", &setting), ("LATCHKEY_MAIL_FROM", "Acme <auth@acme.example>")]).await;
    person(&app, ADA).await;
    request_link(&Browser::new(&app), ADA).await;
    app.deliver_mail().await;
    let files = files(&path);
    assert_eq!(files.len(), 2);
    for line in ["To: ada@example.com\r\n", "From: Acme <auth@acme.example>\r\n", "Auto-Submitted: auto-generated\r\n"]
    {
        assert!(files.iter().all(|file| file.contains(line)), "{line} in {files:?}");
    }
    assert_eq!(Browser::new(&app).get("/dev/mailbox").await.status, 404);
}

#[tokio::test]
async fn purge_deletes_old_messages_and_secrets() {
    let app = TestApp::new().await;
    person(&app, ADA).await;
    request_link(&Browser::new(&app), ADA).await;
    app.deliver_mail().await;
    app.wait(Duration::from_hours(49));
    app.purge().await;
    assert_eq!((count(&app, "outbox").await, count(&app, "one_time_secrets").await), (0, 2));
    app.wait(Duration::from_hours(7 * 24));
    app.purge().await;
    assert_eq!(count(&app, "one_time_secrets").await, 0);
}
