//! Repeated imports.

use latchkey::import::report::Counts;
use serde_json::{Value, json};

use super::{
    moved,
    old::{
        ADA, COOKIE, HASH, HASH_OF_PASS, NEXT_WEEK, Old, TOKEN, YESTERDAY,
        plugins::{CREDENTIAL_ID, PUBLIC_KEY},
    },
    sign_in, try_import,
};
use crate::support::{
    MASTER_SECRET, NEW_PASSWORD, PASSWORD, TestApp,
    browser::Browser,
    person::Person,
    records::{count, operate, password_hash, security_log},
};

const NOTHING: Counts = Counts { imported: 0, updated: 0, already_here: 0, skipped: 0 };

#[tokio::test]
async fn second_import_adds_only_new_rows() {
    for old in Old::each().await {
        let app = TestApp::new().await;
        old.ada().await;
        moved(&app, &old).await;
        let events = security_log(&app).await.len();
        let again = moved(&app, &old).await;
        let all_here = Counts { already_here: 1, ..NOTHING };
        assert_eq!((again.users, again.passwords, again.sessions), (all_here, all_here, all_here), "{again}");
        assert_eq!((count(&app, "sessions").await, security_log(&app).await.len()), (1, events));

        old.user("bob", "bob@example.com").await;
        old.password("bob", HASH_OF_PASS).await;
        old.session("s-new", ADA, &"n".repeat(32), YESTERDAY, NEXT_WEEK).await;
        let later = moved(&app, &old).await;
        let one_more = Counts { imported: 1, already_here: 1, ..NOTHING };
        assert_eq!((later.users, later.passwords, later.sessions), (one_more, one_more, one_more), "{later}");
        assert_eq!(sign_in(&app, "bob@example.com", "pass").await, 200);
    }
}

#[tokio::test]
async fn second_import_keeps_local_changes() {
    for old in Old::each().await {
        let app = TestApp::new().await;
        old.ada().await;
        moved(&app, &old).await;
        let ada = Person::sign_in(&app, "ada@example.com").await;
        let name = json!({ "name": "Countess" });
        app.client().post("/api/auth/update-user").json(&name).bearer(&ada.session_token).await;
        let change = json!({ "currentPassword": PASSWORD, "newPassword": NEW_PASSWORD });
        let changed = app.client().post("/api/auth/change-password").json(&change);
        changed.bearer(&ada.session_token).await.assert_ok();
        app.write_events().await;
        let hash = password_hash(&app, ADA).await;

        // Later, the old installation gets a new session and a new password.
        old.session("s-new", ADA, &"n".repeat(32), YESTERDAY, NEXT_WEEK).await;
        old.operate(&format!(r#"UPDATE "account" SET "password" = '{HASH_OF_PASS}'"#)).await;
        let report = moved(&app, &old).await;
        assert_eq!((report.users.already_here, report.passwords.already_here), (1, 1), "{report}");
        assert!(report.to_string().contains("session \"s-new\" skipped: its owner has changed the password here"));
        assert_eq!(password_hash(&app, ADA).await, hash);
        let profile = app.client().get(&ada.path("")).bearer(&ada.access_token).await;
        assert_eq!(profile.json()["name"], "Countess");
        let browser = Browser::new(&app);
        browser.set_cookie("better-auth.session_token", COOKIE);
        assert!(!browser.is_signed_in().await, "the change ended the imported session");
    }
}

#[tokio::test]
async fn second_import_applies_source_changes() {
    for old in Old::each().await {
        let app = TestApp::new().await;
        old.ada().await;
        moved(&app, &old).await;
        let now = "2027-01-15T07:00:00.000Z";
        old.operate(&format!(r#"UPDATE "account" SET "password" = '{HASH_OF_PASS}'"#)).await;
        old.operate(&format!(r#"UPDATE "user" SET "name" = 'Countess', "updatedAt" = '{now}'"#)).await;
        let report = moved(&app, &old).await;
        assert_eq!((report.users.updated, report.passwords.updated), (1, 1), "{report}");
        assert_eq!(sign_in(&app, "ada@example.com", PASSWORD).await, 401);
        assert_eq!(sign_in(&app, "ada@example.com", "pass").await, 200);
        let ada: serde_json::Value = app.client().get("/api/auth/get-session").bearer(TOKEN).await.json();
        assert_eq!((&ada["user"]["name"], &ada["user"]["updatedAt"]), (&json!("Countess"), &json!(now)));
    }
}

#[tokio::test]
async fn second_import_skips_deleted_accounts() {
    let (app, old) = (TestApp::new().await, Old::on_sqlite().await);
    old.ada().await;
    moved(&app, &old).await;
    operate(&app, "DELETE FROM credentials").await;
    operate(&app, "DELETE FROM users").await;
    let report = moved(&app, &old).await;
    assert!(report.to_string().contains(&format!("user \"{ADA}\" skipped: its account was here before")), "{report}");
    assert_eq!(count(&app, "users").await, 0);
}

#[tokio::test]
async fn second_import_skips_foreign_ids() {
    let (app, old, other) = (TestApp::new().await, Old::on_sqlite().await, Old::on_sqlite().await);
    old.user("1", "ada@example.com").await;
    old.password("1", HASH).await;
    moved(&app, &old).await;
    other.user("1", "eve@example.com").await;
    other.password("1", HASH_OF_PASS).await;
    let report = moved(&app, &other).await;
    assert!(report.to_string().contains("user \"1\" skipped: its id is here already, with another"), "{report}");
    assert_eq!(sign_in(&app, "ada@example.com", "pass").await, 401);
    assert_eq!(sign_in(&app, "ada@example.com", PASSWORD).await, 200);
}

#[tokio::test]
async fn import_writes_user_events_once() {
    for old in Old::each().await {
        let app = TestApp::with(&[("LATCHKEY_EVENTS_TOKEN", MASTER_SECRET)]).await;
        let types = async || {
            let page = app.client().get("/api/events").bearer(MASTER_SECRET).await.json();
            let kind = |event: &Value| event["type"].as_str().expect("a type").to_owned();
            page["events"].as_array().expect("events").iter().map(kind).collect::<Vec<_>>()
        };
        old.ada().await;
        try_import(&app, &old, None, true).await.expect("the import succeeds");
        assert!(types().await.is_empty(), "a dry run");
        moved(&app, &old).await;
        moved(&app, &old).await;
        assert_eq!(types().await, ["user.created"]);
        old.operate(r#"UPDATE "user" SET "name" = 'Countess', "updatedAt" = '2027-01-15T09:00:00.000Z'"#).await;
        moved(&app, &old).await;
        assert_eq!(types().await, ["user.created", "user.updated"]);
        let page = app.client().get("/api/events?after=1").bearer(MASTER_SECRET).await.json();
        assert_eq!(page["events"][0]["data"]["user"]["name"], "Countess");
    }
}

/// Another person may have registered the address at the old server.
#[tokio::test]
async fn second_import_restores_nothing_discarded() {
    for old in Old::each().await {
        let app = TestApp::new().await;
        old.ada_with_app().await;
        old.passkey("p-ada", ADA, CREDENTIAL_ID, PUBLIC_KEY).await;
        old.operate(r#"UPDATE "user" SET "emailVerified" = false"#).await;
        moved(&app, &old).await;
        // As the first proof of the mailbox does.
        for statement in ["DELETE FROM credentials", "DELETE FROM totp_factors", "DELETE FROM passkeys"] {
            operate(&app, statement).await;
        }
        operate(&app, "UPDATE users SET email_verified = true").await;
        old.operate(r#"UPDATE "user" SET "name" = 'Countess', "updatedAt" = '2027-01-15T07:00:00.000Z'"#).await;
        let report = moved(&app, &old).await;
        let skipped = Counts { skipped: 1, ..NOTHING };
        assert_eq!((report.users.updated, report.passwords), (1, skipped), "{report}");
        assert_eq!((report.factors, report.passkeys, report.sessions), (skipped, skipped, skipped), "{report}");
        for table in ["credentials", "totp_factors", "passkeys", "sessions"] {
            assert_eq!(count(&app, table).await, 0, "{table}");
        }
        assert_eq!(count(&app, "users WHERE email_verified").await, 1, "stays verified");
    }
}
