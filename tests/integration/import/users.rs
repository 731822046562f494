//! `import users`: CSV, JSON and tables of any system.

use std::path::PathBuf;

use latchkey::import::{
    report::{Counts, Report},
    run::{ImportError, Settings, import},
    source::{
        Source, SourceError,
        mapping::{Disabled, Field, Mapping},
    },
};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{old::Old, settings, sign_in};
use crate::support::{
    TestApp,
    person::Person,
    records::{count, password_hash},
};

/// "violet otter lantern 42", hashed by Python's bcrypt with four rounds.
pub const BCRYPT: &str = "$2b$04$abcdefghijklmnopqrstuukSS0a6b3dDSNJ29pWVg2riOddTeyTz2";

/// "short", shorter than a new password may be.
const BCRYPT_OF_SHORT: &str = "$2b$04$abcdefghijklmnopqrstuuugH8XjOPXLdX/a9t3zWaL96n4O4U8.G";

/// 80 times "x": longer than bcrypt reads.
const BCRYPT_OF_80_X: &str = "$2b$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i";

/// A source file.
pub struct Exported {
    folder: TempDir,
    pub path: PathBuf,
}

impl Exported {
    pub fn new(name: &str, content: impl AsRef<[u8]>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join(name);
        std::fs::write(&path, content).expect("the file is written");
        Self { folder, path }
    }

    pub fn from(&self) -> String {
        assert!(self.folder.path().is_dir());
        self.path.display().to_string()
    }
}

pub async fn try_users(
    app: &TestApp,
    from: &str,
    table: Option<&str>,
    mapping: Mapping,
    dry_run: bool,
) -> Result<Report, ImportError> {
    let settings = Settings { dry_run, ..settings(app, None) };
    let source = Source::users(from, table, mapping).await?;
    import(&app.store().await.expect("the database is reachable"), source, &settings, app.now(), |_| ()).await
}

/// Imports a file with the usual column names.
async fn imported(app: &TestApp, content: impl AsRef<[u8]>) -> Report {
    let file = Exported::new("users", content);
    try_users(app, &file.from(), None, Mapping::default(), false).await.expect("the import succeeds")
}

async fn profile(app: &TestApp, email: &str, password: &str) -> Value {
    let response = app.client().post("/api/auth/sign-in/email");
    let response = response.json(&json!({ "email": email, "password": password })).await;
    response.json()["user"].clone()
}

#[tokio::test]
async fn csv_users_keep_ids_and_passwords() {
    let app = TestApp::new().await;
    let report = imported(
        &app,
        format!(
            "id,name,email,password_hash,email_verified,created_at,disabled\n\
             7,\"Lovelace, Ada\",ada@example.com,{BCRYPT},true,2026-11-25 10:15:30,0\n\
             0190a3c4-0000-7000-8000-00000000000b,,short@example.com,{BCRYPT_OF_SHORT},,,\n\
             x_1,Long,long@example.com,{BCRYPT_OF_80_X},f,1700000000,no\n\
             8,Eve,eve@example.com,{BCRYPT},t,1700000000,yes\n"
        ),
    )
    .await;
    assert_eq!((report.users.imported, report.passwords.imported, report.users.skipped), (4, 4, 0), "{report}");
    assert!(!report.to_string().contains("sessions"), "{report}");
    let ada = profile(&app, "ada@example.com", "violet otter lantern 42").await;
    assert_eq!(
        ["id", "name", "emailVerified", "createdAt"].map(|name| ada[name].clone()),
        [json!("7"), json!("Lovelace, Ada"), json!(true), json!("2026-11-25T10:15:30.000Z")]
    );
    assert!(password_hash(&app, "7").await.starts_with("$argon2id$"));
    let short = profile(&app, "short@example.com", "short").await;
    assert_eq!(short["id"], "0190a3c4-0000-7000-8000-00000000000b");
    assert_eq!(sign_in(&app, "long@example.com", &"x".repeat(79)).await, 200, "bcrypt ignores what follows 72 bytes");
    assert_ne!(sign_in(&app, "eve@example.com", "violet otter lantern 42").await, 200, "the account is disabled");
    assert_eq!(Person::sign_in(&app, "ada@example.com").await.user_id, "7");
}

#[tokio::test]
async fn bad_lines_are_reported_by_number() {
    let app = TestApp::new().await;
    let mut content = format!("\u{feff}id;email;password_hash\r\n1;one@example.com;{BCRYPT}\r\n2;two\r\n").into_bytes();
    content.extend(b"3;three@example.com;\xe9\r\n");
    content.extend(b"a b;four@example.com;secret-hash\r\n5;nowhere;\r\n1;five@example.com;\r\n");
    content.extend(b"7;seven@example.com;secret-hash\r\n8;\"eight\r\n@example.com\";\r\n9;nine@example.com;\\N\r\n");
    let report = imported(&app, content).await;
    let text = report.to_string();
    for line in [
        "line 3 skipped: it does not have as many fields",
        "line 4 skipped: it is not UTF-8",
        "user \"a b\" (line 5) skipped: its id is not",
        "user \"5\" (line 6) skipped: its e-mail address",
        "user \"1\" (line 7) skipped: its id appears twice",
        "user \"7\": cannot sign in until there is a new password: its password hash has an unknown format",
        "user \"8\" (line 9) skipped: its e-mail address",
        "user \"9\": has no password",
    ] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
    assert_eq!((report.users.imported, report.users.skipped), (3, 6), "{text}");
    assert!(!text.contains("secret-hash") && !text.contains("example.com"), "{text}");
}

#[tokio::test]
async fn json_lines_and_arrays_are_read() {
    let user =
        |id: &str| format!("{{\"id\": {id}, \"email\": \"u{id}@example.com\", \"password_hash\": \"{BCRYPT}\"}}");
    for (content, line) in [
        (format!("{}\n{{\"id\": 2,\n\n[3]\n{}\n", user("1"), user("4")), 2),
        (format!("[\n{},\n3, {}]", user("1"), user("4")), 3),
        (format!("{{\"users\": [{},\n3,\n{}]}}", user("1"), user("4")), 2),
    ] {
        let app = TestApp::new().await;
        let report = imported(&app, &content).await;
        assert_eq!(report.users.imported, 2, "{content}\n{report}");
        assert!(report.to_string().contains(&format!("line {line} skipped: it is not a JSON object")), "{report}");
        assert_eq!(sign_in(&app, "u4@example.com", "violet otter lantern 42").await, 200);
    }
}

#[tokio::test]
async fn name_that_no_json_record_has_is_refused() {
    let app = TestApp::new().await;
    let content = r#"[{"id": 1, "email": "a@example.com"}, {"id": 2, "email": "b@example.com", "banned": null}]"#;
    let file = Exported::new("users.json", content);
    for (column, found) in [("banend", false), ("banned", true)] {
        let disabled = vec![Disabled::If(Field::required(&[column]))];
        let mapping = Mapping { disabled, ..Mapping::default() };
        let result = try_users(&app, &file.from(), None, mapping, false).await;
        assert_eq!(result.is_ok(), found, "{result:?}");
        assert_eq!(count(&app, "users").await, if found { 2 } else { 0 });
    }
    assert_eq!(imported(&app, "[]").await.users.imported, 0);
}

#[tokio::test]
async fn cut_off_array_fails_after_its_records() {
    let app = TestApp::new().await;
    let file = Exported::new("users.json", "[{\"id\": 1, \"email\": \"a@example.com\"},");
    assert!(try_users(&app, &file.from(), None, Mapping::default(), false).await.is_err());
}

#[tokio::test]
async fn table_with_any_names_is_read() {
    for old in Old::each().await {
        let app = TestApp::new().await;
        old.operate(
            r#"CREATE TABLE "My ""users""; --" ("select" integer, "e mail" text, "pass""word" text, "seen.at" text,
                                                is_active boolean)"#,
        )
        .await;
        for (id, active) in [(1, "true"), (2, "false")] {
            old.operate(&format!(
                r#"INSERT INTO "My ""users""; --" VALUES ({id}, 'u{id}@example.com', '{BCRYPT}',
                   'Wed Nov 25 2026 11:15:30 GMT+0100 (CET)', {active})"#
            ))
            .await;
        }
        let mapping = || Mapping {
            id: Field::required(&["select"]),
            email: Field::required(&["e mail"]),
            password_hash: Field::required(&["pass\"word"]),
            created_at: Field::required(&["seen.at"]),
            disabled: vec![Disabled::Unless(Field::required(&["is_active"]))],
            ..Mapping::default()
        };
        let table = Some("My \"users\"; --");
        let report = try_users(&app, &old.from, table, mapping(), false).await.expect("the import succeeds");
        assert_eq!((report.users.imported, report.passwords.imported), (2, 2), "{report}");
        let one = profile(&app, "u1@example.com", "violet otter lantern 42").await;
        assert_eq!((&one["id"], &one["createdAt"]), (&json!("1"), &json!("2026-11-25T10:15:30.000Z")));
        assert_ne!(sign_in(&app, "u2@example.com", "violet otter lantern 42").await, 200);

        let wrong = Mapping { email: Field::required(&["email"]), ..mapping() };
        let failed = try_users(&app, &old.from, table, wrong, false).await;
        let no_column = SourceError::NoColumn("\"email\"".to_owned(), "--email");
        assert_eq!(failed.expect_err("no such column").to_string(), no_column.to_string());
        let failed = try_users(&app, &old.from, Some("nothing"), mapping(), false).await;
        assert!(matches!(failed, Err(ImportError::Source(SourceError::NoTable(_)))), "{failed:?}");
        let failed = try_users(&app, &old.from, None, mapping(), false).await;
        assert!(matches!(failed, Err(ImportError::Source(SourceError::NoTableNamed))), "{failed:?}");
    }
}

#[tokio::test]
async fn repeated_users_import_keeps_local_changes() {
    let app = TestApp::new().await;
    let lines = |hash: &str| format!("id,email,password_hash\n1,ada@example.com,{hash}\n2,bob@example.com,{hash}\n");
    let file = Exported::new("users.csv", lines(BCRYPT));
    let dry = try_users(&app, &file.from(), None, Mapping::default(), true).await.expect("the dry run succeeds");
    assert_eq!((dry.users.imported, count(&app, "users").await, count(&app, "credentials").await), (2, 0, 0));
    assert_eq!(imported(&app, lines(BCRYPT)).await.users.imported, 2);
    assert_eq!(sign_in(&app, "ada@example.com", "violet otter lantern 42").await, 200);
    let again = imported(&app, lines(BCRYPT_OF_SHORT)).await;
    let (here, updated) =
        (Counts { already_here: 2, ..Counts::default() }, Counts { already_here: 1, updated: 1, ..Counts::default() });
    assert_eq!((again.users, again.passwords), (here, updated), "{again}");
    assert_eq!(sign_in(&app, "ada@example.com", "violet otter lantern 42").await, 200, "she has signed in here");
    assert_eq!(sign_in(&app, "bob@example.com", "short").await, 200);
}

#[tokio::test]
async fn dry_run_finds_the_same_mailbox() {
    let app = TestApp::new().await;
    // More users than one batch has.
    let middle: Vec<_> = (0..1500).map(|id| format!("u{id},u{id}@example.com\n")).collect();
    let content = format!("id,email\nfirst,ada@example.com\n{}last,Ada@example.com\n", middle.concat());
    let file = Exported::new("users.csv", &content);
    let dry = try_users(&app, &file.from(), None, Mapping::default(), true).await.expect("the dry run succeeds");
    assert_eq!((dry.users.imported, dry.users.skipped), (1501, 1));
    assert!(dry.to_string().contains("user \"last\" (line 1503) skipped: its e-mail address is the same mailbox"));
    assert_eq!(count(&app, "users").await, 0);
}

#[tokio::test]
async fn repeated_users_import_disables_accounts() {
    let app = TestApp::new().await;
    let lines = |disabled: &str| format!("id,email,password_hash,disabled\n1,ada@example.com,{BCRYPT},{disabled}\n");
    imported(&app, lines("")).await;
    let ada = Person::sign_in(&app, "ada@example.com").await;
    let again = imported(&app, lines("no")).await;
    assert!(app.has_session(&ada.session_token).await, "{again}");
    let report = imported(&app, lines("2026-11-25")).await;
    assert!(report.to_string().contains("user \"1\": disabled, as it is in the source"), "{report}");
    app.poll_revocations().await;
    assert!(!app.has_session(&ada.session_token).await);
    assert_ne!(sign_in(&app, "ada@example.com", "violet otter lantern 42").await, 200);
}
