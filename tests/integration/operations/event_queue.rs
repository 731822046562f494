//! The way of events to the database: after the answer, in order, bounded, and complete at a stop.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpStream},
};

use latchkey::domain::event::EventKind;
use sea_orm::{ConnectionTrait, DatabaseConnection};
use serde_json::json;

use crate::support::{
    PASSWORD, TestApp, WRONG_PASSWORD,
    binary::Running,
    database::{one_connection, postgres_server},
    log::CapturedLog,
    records::security_log,
};

/// Without rate limits, a failed sign-in writes nothing but its event.
const UNLIMITED: (&str, &str) = ("LATCHKEY_RATE_LIMIT", "off");

/// Keeps the service from writing events and accounts until the connection is used again.
async fn block_events(app: &TestApp) -> DatabaseConnection {
    let other = one_connection(app.database_url()).await;
    let lock = match postgres_server() {
        Some(_) => "BEGIN; LOCK TABLE events, users IN EXCLUSIVE MODE",
        None => "BEGIN IMMEDIATE",
    };
    other.execute_unprepared(lock).await.expect("the lock");
    other
}

async fn unblock(other: DatabaseConnection) {
    other.execute_unprepared("ROLLBACK").await.expect("the lock is free");
}

async fn failed_sign_in(app: &TestApp) {
    let body = json!({ "email": "ada@example.com", "password": WRONG_PASSWORD });
    let response = app.client().post("/api/auth/sign-in/email").json(&body).await;
    assert_eq!(response.status, 401);
}

#[tokio::test]
async fn blocked_event_delays_no_answer_and_is_kept() {
    let app = TestApp::with(&[UNLIMITED]).await;
    let ada = app.person("ada@example.com").await;
    app.write_events().await;
    let other = block_events(&app).await;
    for _ in 0..3 {
        failed_sign_in(&app).await;
    }
    assert_eq!(ada.events(&app).await, ["session_created", "user_created"], "a reader gets the events before");
    // Waits longer for the lock than the write of the events, which began earlier.
    let body = json!({ "name": "Eve", "email": "eve@example.com", "password": PASSWORD });
    assert_eq!(app.client().post("/api/auth/sign-up/email").json(&body).await.status, 503);
    unblock(other).await;
    let kinds: Vec<_> = security_log(&app).await.into_iter().map(|event| event.kind).collect();
    assert_eq!(kinds[2..], ["authn_login_fail"; 3]);
}

#[tokio::test]
async fn full_queue_drops_and_counts_events() {
    let captured = CapturedLog::start();
    let app = TestApp::new().await;
    let user = app.person("ada@example.com").await.ids();
    app.write_events().await;
    // The writer does not run in between: the test has one thread.
    for number in 0..5_000 {
        let kind = if number % 2 == 0 { EventKind::UserDisabled } else { EventKind::UserEnabled };
        app.record(kind, Some(user), Ipv4Addr::LOCALHOST.into());
    }
    let log = security_log(&app).await.split_off(2);
    assert_eq!(log.len(), 4_096);
    for pair in log.chunks(2) {
        assert_eq!([pair[0].kind.as_str(), &pair[1].kind], ["user_disabled", "user_enabled"], "the order is kept");
    }
    let text = captured.text();
    assert!(text.contains("too many security events wait") && text.contains(r#""dropped":904"#), "the log says so");
    let logged = text.lines().filter(|line| line.contains("latchkey::security")).count();
    assert_eq!(logged, 2 + 5_000, "the log has all events");
}

#[tokio::test]
async fn refused_event_does_not_hold_back_others() {
    let captured = CapturedLog::start();
    let app = TestApp::new().await;
    let user = app.person("ada@example.com").await.ids();
    app.write_events().await;
    let refuse = match postgres_server() {
        Some(_) => "ALTER TABLE events ADD CHECK (kind <> 'user_disabled')",
        None => {
            "CREATE TRIGGER refuse BEFORE INSERT ON events WHEN NEW.kind = 'user_disabled' \
             BEGIN SELECT RAISE(ABORT, 'refused'); END"
        }
    };
    crate::support::records::operate(&app, refuse).await;
    for kind in [EventKind::UserUpdated, EventKind::UserDisabled, EventKind::UserEnabled] {
        app.record(kind, Some(user), Ipv4Addr::LOCALHOST.into());
    }
    let kinds: Vec<_> = security_log(&app).await.into_iter().skip(2).map(|event| event.kind).collect();
    assert_eq!(kinds, ["user_updated", "user_enabled"]);
    assert!(captured.text().contains("a security event was not stored"));
}

#[tokio::test]
async fn events_survive_a_graceful_stop() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let service = Running::start(folder.path());
    let body = format!(r#"{{"name":"Ada","email":"ada@example.com","password":"{PASSWORD}"}}"#);
    let length = body.len();
    let mut stream = TcpStream::connect(&service.address).expect("the service listens");
    write!(
        stream,
        "POST /api/auth/sign-up/email HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .expect("the request is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(service.stop());
    let database = one_connection(&format!("sqlite:{}", folder.path().join("data/latchkey.db").display())).await;
    let statement = sea_orm::Statement::from_string(database.get_database_backend(), "SELECT kind FROM events");
    let rows = database.query_all_raw(statement).await.expect("the statement succeeds");
    let kinds: Vec<String> = rows.iter().map(|row| row.try_get("", "kind").expect("a kind")).collect();
    assert_eq!(kinds, ["user_created", "session_created"]);
}
