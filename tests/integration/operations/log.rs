//! The log on standard output.

use std::io::{BufRead, Read};

use serde_json::Value;

use crate::support::{
    binary::{Starting, latchkey, output},
    raw_http::Connection,
};

const SERVE: [&str; 3] = ["serve", "--listen", "127.0.0.1:0"];

fn json(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|_| panic!("JSON: {line}"))
}

#[test]
fn start_logs_migrations_once_and_ready_last() {
    let folder = tempfile::tempdir().unwrap();
    for applied in [true, false] {
        let (service, lines, mut rest) = Starting::new(latchkey(folder.path(), &SERVE)).ready_with_log();
        let migrations: Vec<_> = lines.iter().filter(|line| line["applied"].is_u64()).collect();
        assert_eq!(migrations.len(), 1, "{lines:?}");
        assert_eq!(migrations[0]["applied"].as_u64() > Some(0), applied);
        assert!(migrations[0]["duration_ms"].is_u64());
        assert!(!format!("{lines:?}").contains("sea_orm"), "{lines:?}");
        assert_eq!(lines.last().unwrap()["message"], "latchkey is ready");
        assert!(service.stop());
        let mut after = String::new();
        rest.read_to_string(&mut after).unwrap();
        let after: Vec<_> = after.lines().map(json).map(|line| line["message"].clone()).collect();
        assert_eq!(after, ["stopping"], "nothing else is logged after the start");
    }
}

#[test]
fn stalled_output_does_not_stall_requests() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = latchkey(folder.path(), &SERVE);
    command.env("LATCHKEY_LOG", "info,latchkey::access=debug");
    let (service, _, mut log) = Starting::new(command).ready_with_log();
    let mut connection = Connection::open(&service.address);
    // About 600 kB of log; a pipe holds 64 kB.
    for _ in 0..2_000 {
        assert_eq!(connection.get("/healthz"), 200);
    }
    let mut lines = Vec::new();
    while lines.len() < 2_000 {
        let mut line = String::new();
        assert!(log.read_line(&mut line).unwrap() > 0, "the log ends after {} lines", lines.len());
        lines.push(json(&line));
    }
    assert!(lines.iter().all(|line| line["route"] == "/healthz"), "no line is lost");
    drop(log);
    assert_eq!(connection.get("/healthz"), 200, "a closed output stops nothing");
    drop(connection);
    assert!(service.stop());
}

#[test]
fn format_is_json_unless_set_to_text() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = latchkey(folder.path(), &SERVE);
    let mut text = command.env("LATCHKEY_LOG_FORMAT", "text").spawn().unwrap();
    let log = std::io::BufReader::new(text.stdout.take().unwrap());
    let ready = log.lines().map_while(Result::ok).find(|line| line.contains("latchkey is ready")).unwrap();
    assert!(ready.contains("INFO") && ready.contains("http://localhost:"), "{ready}");
    assert!(!ready.starts_with('{') && !ready.contains('\u{1b}'), "{ready}");
    text.kill().unwrap();
    text.wait().unwrap();
    let failed = output(folder.path(), &["config", "--log-format", "xml"]);
    assert!(String::from_utf8(failed.stderr).unwrap().contains("LATCHKEY_LOG_FORMAT: is neither json nor text"));
}
