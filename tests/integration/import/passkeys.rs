//! Imported passkeys.

use latchkey::import::{
    report::{Counts, PasskeySkipped, RpId},
    run::Settings,
};

use super::{
    import_with, moved,
    old::{
        ADA, Old, SECRET,
        plugins::{CREDENTIAL_ID, EDDSA_KEY, PUBLIC_KEY},
    },
    settings, try_import,
};
use crate::support::{
    TestApp,
    records::{count, operate, security_log, texts},
};

const NOTHING: Counts = Counts { imported: 0, updated: 0, already_here: 0, skipped: 0 };

/// An installation with the plugins, and Ada with a passkey.
pub async fn ada_with_passkey(old: &Old) {
    old.add_plugins().await;
    old.ada().await;
    old.passkey("p-ada", ADA, CREDENTIAL_ID, PUBLIC_KEY).await;
}

#[tokio::test]
async fn imported_passkey_keeps_its_values() {
    for old in Old::each().await {
        let app = TestApp::new().await;
        ada_with_passkey(&old).await;
        let report = moved(&app, &old).await;
        assert_eq!((report.passkeys.imported, report.sessions.imported), (1, 1), "{report}");
        assert!(report.to_string().contains("The passkeys work if the old server's rpID was localhost"), "{report}");
        let columns =
            ["user_id", "name", "counter", "transports", "backup_eligible", "backed_up", "handle_known", "created_at"];
        let rows = texts(&app, "passkeys", &columns).await;
        let [yes, no] = if app.database_url().starts_with("sqlite") { ["1", "0"] } else { ["true", "false"] };
        assert_eq!(rows, [format!("{ADA} Ada’s phone 0 internal,hybrid {yes} {yes} {no} 1799913600000")]);
        assert_eq!(count(&app, "passkey_handles").await, 0);
    }
}

#[tokio::test]
async fn passkeys_are_imported_without_the_secret() {
    let (app, old) = (TestApp::new().await, Old::on_sqlite().await);
    ada_with_passkey(&old).await;
    let dry = try_import(&app, &old, None, true).await.expect("the dry run succeeds");
    assert_eq!((dry.passkeys.imported, count(&app, "passkeys").await), (1, 0));
    let report = try_import(&app, &old, None, false).await.expect("the import succeeds");
    assert_eq!((report.passkeys.imported, count(&app, "passkeys").await), (1, 1));
}

#[tokio::test]
async fn second_import_adds_only_new_passkeys() {
    for old in Old::each().await {
        let app = TestApp::new().await;
        ada_with_passkey(&old).await;
        moved(&app, &old).await;
        let version = async || texts(&app, "users", &["credentials_version"]).await;
        let before = version().await;
        let again = moved(&app, &old).await;
        assert_eq!(again.passkeys, Counts { already_here: 1, ..NOTHING }, "{again}");
        assert_eq!(version().await, before);
        old.passkey("p-new", ADA, "bmV3", PUBLIC_KEY).await;
        let later = moved(&app, &old).await;
        assert_eq!(later.passkeys, Counts { imported: 1, already_here: 1, ..NOTHING }, "{later}");
        assert_ne!(version().await, before, "waiting sign-ins end");
        let added: Vec<_> =
            security_log(&app).await.into_iter().filter(|event| event.kind == "authn_passkey_added").collect();
        assert_eq!((added.len(), added[0].detail.as_deref()), (1, Some("import")), "{added:?}");
    }
}

#[tokio::test]
async fn removed_passkey_is_not_imported_again() {
    let (app, old) = (TestApp::new().await, Old::on_sqlite().await);
    ada_with_passkey(&old).await;
    moved(&app, &old).await;
    operate(&app, "DELETE FROM passkeys").await;
    operate(
        &app,
        &format!("INSERT INTO events (at, kind, user_id, routine) VALUES (0, 'authn_passkey_removed', '{ADA}', false)"),
    )
    .await;
    let report = moved(&app, &old).await;
    assert_eq!(report.passkeys, Counts { skipped: 1, ..NOTHING }, "{report}");
    assert!(report.to_string().contains("passkey \"p-ada\" skipped: its user has had a passkey removed"), "{report}");
}

#[tokio::test]
async fn invalid_passkeys_are_reported_and_skipped() {
    for old in Old::each().await {
        let app = TestApp::new().await;
        ada_with_passkey(&old).await;
        old.user("bob", "bob@example.com").await;
        old.user("a b", "space@example.com").await;
        for (id, owner, credential_id, key) in [
            ("p-damaged", ADA, "ZGFtYWdlZA", &PUBLIC_KEY[..40]),
            ("p-eddsa", ADA, "ZWRkc2E", EDDSA_KEY),
            ("p-text", ADA, "not base64url!", PUBLIC_KEY),
            ("p-taken", "bob", CREDENTIAL_ID, PUBLIC_KEY),
            ("p-orphan", "zzz", "b3JwaGFu", PUBLIC_KEY),
            ("p-first-orphan", "0", "Zmlyc3Q", PUBLIC_KEY),
            ("p-skipped", "a b", "c2tpcHBlZA", PUBLIC_KEY),
            ("p-bob", "bob", "Ym9i", PUBLIC_KEY),
        ] {
            old.passkey(id, owner, credential_id, key).await;
        }
        old.operate(r#"UPDATE "passkey" SET "counter" = -1 WHERE "id" = 'p-damaged'"#).await;
        let report = moved(&app, &old).await;
        assert_eq!(report.passkeys, Counts { imported: 2, skipped: 7, ..NOTHING }, "{report}");
        for (id, reason) in [
            ("p-damaged", PasskeySkipped::PublicKey),
            ("p-eddsa", PasskeySkipped::PublicKey),
            ("p-text", PasskeySkipped::CredentialId),
            ("p-taken", PasskeySkipped::OtherUser),
            ("p-orphan", PasskeySkipped::User),
            ("p-first-orphan", PasskeySkipped::User),
            ("p-skipped", PasskeySkipped::User),
        ] {
            let line = format!("passkey \"{id}\" skipped: {reason}");
            assert!(report.to_string().contains(&line), "{line} in {report}");
        }
        let owners = texts(&app, "passkeys", &["user_id"]).await;
        assert!(owners.len() == 2 && owners.contains(&ADA.to_owned()) && owners.contains(&"bob".to_owned()));
    }
}

#[tokio::test]
async fn passkeys_above_the_maximum_are_skipped() {
    let (app, old) = (TestApp::new().await, Old::on_sqlite().await);
    old.add_plugins().await;
    old.ada().await;
    for number in 10..32 {
        old.passkey(&format!("p{number}"), ADA, &format!("AA{number}"), PUBLIC_KEY).await;
    }
    assert_eq!(moved(&app, &old).await.passkeys, Counts { imported: 20, skipped: 2, ..NOTHING });
    assert_eq!(moved(&app, &old).await.passkeys, Counts { already_here: 20, skipped: 2, ..NOTHING });
}

#[tokio::test]
async fn passkeys_of_another_domain_are_not_imported() {
    let (app, old) = (TestApp::new().await, Old::on_sqlite().await);
    ada_with_passkey(&old).await;
    let other = RpId::Other { here: "localhost".to_owned(), old: "example.com".to_owned() };
    for (rp_id, words) in
        [(other, "they work for example.com, and this service's are for localhost"), (RpId::Off, "https")]
    {
        let report = import_with(&app, &old, &Settings { rp_id, ..settings(&app, Some(SECRET)) }).await;
        let report = report.expect("the import succeeds");
        assert!(
            report.to_string().contains("No passkeys were imported") && report.to_string().contains(words),
            "{report}"
        );
        assert_eq!((report.passkeys, count(&app, "passkeys").await), (NOTHING, 0));
    }
}
