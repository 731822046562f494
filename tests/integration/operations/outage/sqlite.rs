//! SQLite: the lock of another process, a deleted file, a full disk.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use futures::future::{Either, join_all, select};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use super::{EVENTS, Operations, assert_all_unavailable, assert_writes_unavailable, until_ready};
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
    let app = TestApp::with(&[EVENTS]).await;
    let operations = Operations::new(&app).await;
    let other = one_connection(app.database_url()).await;
    other.execute_unprepared("BEGIN IMMEDIATE").await.expect("the lock");
    assert_writes_unavailable(&operations.run().await);
    app.wait(Duration::from_mins(1));
    let not_ready = app.client().get("/readyz").await;
    assert_eq!(not_ready.status, 503);
    // The writer waits for the lock, or the queue for the writer is full of security events.
    let reasons =
        ["the database is locked", "the database does not answer in time", "the database has no free connection"];
    assert!(reasons.contains(&not_ready.body.as_str()), "{}", not_ready.body);
    other.execute_unprepared("ROLLBACK").await.expect("the lock is free");
    until_ready(&app).await;
    operations.assert_recovered().await;
}

#[tokio::test]
async fn reads_do_not_wait_for_writers() {
    if postgres_server().is_some() {
        return;
    }
    let app = TestApp::with(&[("LATCHKEY_DATABASE_CONNECTIONS", "1")]).await;
    let ada = app.person("ada@example.com").await;
    let other = one_connection(app.database_url()).await;
    other.execute_unprepared("BEGIN IMMEDIATE").await.expect("the lock");
    let change = |number: usize| {
        let request = app.client().patch(&ada.path("")).bearer(&ada.access_token);
        async move { request.json(&json!({ "name": format!("Ada {number}") })).await.status.as_u16() }
    };
    let changes = Box::pin(join_all((0..32).map(change)));
    let reads = Box::pin(async {
        for path in ["", "/sessions", "/events"] {
            let read = app.client().get(&ada.path(path)).bearer(&ada.access_token).await;
            assert_eq!(read.status, 200, "{path}: {}", read.body);
        }
    });
    let Either::Right(((), changes)) = select(changes, reads).await else { panic!("a read waits for the writers") };
    assert_eq!(changes.await, [503; 32], "the wait is bounded");
    other.execute_unprepared("ROLLBACK").await.expect("the lock is free");
    assert_eq!(change(0).await, 200);
}

#[cfg(unix)]
#[tokio::test]
async fn lost_file_is_unavailable_and_not_recreated() {
    if postgres_server().is_some() {
        return;
    }
    let app = TestApp::with(&[EVENTS]).await;
    let operations = Operations::new(&app).await;
    let (file, moved) = (app.data_folder().join("test.db"), app.data_folder().join("moved.db"));
    let lost = "the database file was deleted, emptied or replaced";
    until_ready(&app).await;
    app.wait(Duration::from_secs(2));
    fs::rename(&file, &moved).expect("the file can be moved");
    // These requests open the other connections.
    assert_all_unavailable(&operations.run().await);
    app.wait(Duration::from_mins(1));
    let response = app.client().get("/readyz").await;
    assert_eq!((response.status.as_u16(), response.body.as_str()), (503, lost));
    assert!(!file.exists(), "no empty database appears");
    fs::copy(&moved, &file).expect("the file can be copied");
    app.wait(Duration::from_mins(1));
    assert_eq!(app.client().get("/readyz").await.body, lost, "another file");
    fs::rename(&moved, &file).expect("the file can be moved");
    until_ready(&app).await;
    operations.assert_recovered().await;
}

/// The operating system limits the size of the service's files, as a full disk does.
#[cfg(unix)]
#[tokio::test]
async fn full_disk_is_unavailable_and_not_ready() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    assert!(output(folder.path(), &["migrate"]).status.success());
    let service = Starting::new(with_file_limit(folder.path())).ready();
    let (mut signed_up, mut not_ready, mut signed_in) = (0, String::new(), None);
    for number in 0..1000 {
        let body = format!(r#"{{"name":"Ada","email":"ada{number}@example.com","password":"{PASSWORD}"}}"#);
        let answer = request(&service.address, "POST", "/api/auth/sign-up/email", &body);
        if answer.starts_with("HTTP/1.1 200") {
            signed_up += 1;
            signed_in.get_or_insert_with(|| credentials(&service.address, &answer));
            continue;
        }
        assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("retry-after: 1"), "{answer}");
        not_ready = request(&service.address, "GET", "/readyz", "");
        // A failure can make room for a few changes: SQLite copies the write-ahead log into the database.
        if !not_ready.starts_with("HTTP/1.1 200") {
            break;
        }
    }
    assert!(not_ready.starts_with("HTTP/1.1 503"), "{not_ready}");
    assert!(request(&service.address, "GET", "/healthz", "").starts_with("HTTP/1.1 200"));
    let [session, access] = signed_in.expect("the first sign-up succeeds");
    let as_session = |line: [&str; 2]| request_with(&service.address, &session, line[0], line[1], "");
    let verify = || request_with(&service.address, &access, "GET", "/api/auth/verify", "");
    assert!(verify().starts_with("HTTP/1.1 200"));
    let signed_out = as_session(["POST", "/api/auth/sign-out"]);
    assert!(signed_out.starts_with("HTTP/1.1 200"), "{signed_out}");
    assert!(verify().starts_with("HTTP/1.1 401"), "the access token is refused at once");
    assert!(as_session(["GET", "/api/auth/token"]).starts_with("HTTP/1.1 401"), "the session token too");
    drop(service);
    let url = format!("sqlite:{}", folder.path().join("data/latchkey.db").display());
    let database = one_connection(&url).await;
    let query = Statement::from_string(database.get_database_backend(), "SELECT count(*) AS n FROM users");
    let row = database.query_one_raw(query).await.expect("the statement succeeds").expect("a row");
    let stored: i64 = row.try_get("", "n").expect("a number");
    assert_eq!(stored, signed_up, "every account whose sign-up was confirmed");
}

/// The `Authorization` headers with the session token and with an access token, after this answer to a sign-up.
fn credentials(address: &str, signed_up: &str) -> [String; 2] {
    let bearer = |answer: &str| {
        let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
        let body: Value = serde_json::from_str(body).expect("JSON");
        format!("authorization: Bearer {}", body["token"].as_str().expect("a token"))
    };
    let session = bearer(signed_up);
    let access = bearer(&request_with(address, &session, "GET", "/api/auth/token", ""));
    [session, access]
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
    request_with(address, "accept: */*", method, path, body)
}

/// A request with this header.
fn request_with(address: &str, header: &str, method: &str, path: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("the service listens");
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n\
         {header}\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .expect("the request is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}
