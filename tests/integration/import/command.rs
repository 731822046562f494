//! The command `latchkey import better-auth`.

use std::{path::Path, process::Output};

use super::{
    old::{
        ADA, Old, SECRET,
        plugins::{CREDENTIAL_ID, PUBLIC_KEY},
    },
    users::BCRYPT,
};
use crate::support::{MASTER_SECRET, binary::latchkey};

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

#[tokio::test]
async fn second_factors_need_the_secret_or_a_flag() {
    let old = Old::on_sqlite().await;
    old.ada_with_app().await;
    old.passkey("p-ada", ADA, CREDENTIAL_ID, PUBLIC_KEY).await;
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str], secrets: Option<&str>| {
        let mut command = latchkey(folder.path(), &["import", "better-auth", "--from", &old.from]);
        command.args(arguments).envs(secrets.map(|secrets| ("BETTER_AUTH_SECRETS", secrets)));
        said(&command.output().expect("the binary runs"))
    };
    let (success, out, error) = run(&[], None);
    assert!(!success && out.is_empty() && error.lines().count() == 1, "{error}");
    assert!(error.contains("1 users have a second factor") && error.contains("--without-factors"), "{error}");
    let (success, _, error) = run(&[], Some("no versions"));
    assert!(!success && error.contains("BETTER_AUTH_SECRETS is not a list of versions"), "{error}");
    let versions = format!("2:Zk1vX8q0mZ5tYw7nB1cD4eF6gH9jK3lM,1:{SECRET}");
    let (success, report, error) = run(&["--dry-run", "--rp-id", "example.com"], Some(&versions));
    assert!(success && report.contains("they work for example.com, and this service's are for localhost"), "{error}");
    let secret = folder.path().join("data/secret");
    assert!(!secret.exists(), "a dry run creates no secret");
    let (success, report, error) = run(&["--totp-digits", "8"], Some(&versions));
    assert!(success && report.contains("do not have 6 digits"), "{report}{error}");
    let (success, report, error) = run(&["--rp-id", "localhost"], Some(&versions));
    assert!(success && secret.exists(), "{error}");
    assert_eq!(counts(&report, "factors"), ["1", "0", "0", "0"]);
    assert_eq!(counts(&report, "passkeys"), ["1", "0", "0", "0"]);
    let (_, report, _) = run(&["--without-factors"], None);
    assert_eq!(counts(&report, "factors"), ["0", "0", "1", "0"]);
}

#[tokio::test]
async fn factors_are_not_sealed_with_another_secret() {
    let old = Old::on_sqlite().await;
    old.ada_with_app().await;
    let folder = tempfile::tempdir().unwrap();
    let run = |master: &str| {
        let mut command = latchkey(folder.path(), &["import", "better-auth", "--from", &old.from]);
        command.envs([("BETTER_AUTH_SECRET", SECRET), ("LATCHKEY_SECRET", master)]);
        said(&command.output().expect("the binary runs"))
    };
    assert!(run(MASTER_SECRET).0);
    let (success, _, error) = run(&MASTER_SECRET.to_lowercase());
    assert!(!success && error.contains("set LATCHKEY_SECRET to the secret of the service"), "{error}");
}

/// The numbers in a line of the report.
fn counts<'a>(report: &'a str, kind: &str) -> Vec<&'a str> {
    let line = report.lines().find(|line| line.starts_with(kind)).expect("a line");
    line.split_whitespace().skip(1).collect()
}
