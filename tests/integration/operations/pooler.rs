//! PgBouncer in front of PostgreSQL, in transaction mode and in session mode. `scripts/postgres` starts it.

use std::collections::BTreeSet;

use futures::future::join_all;
use sea_orm::{ConnectionTrait, Database, Statement};
use serde_json::json;

use crate::support::{
    NEW_PASSWORD, PASSWORD, TestApp,
    binary::latchkey,
    browser::Browser,
    database::{TestDatabase, execute, new_database, postgres_server},
    person::Person,
};

/// The URL of a pooler, up to the name of the database. `None` if it does not run.
fn pooler(mode: &str) -> Option<String> {
    std::env::var(format!("LATCHKEY_TEST_POOLER_{mode}")).ok().filter(|url| !url.is_empty())
}

/// A domain for the users of a database. A host name has no underscores.
fn domain(database: &str) -> String {
    database.replace('_', "-")
}

/// Uses every kind of statement: transactions, single reads and writes, lists.
async fn use_service(app: &TestApp, email: &str) {
    let ada = app.person(email).await;
    let browser = Browser::new(app);
    browser.sign_in(email, PASSWORD).await;
    assert!(browser.is_signed_in().await);
    let profile = app.client().patch(&ada.path("")).bearer(&ada.access_token).json(&json!({ "name": email })).await;
    assert_eq!(profile.json()["name"], email);
    browser.post("change-password", &[("current_password", PASSWORD), ("new_password", NEW_PASSWORD)]).await;
    assert!(!app.has_session(&ada.session_token).await, "the password change ended the other session");
    browser.sign_in(email, NEW_PASSWORD).await;
    assert!(browser.is_signed_in().await);
    app.poll_revocations().await;
    assert_eq!(app.client().get("/readyz").await.body, "ready");
}

/// The texts in a column of the database, read without the pooler.
async fn column(name: &str, table: &str, column: &str) -> BTreeSet<String> {
    let mut url = url::Url::parse(&postgres_server().expect("a server")).expect("a URL");
    url.set_path(name);
    let db = Database::connect(url.as_str()).await.expect("PostgreSQL is reachable");
    let statement = Statement::from_string(db.get_database_backend(), format!("SELECT {column} FROM {table}"));
    let rows = db.query_all_raw(statement).await.expect("the statement succeeds");
    rows.iter().map(|row| row.try_get("", column).expect("a text")).collect()
}

/// Starts services on eight empty databases at the same time, and uses each of them by several users at once.
async fn assert_eight_databases_work(mode: &str) {
    let Some(pooler) = pooler(mode) else { return };
    let server = postgres_server().expect("the pooler's server");
    let mut names = Vec::new();
    for _ in 0..8 {
        names.push(new_database(&server).await);
    }
    let work = names.iter().map(|name| {
        let database = TestDatabase::at(&format!("{pooler}{name}"));
        async move {
            let app = TestApp::on(database, &[("LATCHKEY_DATABASE_CONNECTIONS", "3")]).await.expect("it starts");
            join_all((0..4).map(|number| {
                let (app, email) = (&app, format!("ada{number}@{}.example", domain(name)));
                async move { use_service(app, &email).await }
            }))
            .await;
        }
    });
    join_all(work).await;
    for name in &names {
        let expected: BTreeSet<_> = (0..4).map(|number| format!("ada{number}@{}.example", domain(name))).collect();
        assert_eq!(column(name, "users", "email").await, expected);
        let versions = column(name, "seaql_migrations", "version").await;
        assert!(versions.iter().all(|version| version.starts_with("m2026")), "{versions:?}");
    }
}

#[tokio::test]
async fn pooler_in_transaction_mode_works() {
    assert_eight_databases_work("TRANSACTION").await;
}

#[tokio::test]
async fn pooler_in_session_mode_works() {
    assert_eight_databases_work("SESSION").await;
}

#[tokio::test]
async fn replicas_behind_a_pooler_share_a_database() {
    let Some(pooler) = pooler("TRANSACTION") else { return };
    let name = new_database(&postgres_server().expect("the pooler's server")).await;
    let url = format!("{pooler}{name}");
    let start = |_| TestApp::on(TestDatabase::at(&url), &[]);
    let apps: Vec<_> = join_all((0..8).map(start)).await.into_iter().map(|app| app.expect("it starts")).collect();
    let emails: Vec<_> = (0..apps.len()).map(|number| format!("ada{number}@example.com")).collect();
    join_all(apps.iter().zip(&emails).map(|(app, email)| use_service(app, email))).await;
    assert_eq!(column(&name, "users", "email").await, emails.into_iter().collect());
}

#[tokio::test]
async fn commands_work_behind_a_pooler() {
    let Some(pooler) = pooler("TRANSACTION") else { return };
    let server = postgres_server().expect("the pooler's server");
    let (target, source) = (new_database(&server).await, new_database(&server).await);
    let mut direct = url::Url::parse(&server).expect("a URL");
    direct.set_path(&source);
    execute(
        direct.as_str(),
        r#"CREATE TABLE "user" (id text, name text, email text, "emailVerified" boolean, image text,
               "createdAt" timestamptz, "updatedAt" timestamptz);
           CREATE TABLE account ("accountId" text, "providerId" text, "userId" text, password text);
           CREATE TABLE session (id text, "userId" text, token text, "expiresAt" timestamptz,
               "createdAt" timestamptz, "updatedAt" timestamptz, "ipAddress" text, "userAgent" text);
           INSERT INTO "user" SELECT 'u' || n, 'Ada', 'ada' || n || '@example.com', true, null, now(), now()
               FROM generate_series(1, 1200) n;
           CREATE TABLE members (nr text, mail text, hash text);
           INSERT INTO members SELECT 'm' || n, 'eve' || n || '@example.com', null FROM generate_series(1, 1200) n"#,
    )
    .await;
    let (from, to) = (format!("{pooler}{source}"), format!("{pooler}{target}"));
    let folder = tempfile::tempdir().expect("a temporary folder");
    for arguments in [
        &["migrate"][..],
        &["keys", "list"],
        &["keys", "rotate"],
        &["import", "better-auth", "--from", &from],
        &["import", "better-auth", "--from", &from],
        &["import", "users", "--from", &from, "--table", "members", "--id", "nr", "--email", "mail"],
    ] {
        let output = latchkey(folder.path(), arguments).env("LATCHKEY_DATABASE_URL", &to).output().expect("it runs");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(column(&target, "users", "id").await.len(), 2400);
    let app = TestApp::on(TestDatabase::at(&to), &[]).await.expect("the service starts");
    Person::sign_up(&app, "new@example.com").await;
}
