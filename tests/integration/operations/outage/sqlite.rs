//! SQLite: the lock of another process, a full disk.

use std::{
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use sea_orm::ConnectionTrait;

use super::{EVENTS, Operations, assert_writes_unavailable};
use crate::support::{
    PASSWORD, TestApp,
    binary::{Starting, output},
    database::{one_connection, postgres_server},
};

#[tokio::test]
async fn locked_file_is_unavailable_for_writes() {
    if postgres_server().is_some() {
        return;
    }
    // One connection for each operation, so that all wait for the lock at the same time.
    let app = TestApp::with(&[EVENTS, ("LATCHKEY_DATABASE_CONNECTIONS", "64")]).await;
    let operations = Operations::new(&app).await;
    let other = one_connection(app.database_url()).await;
    other.execute_unprepared("BEGIN IMMEDIATE").await.expect("the lock");
    assert_writes_unavailable(&operations.run().await);
    assert_eq!(app.client().get("/readyz").await.body, "the database does not answer in time");
    other.execute_unprepared("ROLLBACK").await.expect("the lock is free");
    app.wait(Duration::from_mins(1));
    assert_eq!(app.client().get("/readyz").await.body, "ready");
    operations.assert_recovered().await;
}

/// The operating system limits the size of the service's files, as a full disk does.
#[cfg(unix)]
#[test]
fn full_disk_is_unavailable_and_not_ready() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    assert!(output(folder.path(), &["migrate"]).status.success());
    let service = Starting::new(with_file_limit(folder.path())).ready();
    let sign_up = |number: usize| {
        let body = format!(r#"{{"name":"Ada","email":"ada{number}@example.com","password":"{PASSWORD}"}}"#);
        request(&service.address, "POST", "/api/auth/sign-up/email", &body)
    };
    let failed = (0..1000).map(sign_up).find(|answer| !answer.starts_with("HTTP/1.1 200")).expect("the disk is full");
    assert!(failed.starts_with("HTTP/1.1 503") && failed.contains("retry-after: 1"), "{failed}");
    // At first there may be room for smaller changes.
    let is_not_ready = |number: usize| {
        sign_up(number);
        request(&service.address, "GET", "/readyz", "").starts_with("HTTP/1.1 503")
    };
    assert!((1000..1200).any(is_not_ready));
    assert!(request(&service.address, "GET", "/healthz", "").starts_with("HTTP/1.1 200"));
}

/// The limit is in blocks of 512 bytes. Without the trap, the signal SIGXFSZ ends the process.
fn with_file_limit(folder: &Path) -> Command {
    let mut command = Command::new("sh");
    let script = "trap '' XFSZ; ulimit -f 400; exec \"$0\" serve --listen 127.0.0.1:0 --rate-limit off";
    command.args(["-c", script, env!("CARGO_BIN_EXE_latchkey")]).current_dir(folder);
    command.env_clear().stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

fn request(address: &str, method: &str, path: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("the service listens");
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n\r\n{body}"
    )
    .expect("the request is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}
