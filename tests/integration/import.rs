//! Imports: users keep their ids, passwords and, from Better Auth, sessions, second factors and passkeys.

mod busy;
mod command;
mod factors;
mod factors_again;
pub mod old;
mod passkey_sign_in;
mod passkeys;
mod presets;
mod sessions;
mod tables;
mod twice;
mod users;

use latchkey::{
    auth::factors::{ImportedCodes, TotpSealer},
    import::{
        factor::TotpParameters,
        report::{Report, RpId},
        run::{FactorSettings, ImportError, Settings, import},
        secrets::OldSecrets,
        source::{Source, better_auth::Tables},
    },
};
use serde_json::{Value, json};
use std::time::Duration;

use self::{
    old::{ADA, HASH, HASH_OF_PASS, NEXT_WEEK, Old, SECRET, TOKEN, YESTERDAY},
    users::BCRYPT,
};
use crate::support::{
    NEW_PASSWORD, PASSWORD, TestApp, keys,
    person::Person,
    records::{count, operate, password_hash, security_log},
};

const EVERYTHING: [&str; 5] = ["users", "credentials", "sessions", "imported_sessions", "events"];

/// The settings of an import, with the old secret.
pub fn settings(app: &TestApp, secret: Option<&str>) -> Settings {
    let keys = keys::derived(app);
    Settings {
        secrets: secret.map(|secret| OldSecrets::new(secret.as_bytes().to_vec().into(), &[])),
        session_max: Duration::from_hours(30 * 24),
        factors: FactorSettings {
            sealer: TotpSealer::new(&keys.totp).expect("a sealer"),
            codes: ImportedCodes::new(&keys.imported_codes),
            parameters: TotpParameters::default(),
            without: false,
        },
        rp_id: RpId::Here("localhost".to_owned()),
        dry_run: false,
    }
}

async fn try_import(app: &TestApp, old: &Old, secret: Option<&str>, dry_run: bool) -> Result<Report, ImportError> {
    import_with(app, old, &Settings { dry_run, ..settings(app, secret) }).await
}

async fn import_with(app: &TestApp, old: &Old, settings: &Settings) -> Result<Report, ImportError> {
    run_import(app, Source::better_auth(&old.from, &Tables::default()).await?, settings).await
}

/// Imports from tables with names of their own, with the correct secret.
async fn import_from(app: &TestApp, old: &Old, tables: &Tables) -> Result<Report, ImportError> {
    run_import(app, Source::better_auth(&old.from, tables).await?, &settings(app, Some(SECRET))).await
}

async fn run_import(app: &TestApp, source: Source, settings: &Settings) -> Result<Report, ImportError> {
    import(&app.store().await.expect("the database is reachable"), source, settings, app.now(), |_| ()).await
}

/// Imports with the correct secret.
pub async fn moved(app: &TestApp, old: &Old) -> Report {
    try_import(app, old, Some(SECRET), false).await.expect("the import succeeds")
}

async fn sign_in(app: &TestApp, email: &str, password: &str) -> u16 {
    let body = json!({ "email": email, "password": password });
    app.client().post("/api/auth/sign-in/email").json(&body).await.status.as_u16()
}

#[tokio::test]
async fn imported_users_keep_their_ids() {
    for old in Old::each().await {
        let app = TestApp::new().await;
        old.ada().await;
        let report = moved(&app, &old).await;
        assert_eq!((report.users.imported, report.users.skipped), (1, 0), "{report}");
        let ada = Person::sign_in(&app, "ada@example.com").await;
        assert_eq!(ada.user_id, ADA);
        let profile: Value = ada.get(&app, "").await.json();
        assert_eq!((&profile["id"], &profile["name"]), (&json!(ADA), &json!("Ada")));
        let session: Value = app.client().get("/api/auth/get-session").bearer(&ada.session_token).await.json();
        assert_eq!(
            session["user"],
            json!({ "id": ADA, "name": "Ada", "email": "ada@example.com", "emailVerified": true,
                    "image": "https://example.com/a.png", "createdAt": YESTERDAY, "updatedAt": YESTERDAY,
                    "twoFactorEnabled": false })
        );
        let other = app.client().get("/api/users/bFvE89k3dlrM8TEFajLpnqMWoFMJBrrc");
        assert_eq!(other.bearer(&ada.access_token).await.status, 403);
        let created =
            security_log(&app).await.into_iter().find(|event| event.kind == "user_created").expect("an event");
        assert_eq!((created.user_id.as_deref(), created.detail.as_deref()), (Some(ADA), Some("import")));
    }
}

#[tokio::test]
async fn imported_password_is_rehashed_at_sign_in() {
    for old in Old::each().await {
        let app = TestApp::new().await;
        old.user(ADA, "ada@example.com").await;
        old.password(ADA, HASH_OF_PASS).await;
        moved(&app, &old).await;
        assert!(password_hash(&app, ADA).await.starts_with("$scrypt$ln=14,r=16,p=1$"));
        assert_eq!(sign_in(&app, "ada@example.com", "Pass").await, 401);
        assert!(password_hash(&app, ADA).await.starts_with("$scrypt$"), "a wrong password keeps the hash");
        for _ in 0..2 {
            assert_eq!(sign_in(&app, "ada@example.com", "pass").await, 200);
            assert!(password_hash(&app, ADA).await.starts_with("$argon2id$"));
        }
        assert_eq!(sign_in(&app, "ada@example.com", "Pass").await, 401);
    }
}

#[tokio::test]
async fn imported_password_can_be_changed() {
    let (app, old) = (TestApp::new().await, Old::on_sqlite().await);
    old.ada().await;
    moved(&app, &old).await;
    let change = |current: &str| json!({ "currentPassword": current, "newPassword": NEW_PASSWORD });
    for (current, status) in [("wrong", 400), (PASSWORD, 200)] {
        let request = app.client().post("/api/auth/change-password").json(&change(current));
        assert_eq!(request.bearer(TOKEN).await.status, status, "{current}");
    }
    assert_eq!(sign_in(&app, "ada@example.com", NEW_PASSWORD).await, 200);
}

#[tokio::test]
async fn interrupted_import_is_completed_later() {
    for old in Old::each().await {
        let app = TestApp::new().await;
        // More rows than one batch: the first batches are written before the failure.
        for number in 0..700 {
            old.user(&format!("u{number:03}"), &format!("u{number:03}@example.com")).await;
        }
        let broken = if app.database_url().starts_with("sqlite") {
            "CREATE TRIGGER broken BEFORE INSERT ON users WHEN NEW.id = 'u650' BEGIN SELECT RAISE(ABORT, 'no'); END"
        } else {
            "ALTER TABLE users ADD CONSTRAINT broken CHECK (id <> 'u650')"
        };
        operate(&app, broken).await;
        let failed = try_import(&app, &old, Some(SECRET), false).await;
        assert!(matches!(failed, Err(ImportError::Store(_))), "{failed:?}");
        let (users, events) = (count(&app, "users").await, count(&app, "events").await);
        assert!((1..=650).contains(&users) && events == users, "whole batches: {users} users, {events} events");
        let repair = if app.database_url().starts_with("sqlite") {
            "DROP TRIGGER broken"
        } else {
            "ALTER TABLE users DROP CONSTRAINT broken"
        };
        operate(&app, repair).await;
        let report = moved(&app, &old).await;
        let all = (u64::try_from(users).unwrap(), 700);
        assert_eq!((report.users.already_here, report.users.already_here + report.users.imported), all, "{report}");
        assert_eq!((count(&app, "users").await, count(&app, "events").await), (700, 700));
    }
}

#[tokio::test]
async fn dry_run_writes_nothing() {
    for old in Old::each().await {
        let app = TestApp::new().await;
        old.ada().await;
        old.user("a b", "bad@example.com").await;
        let dry = try_import(&app, &old, Some(SECRET), true).await.expect("the dry run succeeds");
        assert!(dry.to_string().ends_with("This was a dry run: nothing was written.\n"));
        for table in EVERYTHING {
            assert_eq!(count(&app, table).await, 0, "{table}");
        }
        let real = moved(&app, &old).await;
        assert_eq!((dry.users, dry.passwords, dry.sessions), (real.users, real.passwords, real.sessions));
    }
}

#[tokio::test]
async fn report_names_skipped_rows_with_reasons() {
    for old in Old::each().await {
        let app = TestApp::new().await;
        let here = app.person("taken@example.com").await;
        old.ada().await;
        for (id, email) in [
            ("a b", "space@example.com"),
            ("nowhere", "nowhere@localhost"),
            ("taken", "taken@example.com"),
            ("z-twin", "ａda@example.com"),
            ("social", "social@example.com"),
            ("wrapped", "wrapped@example.com"),
            ("foreign", "foreign@example.com"),
        ] {
            old.user(id, email).await;
        }
        old.account("social", "github", "123", "").await;
        old.account("foreign", "credential", "another", HASH).await;
        old.password("wrapped", &format!("$wp{BCRYPT}")).await;
        old.operate(&format!(r#"UPDATE "user" SET "name" = '{}' WHERE "id" = 'social'"#, "x".repeat(101))).await;
        old.session("s-old", ADA, &"a".repeat(32), "2026-12-01T08:00:00.000Z", NEXT_WEEK).await;
        old.session("s-over", ADA, &"b".repeat(32), YESTERDAY, YESTERDAY).await;
        old.session("s-odd", ADA, "short", YESTERDAY, NEXT_WEEK).await;
        old.session("s-taken", "taken", &"d".repeat(32), YESTERDAY, NEXT_WEEK).await;
        let report = moved(&app, &old).await;
        let text = report.to_string();
        for line in [
            "user \"a b\" skipped: its id is not".to_owned(),
            "user \"nowhere\" skipped: its e-mail address is not one".to_owned(),
            format!("user \"taken\" skipped: its e-mail address belongs to user {}", here.user_id),
            format!("user \"z-twin\" skipped: its e-mail address is the same mailbox as that of user {ADA}"),
            "user \"social\": has no password".to_owned(),
            "user \"social\": name shortened".to_owned(),
            "user \"foreign\": has no password".to_owned(),
            "user \"wrapped\": cannot sign in until there is a new password: its password is hashed with WordPress"
                .to_owned(),
            "session \"s-old\" skipped: it was opened longer ago than LATCHKEY_SESSION_MAX".to_owned(),
            "session \"s-over\" skipped: it has expired".to_owned(),
            "session \"s-odd\" skipped: its token".to_owned(),
            "session \"s-taken\" skipped: its user is not imported".to_owned(),
        ] {
            assert!(text.contains(&line), "{line} in\n{text}");
        }
        assert_eq!((report.users.imported, report.users.skipped), (4, 4), "{text}");
        assert_eq!((report.passwords.imported, report.passwords.skipped), (1, 3), "{text}");
        assert_eq!((report.sessions.imported, report.sessions.skipped), (1, 4), "{text}");
        for secret in [HASH, TOKEN, SECRET, "$2b$", "example.com"] {
            assert!(!text.contains(secret), "{secret} in\n{text}");
        }
        assert_eq!(sign_in(&app, "wrapped@example.com", PASSWORD).await, 401);
    }
}

#[tokio::test]
async fn argon2id_hashes_are_imported_unchanged() {
    let (app, old) = (TestApp::new().await, Old::on_sqlite().await);
    let reference = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
    old.user(ADA, "ada@example.com").await;
    old.password(ADA, reference).await;
    assert_eq!(moved(&app, &old).await.passwords.imported, 1);
    assert_eq!(password_hash(&app, ADA).await, reference);
    assert_eq!(sign_in(&app, "ada@example.com", "password").await, 200);
}
