//! Tables, columns and times of other Better Auth schemas.

use latchkey::import::source::{Source, SourceError, better_auth::Tables};
use serde_json::{Value, json};

use super::{
    import_from, moved,
    old::{ADA, HASH, NEXT_WEEK, Old, TOKEN, YESTERDAY},
    sign_in,
    users::BCRYPT,
};
use crate::support::{PASSWORD, TestApp, person::access_token};

const COLUMNS_OF_SESSION: &str = "id text primary key, expires_at text, token text, created_at text, updated_at text, \
                                  ip_address text, user_agent text, user_id text";

fn tables(names: &[&str]) -> Tables {
    names.iter().map(|name| name.parse().expect("TABLE=NAME")).collect()
}

/// The tables of an adapter that names them in the plural and columns in snake case.
fn plural(time: &str, seven_days: &str) -> String {
    format!(
        "create table users (id text primary key, name text, email text, email_verified integer, image text, \
           created_at real, updated_at text);
         create table sessions ({COLUMNS_OF_SESSION});
         create table accounts (id text primary key, account_id text, provider_id text, user_id text, password text);
         insert into users values ('{ADA}', 'Ada', 'ada@example.com', 1, null, {time}, {time});
         insert into accounts values ('a', '{ADA}', 'credential', '{ADA}', '{HASH}');
         insert into sessions values ('s', {seven_days}, '{TOKEN}', {time}, {time}, null, null, '{ADA}');"
    )
}

#[tokio::test]
async fn other_adapters_tables_are_read() {
    for (time, seven_days) in [
        ("1799900000", "1800500000000"),
        ("1799900000.0", "1800500000000.0"),
        (
            "'Thu Jan 14 2027 04:13:20 GMT+0000 (Coordinated Universal Time)'",
            "'Thu Jan 21 2027 05:00:00 GMT+0100 (CET)'",
        ),
        ("'2027-01-14 04:13:20+00'", "'2027-01-21 04:13:20.5+00:00'"),
    ] {
        let (app, old) = (TestApp::new().await, Old::in_file(&plural(time, seven_days)).await);
        let report = moved(&app, &old).await;
        assert_eq!((report.users.imported, report.passwords.imported, report.sessions.imported), (1, 1, 1), "{report}");
        let token = access_token(&app, TOKEN).await;
        let profile: Value = app.client().get(&format!("/api/users/{ADA}")).bearer(token).await.json();
        assert_eq!(profile["createdAt"], "2027-01-14T04:13:20.000Z", "{time}");
    }
}

#[tokio::test]
async fn plural_tables_beside_an_own_user_are_read() {
    let old = Old::in_file(&plural("1799900000", "1800500000")).await;
    old.operate("create table user (id integer primary key, nickname text); create table account (iban text)").await;
    let report = moved(&TestApp::new().await, &old).await;
    assert_eq!((report.users.imported, report.passwords.imported, report.sessions.imported), (1, 1, 1), "{report}");
}

#[tokio::test]
async fn two_complete_tables_are_not_chosen_between() {
    let old = Old::on_sqlite().await;
    old.ada().await;
    old.operate("create table users as select * from user; delete from users").await;
    let problem = Source::better_auth(&old.from, &Tables::default()).await.err();
    assert!(matches!(&problem, Some(SourceError::TwoTables(name)) if name == "user"), "{problem:?}");
    let app = TestApp::new().await;
    for (name, imported) in [("user=users", 0), ("user=user", 1)] {
        let report = import_from(&app, &old, &tables(&[name])).await.expect("the import succeeds");
        assert_eq!(report.users.imported, imported, "{name}");
    }
}

#[tokio::test]
async fn tables_with_given_names_are_read() {
    for old in Old::each().await {
        let app = TestApp::new().await;
        old.ada().await;
        for (name, other) in [("user", "auth \"users\""), ("account", "auth_account"), ("session", "Auth.Session")] {
            old.operate(&format!("ALTER TABLE \"{name}\" RENAME TO \"{}\"", other.replace('"', "\"\""))).await;
        }
        let names = tables(&["user=auth \"users\"", "accounts=auth_account", "session=Auth.Session"]);
        let report = import_from(&app, &old, &names).await.expect("the import succeeds");
        assert_eq!((report.users.imported, report.passwords.imported, report.sessions.imported), (1, 1, 1), "{report}");
        assert_eq!(sign_in(&app, "ada@example.com", PASSWORD).await, 200);
        let missing = import_from(&app, &old, &tables(&["user=nothing"])).await;
        assert!(missing.expect_err("no such table").to_string().contains("there is no table \"nothing\""));
    }
    for bad in ["auth_user", "users=", "rateLimit=x", "=x"] {
        assert!(bad.parse::<latchkey::import::source::better_auth::NamedTable>().is_err(), "{bad}");
    }
}

#[tokio::test]
async fn bcrypt_hashes_of_better_auth_are_verified() {
    for old in Old::each().await {
        let app = TestApp::new().await;
        old.user(ADA, "ada@example.com").await;
        old.password(ADA, BCRYPT).await;
        assert_eq!(moved(&app, &old).await.passwords.imported, 1);
        assert_eq!(sign_in(&app, "ada@example.com", "violet otter lantern 43").await, 401);
        assert_eq!(sign_in(&app, "ada@example.com", PASSWORD).await, 200);
    }
}

#[tokio::test]
async fn sessions_without_a_user_are_reported() {
    for old in Old::each().await {
        let app = TestApp::new().await;
        old.ada().await;
        old.operate("DROP TABLE session").await;
        let columns = r#""id" text, "expiresAt" text, "token" text, "createdAt" text, "updatedAt" text, "ipAddress" text,
                         "userAgent" text, "userId" text"#;
        old.operate(&format!("CREATE TABLE session ({columns})")).await;
        for (id, owner) in [("s-first", "0"), ("s-ada", ADA), ("s-last", "zzz")] {
            old.session(id, owner, &id.repeat(5), YESTERDAY, NEXT_WEEK).await;
        }
        let report = moved(&app, &old).await;
        assert_eq!((report.sessions.imported, report.sessions.skipped), (1, 2), "{report}");
        for id in ["s-first", "s-last"] {
            assert!(report.to_string().contains(&format!("session \"{id}\" skipped: its user is not imported")));
        }
    }
}

#[tokio::test]
async fn accounts_of_other_users_give_no_password() {
    for old in Old::each().await {
        let app = TestApp::new().await;
        // Ids of which one is the beginning of the other, in an order that depends on the collation.
        for id in ["a", "A", "ab", "a-b", "a_b", "B"] {
            old.user(id, &format!("{}{id}@example.com", if id == id.to_lowercase() { "l" } else { "u" })).await;
        }
        old.password("a-b", HASH).await;
        old.password("A", BCRYPT).await;
        old.account("B", "github", "B", HASH).await;
        let report = moved(&app, &old).await;
        assert_eq!((report.users.imported, report.passwords.imported), (6, 2), "{report}");
        for (email, status) in [("la-b", 200), ("uA", 200), ("la", 401), ("lab", 401), ("uB", 401)] {
            assert_eq!(sign_in(&app, &format!("{email}@example.com"), PASSWORD).await, status, "{email}");
        }
        assert_eq!(json!(report.passwords.skipped), json!(4));
    }
}
