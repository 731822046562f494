//! The command `latchkey import better-auth`.

use std::{path::Path, process::Output};

use super::old::{Old, SECRET};
use crate::support::binary::latchkey;

fn import(folder: &Path, arguments: &[&str], secret: Option<&str>) -> Output {
    let mut command = latchkey(folder, &["import", "better-auth"]);
    command.args(arguments);
    command.envs(secret.map(|secret| ("BETTER_AUTH_SECRET", secret)));
    command.output().expect("the binary runs")
}

fn said(output: &Output) -> (bool, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("a text");
    (output.status.success(), text(&output.stdout), text(&output.stderr))
}

#[tokio::test]
async fn unreadable_source_fails_with_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("notes.txt"), "no database, however long this text may be").unwrap();
    let empty = Old::in_file("create table tasks (id text)").await;
    let partial = Old::in_file("create table user (id text, email text)").await;
    for (from, words) in [
        ("missing.db", "there is no file missing.db"),
        (".", "there is no file"),
        ("notes.txt", "notes.txt is not an SQLite database"),
        (&empty.from, "not a Better Auth database: it has no table \"user\""),
        (&partial.from, "its table \"user\" has no column \"emailVerified\""),
        ("mysql://db/auth", "mysql databases cannot be read"),
        ("postgres:///auth?host=/missing", "the Better Auth database cannot be read"),
    ] {
        let (success, out, error) = said(&import(folder.path(), &["--from", from], Some(SECRET)));
        assert!(!success && out.is_empty(), "{from}");
        assert!(error.contains(words) && error.lines().count() == 1, "{from}: {error}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no file was created");
}

#[tokio::test]
async fn secret_is_read_from_file_or_environment() {
    let old = Old::on_sqlite().await;
    old.ada().await;
    old.user("a b", "bad@example.com").await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("secret"), format!("{SECRET}\n")).unwrap();
    std::fs::write(folder.path().join("empty"), "\n").unwrap();
    let from = ["--from", old.from.as_str()];
    for file in ["empty", "missing"] {
        let (success, _, error) = said(&import(folder.path(), &[&from[..], &["--secret-file", file]].concat(), None));
        assert!(!success && error.contains(file), "{error}");
    }
    let (success, report, _) = said(&import(folder.path(), &[&from[..], &["--dry-run"]].concat(), Some(SECRET)));
    assert!(success && report.contains("nothing was written"), "{report}");
    assert_eq!(counts(&report, "sessions"), ["1", "0", "0", "0"]);
    let (success, report, error) =
        said(&import(folder.path(), &[&from[..], &["--secret-file", "secret"]].concat(), None));
    assert!(success && error.is_empty(), "skipped rows are not an error: {error}");
    assert_eq!(
        (counts(&report, "users"), counts(&report, "sessions")),
        (vec!["1", "0", "0", "1"], vec!["1", "0", "0", "0"])
    );
    let (_, report, _) = said(&import(folder.path(), &from, Some(SECRET)));
    assert_eq!(
        (counts(&report, "users"), counts(&report, "sessions")),
        (vec!["0", "0", "1", "1"], vec!["0", "0", "1", "0"])
    );
    assert!(!report.contains(SECRET));
}

/// The numbers in a line of the report.
fn counts<'a>(report: &'a str, kind: &str) -> Vec<&'a str> {
    let line = report.lines().find(|line| line.starts_with(kind)).expect("a line");
    line.split_whitespace().skip(1).collect()
}
