//! Imported second factors: authenticator apps and backup codes work as before.

use latchkey::import::{
    factor::TotpParameters,
    report::{Counts, FactorProblem},
    run::{FactorSettings, ImportError, Settings},
};
use serde_json::json;

use super::{
    import_from, import_with, moved,
    old::{
        ADA, Old, SECRET,
        plugins::{CODES, KEY, OTHER_KEY, OTHER_SEALED_KEY, PLAIN_CODE, PLAIN_CODES, SEALED_CODES, SEALED_KEY},
    },
    settings, sign_in, try_import,
};
use crate::{
    factors::app::{Phone, STEP, WAITING, api_password, codes, enter, first_step, recover},
    support::{
        PASSWORD, TestApp,
        browser::Browser,
        records::{count, everything, security_log, texts},
    },
};

/// Settings that import users without factors that cannot be imported.
pub fn without_factors(app: &TestApp, secret: Option<&str>) -> Settings {
    let settings = settings(app, secret);
    Settings { factors: FactorSettings { without: true, ..settings.factors }, ..settings }
}

#[tokio::test]
async fn imported_app_and_codes_sign_in() {
    for old in Old::each().await {
        let app = TestApp::new().await;
        old.ada_with_app().await;
        let report = moved(&app, &old).await;
        assert_eq!((report.users.imported, report.factors.imported, report.factors.skipped), (1, 1, 0), "{report}");
        assert_eq!((report.sessions.imported, report.sessions.skipped), (0, 1), "{report}");
        assert!(report.to_string().contains("skipped: its user has a second factor"), "{report}");

        let phone = Phone::of_another_system(&app, KEY);
        let browser = first_step(&app).await;
        assert_eq!(enter(&browser, &phone.wrong()).await, "/sign-in/second-step");
        assert_eq!(enter(&browser, &phone.code()).await, "/account");
        assert!(browser.is_signed_in().await);
        let other = first_step(&app).await;
        assert_eq!(enter(&other, &phone.code()).await, "/sign-in/second-step", "a code is accepted once");
        assert_eq!(recover(&other, CODES[3]).await, "/account/security");
        assert!(other.page("/account/security").await.contains("9 recovery codes remain."));
        let third = first_step(&app).await;
        assert_eq!(recover(&third, CODES[3]).await, "/sign-in/recovery-code", "a recovery code works once");
        assert_eq!(recover(&third, &CODES[4].to_uppercase()).await, "/account/security");
    }
}

#[tokio::test]
async fn imported_code_signs_in_over_the_api() {
    let (app, old) = (TestApp::new().await, Old::on_sqlite().await);
    old.ada_with_app().await;
    moved(&app, &old).await;
    let answer = api_password(&app.client()).await;
    assert_eq!(answer.json()["twoFactorRedirect"], true);
    let verify = async |code: &str| {
        let browser = first_step(&app).await;
        browser.post_json("/api/auth/two-factor/verify-backup-code", &json!({ "code": code })).await.status.as_u16()
    };
    assert_eq!(verify("5sghb-Eejf3").await, 401);
    assert_eq!(verify(CODES[0]).await, 200);
    assert_eq!(verify(CODES[0]).await, 401);
}

#[tokio::test]
async fn imported_codes_are_stored_as_hashes() {
    let (app, old) = (TestApp::new().await, Old::on_sqlite().await);
    old.ada_with_app().await;
    moved(&app, &old).await;
    let hashes = texts(&app, "recovery_codes", &["hash"]).await;
    assert!(hashes.len() == 10 && hashes.iter().all(|hash| hash.starts_with("hmac-sha256$")), "{hashes:?}");
    let stored = format!("{hashes:?} {}", everything(&app).await);
    for secret in [KEY, SEALED_KEY, SEALED_CODES, "DZCyNXnaiTpxd4CTLyvRfdJ", "5sghb", "eejf2"] {
        assert!(!stored.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn renewed_codes_replace_imported_ones() {
    let (app, old) = (TestApp::new().await, Old::on_sqlite().await);
    old.ada_with_app().await;
    moved(&app, &old).await;
    let phone = Phone::of_another_system(&app, KEY);
    let browser = first_step(&app).await;
    enter(&browser, &phone.code()).await;
    browser.post("renew-recovery-codes", &[]).await;
    let renewed = codes(&browser.page("/account/recovery-codes").await);
    let other = first_step(&app).await;
    assert_eq!(recover(&other, CODES[0]).await, "/sign-in/recovery-code");
    assert_eq!(recover(&other, &renewed[0]).await, "/account/security");
    let hashes = texts(&app, "recovery_codes", &["hash"]).await;
    assert!(hashes.iter().all(|hash| hash.starts_with("$argon2id$")), "{hashes:?}");
}

#[tokio::test]
async fn missing_secret_stops_the_import() {
    for old in Old::each().await {
        let app = TestApp::new().await;
        old.ada_with_app().await;
        old.user("bob", "bob@example.com").await;
        for dry_run in [true, false] {
            let stopped = try_import(&app, &old, None, dry_run).await;
            assert!(matches!(stopped, Err(ImportError::SecretMissing(1))), "{stopped:?}");
        }
        assert_eq!(count(&app, "users").await, 0);
        old.enable_two_factor(ADA, false).await;
        let report = try_import(&app, &old, None, false).await.expect("no factor is on");
        assert_eq!((report.users.imported, report.factors), (2, Counts::default()), "{report}");
    }
}

#[tokio::test]
async fn user_without_factor_needs_the_flag() {
    for old in Old::each().await {
        let app = TestApp::new().await;
        old.ada_with_app().await;
        let report = import_with(&app, &old, &without_factors(&app, None)).await.expect("the import succeeds");
        assert_eq!((report.users.imported, report.users_without_factor), (1, 1), "{report}");
        let text = report.to_string();
        assert!(text.contains(&format!("user \"{ADA}\": imported without a second factor: the old secret")), "{text}");
        assert!(text.contains("1 users have a second factor in the source, and none here"), "{text}");
        assert_eq!(sign_in(&app, "ada@example.com", PASSWORD).await, 200);
        assert_eq!((count(&app, "totp_factors").await, count(&app, "recovery_codes").await), (0, 0));
    }
}

#[tokio::test]
async fn user_with_unreadable_factor_is_skipped() {
    for old in Old::each().await {
        let app = TestApp::new().await;
        old.ada_with_app().await;
        for id in ["damaged", "twice", "messages", "unverified", "begun", "none"] {
            old.user(id, &format!("{id}@example.com")).await;
        }
        old.two_factor("damaged", &SEALED_CODES[2..], SEALED_CODES).await;
        old.two_factor("twice", SEALED_KEY, SEALED_CODES).await;
        old.operate(r#"INSERT INTO "twoFactor" SELECT 'second', "secret", "backupCodes", "userId", "verified", 0, NULL FROM "twoFactor" WHERE "userId" = 'twice'"#).await;
        old.enable_two_factor("messages", true).await;
        for id in ["unverified", "begun"] {
            old.two_factor(id, SEALED_KEY, SEALED_CODES).await;
            old.operate(&format!(r#"UPDATE "twoFactor" SET "verified" = false WHERE "userId" = '{id}'"#)).await;
        }
        old.enable_two_factor("begun", false).await;
        let report = moved(&app, &old).await;
        assert_eq!((report.users.imported, report.users.skipped), (3, 4), "{report}");
        assert_eq!((report.factors.imported, report.factors.skipped), (1, 4), "{report}");
        for (id, problem) in [
            ("damaged", FactorProblem::Encrypted),
            ("twice", FactorProblem::Several),
            ("messages", FactorProblem::NoApp),
            ("unverified", FactorProblem::NoApp),
        ] {
            let line = format!("user \"{id}\" skipped: its second factor cannot be imported: {problem}");
            assert!(report.to_string().contains(&line), "{line} in {report}");
        }
        assert!(!report.to_string().contains(SEALED_KEY));
        let report = import_with(&app, &old, &without_factors(&app, Some(SECRET))).await.expect("the import succeeds");
        assert_eq!((report.users.imported, report.users_without_factor), (4, 4), "{report}");
        assert_eq!(report.factors.already_here, 1, "Ada keeps the factor");
    }
}

#[tokio::test]
async fn wrong_secret_or_other_digits_skip_users() {
    let (app, old) = (TestApp::new().await, Old::on_sqlite().await);
    old.ada_with_app().await;
    let report = try_import(&app, &old, Some("not the old secret"), false).await.expect("the import ends");
    assert!(report.to_string().contains("the key cannot be decrypted with the old secret"), "{report}");
    assert_eq!((report.users.imported, report.users.skipped), (0, 1), "{report}");
    for parameters in [TotpParameters { digits: 8, period: 30 }, TotpParameters { digits: 6, period: 60 }] {
        let settings = settings(&app, Some(SECRET));
        let settings = Settings { factors: FactorSettings { parameters, ..settings.factors }, ..settings };
        let report = import_with(&app, &old, &settings).await.expect("the import ends");
        assert!(report.to_string().contains("do not have 6 digits and 30 seconds"), "{report}");
        assert_eq!(report.users.skipped, 1, "{report}");
    }
    assert_eq!(sign_in(&app, "ada@example.com", PASSWORD).await, 401, "not imported");
}

#[tokio::test]
async fn backup_codes_in_other_forms_are_handled() {
    for old in Old::each().await {
        let app = TestApp::new().await;
        old.add_plugins().await;
        old.ada().await;
        old.two_factor(ADA, OTHER_SEALED_KEY, PLAIN_CODES).await;
        old.user("custom", "custom@example.com").await;
        old.two_factor("custom", SEALED_KEY, "own:encryption").await;
        old.user("short", "short@example.com").await;
        old.two_factor("short", SEALED_KEY, r#"["1234-5678", "abcde-FGHIJ"]"#).await;
        let report = moved(&app, &old).await;
        assert_eq!(report.factors.imported, 3, "{report}");
        for line in
            ["user \"custom\": backup codes left out, because they cannot be read", "user \"short\": backup codes"]
        {
            assert!(report.to_string().contains(line), "{line} in {report}");
        }
        let number = async |id: &str| count(&app, &format!("recovery_codes WHERE user_id = '{id}'")).await;
        assert_eq!([number(ADA).await, number("custom").await, number("short").await], [3, 0, 1]);
        let browser = first_step(&app).await;
        assert_eq!(enter(&browser, &Phone::of_another_system(&app, OTHER_KEY).code()).await, "/account");
        assert_eq!(recover(&first_step(&app).await, PLAIN_CODE).await, "/account/security");
    }
}

#[tokio::test]
async fn factors_in_tables_of_other_adapters_are_read() {
    for tables in [&[][..], &["twoFactor=auth_mfa"]] {
        let (app, old) = (TestApp::new().await, Old::on_sqlite().await);
        let name = if tables.is_empty() { "two_factors" } else { "auth_mfa" };
        // An earlier version, without the column `verified`.
        old.operate(&format!(
            "alter table user add column two_factor_enabled text;
             create table {name} (id text primary key, secret text, backup_codes text, user_id text);
             insert into {name} values ('f', '{SEALED_KEY}', '{SEALED_CODES}', '{ADA}')"
        ))
        .await;
        old.ada().await;
        old.operate("update user set two_factor_enabled = 'true'").await;
        let tables = tables.iter().map(|name| name.parse().expect("TABLE=NAME")).collect();
        let report = import_from(&app, &old, &tables).await.expect("the import succeeds");
        assert_eq!(report.factors.imported, 1, "{report}");
        let browser = first_step(&app).await;
        assert_eq!(enter(&browser, &Phone::of_another_system(&app, KEY).code()).await, "/account");
    }
}

#[tokio::test]
async fn factors_of_an_unclear_source_are_refused() {
    let (app, old) = (TestApp::new().await, Old::on_sqlite().await);
    old.ada().await;
    // The column of the users has another name.
    old.operate("create table twoFactor (id text, secret text, backupCodes text, userId text)").await;
    let problem = try_import(&app, &old, Some(SECRET), false).await.expect_err("refused").to_string();
    assert!(problem.contains("no column \"twoFactorEnabled\""), "{problem}");
    // The table has another name.
    old.operate("drop table twoFactor; alter table user add column twoFactorEnabled integer").await;
    old.enable_two_factor(ADA, true).await;
    let report = moved(&app, &old).await;
    assert!(report.to_string().contains("or the table has another name"), "{report}");
    assert_eq!(count(&app, "users").await, 0);
}

#[tokio::test]
async fn factor_of_an_existing_account_is_added() {
    for old in Old::each().await {
        let app = TestApp::new().await;
        old.add_plugins().await;
        old.ada().await;
        moved(&app, &old).await;
        let browser = Browser::new(&app);
        browser.sign_in("ada@example.com", PASSWORD).await;
        assert!(browser.is_signed_in().await);
        app.write_events().await;
        old.two_factor(ADA, SEALED_KEY, SEALED_CODES).await;
        let report = moved(&app, &old).await;
        assert_eq!((report.users.already_here, report.factors.imported), (1, 1), "{report}");
        let added = security_log(&app).await.into_iter().find(|event| event.kind == "authn_factor_added");
        assert_eq!(added.expect("an event").detail.as_deref(), Some("import"));
        app.wait(STEP);
        assert!(browser.is_signed_in().await, "sessions continue");
        let other = first_step(&app).await;
        assert!(other.cookie(WAITING).is_some());
        assert_eq!(enter(&other, &Phone::of_another_system(&app, KEY).code()).await, "/account");
    }
}
