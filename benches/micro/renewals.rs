//! Measures how many renewals SQLite stores per second, compared with the commits of one row that the disk can do.
//!
//! 32 sessions renew at the same time, each again when all have finished. The other side commits changes of one row, one
//! after the other, with `synchronous=FULL` on the same file system. Run it with `make bench-micro ONLY=renewals`.

use std::{
    fs,
    time::{Duration, Instant},
};

use futures::future::join_all;
use latchkey::auth::{
    Requester,
    sessions::{credential::SessionCredential, renew::ROTATION_INTERVAL},
};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};
use serde_json::json;

use super::service::Service;

const SESSIONS: u32 = 32;
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(2);

/// The goal: within 20 % of the disk.
const GOAL: f64 = 0.8;

/// Measures both sides in turn, and prints the medians.
pub async fn measure() {
    let service = Service::new("HS256").await;
    let mut sessions = Vec::new();
    for number in 0..SESSIONS {
        sessions.push(SessionCredential::Own(service.sign_up(number).await.session_token));
    }
    service.auth.audit.flush().await;
    let disk = connect(&service).await;
    let (mut renewals, mut commits, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let renewed = renew(&service, &mut sessions).await;
        // Events of the renewals are written later.
        service.auth.audit.flush().await;
        let committed = commit(&disk).await;
        // The first round warms up.
        if round > 0 {
            renewals.push(renewed);
            commits.push(committed);
            ratios.push(renewed / committed);
        }
    }
    let (renewed, committed, ratio) = (median(&mut renewals), median(&mut commits), median(&mut ratios));
    let goal = if ratio >= GOAL { "met" } else { "MISSED" };
    println!("{SESSIONS} sessions at once: {renewed:.0} renewals/s, none lost");
    println!("commits of one row, one after the other: {committed:.0}/s");
    println!("ratio {ratio:.2}, goal ≥ {GOAL}: {goal}");
    let file = service.folder.path().with_file_name("renewals.json");
    let result = json!({ "renewals": renewals, "commits": commits, "ratio": ratio, "goal": GOAL });
    fs::write(&file, format!("{result:#}\n")).expect("the result is written");
}

/// Renews all sessions again and again, and returns the renewals per second. Each must receive its next token, and the
/// next token must be accepted.
async fn renew(service: &Service, sessions: &mut Vec<SessionCredential>) -> f64 {
    let (mut elapsed, mut number) = (Duration::ZERO, 0.0);
    while elapsed < ROUND {
        service.clock.advance(ROTATION_INTERVAL);
        let begin = Instant::now();
        let tasks = std::mem::take(sessions).into_iter().map(|session| {
            let auth = std::sync::Arc::clone(&service.auth);
            tokio::spawn(async move {
                let renewal = auth.sessions.renew(&session, &Requester::default()).await.expect("a renewal");
                SessionCredential::Own(renewal.next.expect("the next token"))
            })
        });
        let next = join_all(tasks).await;
        elapsed += begin.elapsed();
        sessions.extend(next.into_iter().map(|task| task.expect("no panic")));
        number += f64::from(SESSIONS);
    }
    number / elapsed.as_secs_f64()
}

/// A database with one row, in the folder of the service.
async fn connect(service: &Service) -> DatabaseConnection {
    let url = format!("sqlite:{}?mode=rwc", service.folder.path().join("commits.db").display());
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    let disk = Database::connect(options).await.expect("a database");
    for statement in [
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        "CREATE TABLE counter (id INTEGER PRIMARY KEY, number INTEGER NOT NULL)",
        "INSERT INTO counter VALUES (1, 0)",
    ] {
        disk.execute_unprepared(statement).await.expect("a statement");
    }
    disk
}

/// Commits changes of one row, and returns the commits per second.
async fn commit(disk: &DatabaseConnection) -> f64 {
    let (begin, mut number) = (Instant::now(), 0.0);
    while begin.elapsed() < ROUND {
        disk.execute_unprepared("UPDATE counter SET number = number + 1 WHERE id = 1").await.expect("a commit");
        number += 1.0;
    }
    number / begin.elapsed().as_secs_f64()
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
