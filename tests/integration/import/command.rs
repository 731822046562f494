//! The command `latchkey import better-auth`.

use std::{path::Path, process::Output};

use super::{
    old::{Old, SECRET},
    users::BCRYPT,
};
use crate::support::binary::latchkey;

fn import(folder: &Path, arguments: &[&str], secret: Option<&str>) -> Output {
    import_with(folder, "better-auth", arguments, secret)
}

fn import_with(folder: &Path, subcommand: &str, arguments: &[&str], secret: Option<&str>) -> Output {
    let mut command = latchkey(folder, &["import", subcommand]);
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
        ("postgres:///auth?host=/missing", "the old database cannot be read"),
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

#[tokio::test]
async fn users_are_imported_by_column_names() {
    let folder = tempfile::tempdir().unwrap();
    let old = Old::in_file(&format!(
        "create table members (nr integer, mail text, first text, last text, pw blob, verified text, since real, active text);
         insert into members values (1, 'ada@example.com', 'Ada', 'Lovelace', '{BCRYPT}', 'yes', 1764065730.5, 'Y');
         insert into members values (2, 'bob@example.com', 'Bob', null, x'00ff', 'perhaps', null, 'N');"
    ))
    .await;
    let names = "--table members --id nr --email mail --name first --name last --password-hash pw --email-verified verified \
                 --created-at since --active active --from";
    let arguments: Vec<_> = names.split_whitespace().chain([old.from.as_str()]).collect();
    let (success, report, error) = said(&import_with(folder.path(), "users", &arguments, None));
    assert!(success && error.is_empty(), "{error}");
    assert!(report.contains("line 2 skipped: it is not UTF-8 text"), "{report}");
    assert_eq!(
        (counts(&report, "users"), counts(&report, "passwords")),
        (vec!["1", "0", "0", "1"], vec!["1", "0", "0", "0"])
    );
    let (_, report, _) = said(&import_with(folder.path(), "users", &[&arguments[..], &["--dry-run"]].concat(), None));
    assert_eq!(counts(&report, "users"), ["0", "0", "1", "1"]);
}

#[test]
fn unusable_users_source_fails_with_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("users.csv"), "id,mail\n1,ada@example.com\n").unwrap();
    std::fs::write(folder.path().join("utf16.csv"), b"\xff\xfei\0d\0").unwrap();
    std::fs::write(folder.path().join("empty.csv"), "").unwrap();
    std::fs::write(folder.path().join("config"), "hash_config { rounds: 8 }").unwrap();
    for (arguments, words) in [
        ("--from missing.csv", "there is no file missing.csv"),
        ("--from users.csv", "there is no column \"email\"; name it with --email"),
        ("--from users.csv --email mail --name nick", "there is no column \"nick\"; name it with --name"),
        ("--from utf16.csv", "utf16.csv is UTF-16 text; save it as UTF-8"),
        ("--from empty.csv", "there is no column \"id\""),
        ("--from mysql://db/app --table users", "mysql databases cannot be read"),
        ("--from users.csv --preset firebase", "need the project's hash parameters; give a file with --hash-config"),
        ("--from users.csv --preset firebase --hash-config config", "config: mem_cost is missing or damaged"),
        ("--from users.csv --preset firebase --hash-config none", "cannot read the hash parameters from none"),
        ("--from users.csv --preset django", "there is no column \"email\" or \"fields.email\""),
    ] {
        let arguments: Vec<_> = arguments.split_whitespace().collect();
        let (success, out, error) = said(&import_with(folder.path(), "users", &arguments, None));
        assert!(!success && out.is_empty(), "{arguments:?}");
        assert!(error.contains(words) && error.lines().count() == 1, "{arguments:?}: {error}");
    }
}

/// The numbers in a line of the report.
fn counts<'a>(report: &'a str, kind: &str) -> Vec<&'a str> {
    let line = report.lines().find(|line| line.starts_with(kind)).expect("a line");
    line.split_whitespace().skip(1).collect()
}
