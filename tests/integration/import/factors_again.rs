//! Repeated imports of second factors.

use latchkey::import::report::Counts;

use super::{
    factors::without_factors,
    import_with, moved,
    old::{
        ADA, Old, SECRET, YESTERDAY,
        plugins::{CODES, KEY, OTHER_KEY, OTHER_SEALED_KEY, PLAIN_CODE, PLAIN_CODES, SEALED_CODES, SEALED_KEY},
    },
    sign_in, try_import,
};
use crate::{
    factors::app::{Phone, STEP, enter, first_step, recover},
    support::{
        PASSWORD, TestApp,
        records::{count, security_log, texts},
    },
};

const NOTHING: Counts = Counts { imported: 0, updated: 0, already_here: 0, skipped: 0 };
const HERE: Counts = Counts { already_here: 1, ..NOTHING };

async fn replace_app(old: &Old) {
    old.operate(r#"DELETE FROM "twoFactor""#).await;
    old.two_factor(ADA, OTHER_SEALED_KEY, PLAIN_CODES).await;
}

#[tokio::test]
async fn second_import_leaves_factors_unchanged() {
    for old in Old::each().await {
        let app = TestApp::new().await;
        old.ada_with_app().await;
        moved(&app, &old).await;
        let rows = async || {
            let user = texts(&app, "users", &["id"]).await.remove(0).parse().expect("a user id");
            let totp = app.store().await.expect("a database").totp(user).await.expect("a database");
            totp.map(|totp| (totp.sealed, totp.confirmed_at)).expect("an app")
        };
        let (before, events) = (rows().await, security_log(&app).await.len());
        let dry = try_import(&app, &old, Some(SECRET), true).await.expect("the dry run succeeds");
        let again = moved(&app, &old).await;
        assert_eq!((dry.factors, again.factors, again.users), (HERE, HERE, HERE), "{again}");
        assert_eq!((rows().await, security_log(&app).await.len()), (before, events));
        assert_eq!(count(&app, "recovery_codes").await, 10);
    }
}

#[tokio::test]
async fn second_import_applies_a_new_app_or_used_code() {
    for old in Old::each().await {
        let app = TestApp::new().await;
        old.ada_with_app().await;
        moved(&app, &old).await;
        replace_app(&old).await;
        let report = moved(&app, &old).await;
        assert_eq!(report.factors, Counts { updated: 1, ..NOTHING }, "{report}");
        old.operate(&format!(r#"UPDATE "twoFactor" SET "backupCodes" = '["{PLAIN_CODE}"]'"#)).await;
        let report = moved(&app, &old).await;
        assert_eq!(report.factors, Counts { updated: 1, ..NOTHING }, "{report}");
        assert_eq!((count(&app, "totp_factors").await, count(&app, "recovery_codes").await), (1, 1));
        let browser = first_step(&app).await;
        assert_eq!(enter(&browser, &Phone::of_another_system(&app, KEY).code()).await, "/sign-in/second-step");
        assert_eq!(enter(&browser, &Phone::of_another_system(&app, OTHER_KEY).code()).await, "/account");
        assert_eq!(recover(&first_step(&app).await, CODES[0]).await, "/sign-in/recovery-code");
    }
}

#[tokio::test]
async fn second_import_keeps_factors_that_were_used() {
    let (app, old) = (TestApp::new().await, Old::on_sqlite().await);
    old.ada_with_app().await;
    moved(&app, &old).await;
    assert_eq!(recover(&first_step(&app).await, CODES[0]).await, "/account/security");
    app.write_events().await;
    replace_app(&old).await;
    assert_eq!(moved(&app, &old).await.factors, HERE);
    assert_eq!(recover(&first_step(&app).await, CODES[0]).await, "/sign-in/recovery-code", "it was used");
    let browser = first_step(&app).await;
    assert_eq!(enter(&browser, &Phone::of_another_system(&app, KEY).code()).await, "/account");
}

#[tokio::test]
async fn second_import_adds_no_removed_factor() {
    let (app, old) = (TestApp::new().await, Old::on_sqlite().await);
    old.ada_with_app().await;
    moved(&app, &old).await;
    let browser = first_step(&app).await;
    enter(&browser, &Phone::of_another_system(&app, KEY).code()).await;
    browser.post("remove-totp", &[]).await;
    app.write_events().await;
    assert_eq!(count(&app, "totp_factors").await, 0);
    let report = moved(&app, &old).await;
    assert_eq!(report.factors, Counts { skipped: 1, ..NOTHING }, "{report}");
    assert!(report.to_string().contains("has had one removed here"), "{report}");
    assert_eq!(count(&app, "totp_factors").await, 0);
}

#[tokio::test]
async fn second_import_keeps_factor_off_in_source() {
    let (app, old) = (TestApp::new().await, Old::on_sqlite().await);
    old.ada_with_app().await;
    moved(&app, &old).await;
    old.operate(r#"DELETE FROM "twoFactor""#).await;
    old.enable_two_factor(ADA, false).await;
    assert_eq!(moved(&app, &old).await.factors, NOTHING);
    let browser = first_step(&app).await;
    app.wait(STEP);
    assert_eq!(enter(&browser, &Phone::of_another_system(&app, KEY).code()).await, "/account");
}

#[tokio::test]
async fn second_import_completes_one_without_factors() {
    let (app, old) = (TestApp::new().await, Old::on_sqlite().await);
    old.ada_with_app().await;
    import_with(&app, &old, &without_factors(&app, None)).await.expect("the import succeeds");
    assert_eq!(sign_in(&app, "ada@example.com", PASSWORD).await, 200);
    let blocked = try_import(&app, &old, Some("not the old secret"), false).await.expect("the import ends");
    assert_eq!((blocked.users.skipped, blocked.users.already_here), (1, 0), "{blocked}");
    assert_eq!(moved(&app, &old).await.factors, Counts { imported: 1, ..NOTHING });
    let browser = first_step(&app).await;
    assert_eq!(enter(&browser, &Phone::of_another_system(&app, KEY).code()).await, "/account");
}

#[tokio::test]
async fn import_of_2000_factors_is_quick() {
    let (app, old) = (TestApp::new().await, Old::on_sqlite().await);
    old.add_plugins().await;
    let numbers = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 2000)";
    old.operate(&format!(
        r#"INSERT INTO "user" ("id", "name", "email", "emailVerified", "createdAt", "updatedAt", "twoFactorEnabled")
           {numbers} SELECT 'u' || n, 'Ada', 'u' || n || '@example.com', true, '{YESTERDAY}', '{YESTERDAY}', true FROM numbers"#
    ))
    .await;
    old.operate(&format!(
        r#"INSERT INTO "twoFactor" ("id", "secret", "backupCodes", "userId", "verified")
           {numbers} SELECT 'f' || n, '{SEALED_KEY}', '{SEALED_CODES}', 'u' || n, true FROM numbers"#
    ))
    .await;
    let report = moved(&app, &old).await;
    assert_eq!(report.factors.imported, 2000, "{report}");
    assert_eq!(count(&app, "recovery_codes").await, 20_000);
    assert_eq!(moved(&app, &old).await.factors.already_here, 2000);
}
