//! Migrations keep the rows of earlier versions.

use latchkey::{
    domain::{Email, SessionId, Timestamp, UserId, authentication::AuthContext},
    store::{Store, events::EventFilter},
};
use migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement, Value};

use crate::support::database::TestDatabase;

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

#[tokio::test]
async fn upgrade_from_uuid_ids_keeps_all_rows() {
    let database = TestDatabase::new().await;
    let (user, session) = (uuid::Uuid::from_u128(0x01a1_fdd3_5fe1_7a8d_a747_1a74_8fac_c40d), uuid::Uuid::from_u128(7));
    let create = if database.url().starts_with("sqlite") { "?mode=rwc" } else { "" };
    let old = Database::connect(format!("{}{create}", database.url())).await.expect("the database is reachable");
    Migrator::up(&old, Some(4)).await.expect("the first four migrations");
    for (columns, values) in [
        (
            "users (id, email, email_key, email_verified, name, created_at, updated_at)",
            vec![
                user.into(),
                "A@b.org".into(),
                "a@b.org".into(),
                false.into(),
                "Ada".into(),
                1_i64.into(),
                1_i64.into(),
            ],
        ),
        (
            "credentials (user_id, kind, secret, created_at, updated_at)",
            vec![user.into(), "password".into(), "hash".into(), 1_i64.into(), 1_i64.into()],
        ),
        (
            "sessions (id, user_id, family_key, secret_hash, generation, persistent, created_at, last_seen_at, \
             idle_expires_at, absolute_expires_at)",
            vec![
                session.into(),
                user.into(),
                vec![1_u8].into(),
                vec![2_u8].into(),
                0_i64.into(),
                true.into(),
                1_i64.into(),
                1_i64.into(),
                NOW.millis().into(),
                NOW.millis().into(),
            ],
        ),
        ("events (at, kind, user_id)", vec![1_i64.into(), "user_created".into(), user.into()]),
    ] {
        insert(&old, columns, values).await;
    }
    old.close().await.expect("the connection closes");

    let store = Store::connect(database.url(), 4).await.expect("the database is reachable");
    store.migrate().await.expect("the remaining migrations");

    let owner: UserId = user.to_string().parse().expect("a user id");
    let earlier = Timestamp::from_millis(2);
    assert_eq!(store.enabled_user(owner).await.expect("the database is reachable").expect("the user").email, "a@b.org");
    assert_eq!(store.password(owner).await.expect("the database is reachable").expect("a password").hash, "hash");
    let sessions = store.sessions(owner, earlier).await.expect("the database is reachable");
    assert_eq!(sessions.iter().map(|session| session.id).collect::<Vec<_>>(), [SessionId::from_uuid(session)]);
    assert_eq!(sessions[0].authentication, AuthContext::unknown(Timestamp::from_millis(1)));
    assert_eq!(store.events(owner, None, 10, EventFilter::All).await.expect("the database is reachable").len(), 1);
}

#[tokio::test]
async fn upgrade_normalizes_addresses() {
    let database = TestDatabase::new().await;
    let create = if database.url().starts_with("sqlite") { "?mode=rwc" } else { "" };
    let old = Database::connect(format!("{}{create}", database.url())).await.expect("the database is reachable");
    Migrator::up(&old, Some(8)).await.expect("the first eight migrations");
    let accounts = [
        ("capitals", "Ada@Example.com", "ada@example.com", Some("ada@example.com")),
        ("hidden", "gra\u{200b}ce@exam\u{200b}ple.com", "gra\u{200b}ce@example.com", Some("grace@example.com")),
        ("wide", "\u{ff45}ve@example.com", "eve@example.com", Some("eve@example.com")),
        ("sigma", "νικος@example.com", "νικος@example.com", Some("νικος@example.com")),
        // Two accounts of one mailbox stay as they are.
        ("first", "σας@example.com", "σας@example.com", None),
        ("second", "ΣΑΣ@example.com", "σασ@example.com", None),
        ("third", "al\u{ad}an@example.com", "al\u{ad}an@example.com", None),
        ("fourth", "alan@example.com", "alan@example.com", Some("alan@example.com")),
        // An address that is no longer valid stays too.
        ("invalid", "bob@exa_mple", "bob@exa_mple", None),
    ];
    for (id, email, key, _) in accounts {
        let columns = "users (id, email, email_key, email_verified, name, created_at, updated_at)";
        let values = vec![id.into(), email.into(), key.into(), false.into(), "".into(), 1_i64.into(), 1_i64.into()];
        insert(&old, columns, values).await;
        let columns = "credentials (user_id, kind, secret, created_at, updated_at)";
        insert(&old, columns, vec![id.into(), "password".into(), id.into(), 1_i64.into(), 1_i64.into()]).await;
    }
    old.close().await.expect("the connection closes");

    let store = Store::connect(database.url(), 4).await.expect("the database is reachable");
    store.migrate().await.expect("the remaining migrations");

    for (id, typed, _, normal) in accounts {
        let owner: UserId = id.parse().expect("a user id");
        let user = store.enabled_user(owner).await.expect("the database is reachable").expect("the user");
        assert_eq!(user.email, normal.unwrap_or(typed), "{id}");
        let Ok(email) = Email::presented(typed) else { continue };
        let login = store.password_login(&email).await.expect("the database is reachable").expect("the account");
        assert_eq!(login.password.hash, id, "the address as typed at sign-up finds the account");
    }
    let capitals = Email::presented("ΝΙΚΟΣ@example.com").expect("an address");
    let login = store.password_login(&capitals).await.expect("the database is reachable").expect("the account");
    assert_eq!(login.password.hash, "sigma");
}

#[tokio::test]
async fn upgrade_marks_routine_events() {
    let database = TestDatabase::new().await;
    let create = if database.url().starts_with("sqlite") { "?mode=rwc" } else { "" };
    let old = Database::connect(format!("{}{create}", database.url())).await.expect("the database is reachable");
    Migrator::up(&old, Some(10)).await.expect("the first ten migrations");
    for kind in ["user_created", "session_created", "session_renewed", "authn_login_fail"] {
        insert(&old, "events (at, kind, user_id)", vec![1_i64.into(), kind.into(), "ada".into()]).await;
    }
    old.close().await.expect("the connection closes");

    let store = Store::connect(database.url(), 4).await.expect("the database is reachable");
    store.migrate().await.expect("the remaining migrations");

    let owner: UserId = "ada".parse().expect("a user id");
    for (filter, expected) in [(EventFilter::All, 4), (EventFilter::Notable, 2)] {
        let events = store.events(owner, None, 10, filter).await.expect("the database is reachable");
        assert_eq!(events.len(), expected, "{events:?}");
    }
}

async fn insert(db: &DatabaseConnection, columns: &str, values: Vec<Value>) {
    let backend = db.get_database_backend();
    let place = |at: usize| if backend == DbBackend::Postgres { format!("${at}") } else { "?".to_owned() };
    let places: Vec<_> = (1..=values.len()).map(place).collect();
    let sql = format!("INSERT INTO {columns} VALUES ({})", places.join(", "));
    db.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await.expect("a row");
}
