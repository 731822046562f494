//! Signing keys: created once, stored encrypted, shared by all processes.

use std::time::Duration;

use futures::future::join_all;

use crate::support::{
    MASTER_SECRET, PASSWORD, TestApp,
    browser::{ACCESS, Browser},
    keys::{self, operator, published, signer, stored, unseal},
    log::CapturedLog,
    person::{Person, access_token},
    records::{count, operate},
    tokens::{Forge, ForgeKey},
};

const PAIRS: [&str; 2] = ["EdDSA", "ES256"];
const OTHER_SECRET: &str = "Rk2vX8q0mZ5tYw7nB1cD4eF6gH9jK3lM";

/// An access token of this person, signed by another key.
fn forged(app: &TestApp, person: &Person, key: ForgeKey) -> String {
    Forge::new(app, person, key).good()
}

async fn status(app: &TestApp, person: &Person, token: &str) -> u16 {
    let request = app.client().get(&person.path("")).bearer(token);
    request.await.status.as_u16()
}

#[tokio::test]
async fn default_start_creates_an_ed25519_key() {
    let app = TestApp::with(&[("LATCHKEY_JWT_SECRET", "")]).await;
    let ada = app.person("ada@example.com").await;
    let keys = stored(&app).await;
    assert_eq!((keys.len(), keys[0].algorithm.as_str()), (1, "EdDSA"));
    assert_eq!(signer(&ada.access_token), keys[0].id);
    assert_eq!(status(&app, &ada, &ada.access_token).await, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn parallel_start_creates_one_key() {
    for algorithm in PAIRS {
        let apps = TestApp::start_in_parallel(6, &keys::settings(algorithm)).await;
        assert_eq!(count(&apps[0], "signing_keys").await, 1);
        let ada = apps[0].person("ada@example.com").await;
        for app in &apps {
            assert_eq!(status(app, &ada, &ada.access_token).await, 200);
            assert_eq!(published(app).await, [signer(&ada.access_token)]);
        }
    }
}

#[tokio::test]
async fn restart_keeps_the_key() {
    let app = keys::app("EdDSA").await;
    let ada = app.person("ada@example.com").await;
    let restarted = app.restarted().await;
    assert_eq!(status(&restarted, &ada, &ada.access_token).await, 200);
    assert_eq!(published(&restarted).await, published(&app).await);
}

#[tokio::test]
async fn stolen_database_cannot_sign() {
    for algorithm in PAIRS {
        let app = keys::app(algorithm).await;
        let ada = app.person("ada@example.com").await;
        let row = stored(&app).await.remove(0);
        assert!(unseal(&row, OTHER_SECRET).is_none(), "sealed under the master secret");
        let owner = unseal(&row, MASTER_SECRET).expect("the master secret decrypts the key");
        assert_eq!(status(&app, &ada, &forged(&app, &ada, owner)).await, 200);
        for secret in [&row.public_key, &row.sealed_private_key, &row.id.clone().into_bytes()] {
            let thief = forged(&app, &ada, ForgeKey::secret(secret.clone()));
            assert_eq!(status(&app, &ada, &thief).await, 401);
        }
    }
}

#[tokio::test]
async fn foreign_key_in_database_is_not_used() {
    let app = keys::app("EdDSA").await;
    let ada = app.person("ada@example.com").await;
    let (ours, theirs) = (stored(&app).await.remove(0), ForgeKey::new("EdDSA"));
    let mut row = ours.clone();
    (row.id, row.public_key) = (theirs.kid(), theirs.public());
    row.not_before = row.not_before.plus(Duration::from_millis(1));
    let store = app.store().await.expect("the database is reachable");
    let with_theirs = |mut keys: Vec<_>| {
        keys.push(row);
        Ok::<_, latchkey::store::StoreError>((keys, ()))
    };
    store.change_signing_keys(with_theirs).await.expect("the database is reachable");
    let log = CapturedLog::start();
    app.poll_keys().await;
    app.poll_keys().await;
    assert_eq!(log.text().matches("is not used").count(), 1, "logged once, not every second: {}", log.text());
    assert_eq!(published(&app).await, [ours.id.as_str()]);
    assert_eq!(status(&app, &ada, &forged(&app, &ada, theirs)).await, 401);
    assert_eq!(signer(&access_token(&app, &ada.session_token).await), ours.id);
    let refused = app.restarted_with(&[]).await.err().expect("the start fails");
    assert!(refused.to_string().contains("another master secret"), "{refused}");
}

#[tokio::test]
async fn wrong_master_secret_stops_the_start() {
    let app = keys::app("EdDSA").await;
    let kid = published(&app).await.remove(0);
    let refused = app.restarted_with(&[("LATCHKEY_SECRET", OTHER_SECRET)]).await.err().expect("the start fails");
    let message = refused.to_string();
    for words in [&kid, "LATCHKEY_SECRET", "restore the file", "latchkey keys retire KID --now"] {
        assert!(message.contains(words), "{words} in {message}");
    }
    assert!(app.restarted_with(&[]).await.is_ok(), "the failed start changed nothing");
    assert_eq!(count(&app, "signing_keys").await, 1);
}

#[tokio::test]
async fn lost_master_secret_allows_a_new_key() {
    let app = keys::app("EdDSA").await;
    let kid = published(&app).await.remove(0);
    let browser = Browser::new(&app);
    browser.sign_up("ada@example.com").await;
    keys::operator_with(&app, OTHER_SECRET).await.retire_now(&kid).await.unwrap();
    assert_eq!(count(&app, "signing_keys").await, 0, "no key is created under an unverified secret");
    let again = app.restarted_with(&[("LATCHKEY_SECRET", OTHER_SECRET)]).await.expect("the service starts");
    assert_ne!(published(&again).await, [kid]);
    assert!(browser.connected_to(&again).is_signed_in().await, "the session continues");
}

#[tokio::test]
async fn service_replaces_a_key_withdrawn_elsewhere() {
    let app = keys::app("ES256").await;
    let kid = published(&app).await.remove(0);
    keys::operator_with(&app, OTHER_SECRET).await.retire_now(&kid).await.unwrap();
    app.poll_keys().await;
    assert_eq!(published(&app).await.len(), 1);
    assert_ne!(published(&app).await, [kid]);
    app.person("ada@example.com").await.get(&app, "").await.assert_ok();
}

#[tokio::test]
async fn algorithm_change_creates_keys_and_renews() {
    let app = keys::app("EdDSA").await;
    let ada = app.person("ada@example.com").await;
    let browser = Browser::new(&app);
    browser.sign_in("ada@example.com", PASSWORD).await;
    let before = browser.cookie(ACCESS).expect("a token");
    let app = app.restarted_with(&keys::settings("ES256")).await.expect("the service starts");
    assert_eq!(status(&app, &ada, &ada.access_token).await, 401, "the key is not in the key ring");
    assert_eq!(published(&app).await.len(), 1, "keys of one algorithm are published");
    let there = browser.connected_to(&app);
    assert!(there.is_signed_in().await);
    assert_ne!(signer(&there.cookie(ACCESS).expect("a token")), signer(&before));
    let ended = stored(&app).await.into_iter().filter(|key| key.retire_at.is_some()).count();
    assert_eq!(ended, 1, "the other key is retired");
    app.wait(Duration::from_hours(1));
    app.purge().await;
    assert_eq!(count(&app, "signing_keys").await, 1);
}

#[tokio::test]
async fn retired_key_is_refused_at_its_end() {
    for algorithm in PAIRS {
        let app = keys::app(algorithm).await;
        app.person("ada@example.com").await;
        let old = keys::signing_key(&app).await;
        operator(&app).await.rotate().await.unwrap();
        app.poll_keys().await;
        let end = stored(&app).await[0].retire_at.expect("a retirement time");
        app.wait(end.since(app.now()).saturating_sub(Duration::from_millis(1)));
        let ada = Person::sign_in(&app, "ada@example.com").await;
        assert_eq!(status(&app, &ada, &forged(&app, &ada, old.clone())).await, 200);
        app.wait(Duration::from_millis(1));
        assert_eq!(status(&app, &ada, &forged(&app, &ada, old.clone())).await, 401, "refused without a poll");
        app.poll_keys().await;
        assert_eq!(status(&app, &ada, &forged(&app, &ada, old)).await, 401);
    }
}

#[tokio::test]
async fn shared_secret_is_never_stored() {
    let app = keys::app("HS256").await;
    app.person("ada@example.com").await.get(&app, "").await.assert_ok();
    app.poll_keys().await;
    assert_eq!(count(&app, "signing_keys").await, 0);
}

#[tokio::test]
async fn lost_database_keeps_known_keys() {
    let app = keys::app("EdDSA").await;
    let ada = app.person("ada@example.com").await;
    app.close_database().await;
    assert!(app.try_poll_keys().await.is_err());
    assert!(app.verify(&ada.access_token).is_ok());
    assert_eq!(published(&app).await, [signer(&ada.access_token)]);
}

#[tokio::test]
async fn abandoned_secret_file_is_logged_and_ignored() {
    let app = TestApp::with(&[("LATCHKEY_JWT_SECRET", "")]).await;
    let file = app.data_folder().join("jwt-secret");
    std::fs::write(&file, OTHER_SECRET).unwrap();
    let log = CapturedLog::start();
    app.restarted_with(&[]).await.expect("the service starts");
    assert_eq!(log.text().matches("LATCHKEY_JWT_SECRET").count(), 1, "{}", log.text());
    assert!(!log.text().contains(OTHER_SECRET));
    let log = CapturedLog::start();
    app.restarted_with(&[("LATCHKEY_JWT_SECRET", OTHER_SECRET)]).await.expect("the service starts");
    assert!(!log.text().contains("jwt-secret"), "{}", log.text());
}

#[tokio::test]
async fn key_changes_are_logged_once() {
    let app = keys::app("EdDSA").await;
    let old = published(&app).await.remove(0);
    let log = CapturedLog::start();
    let new = operator(&app).await.rotate().await.unwrap().id;
    app.poll_keys().await;
    operator(&app).await.retire_now(&old).await.unwrap();
    app.poll_keys().await;
    app.poll_keys().await;
    for (event, kid) in [("signing_key_published", &new), ("signing_key_withdrawn", &old)] {
        let matching = |line: &&str| line.contains(event) && line.contains(kid) && line.contains("latchkey::security");
        assert_eq!(log.text().lines().filter(matching).count(), 1, "{event}: {}", log.text());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn missing_key_is_replaced_once() {
    let apps = TestApp::start_in_parallel(4, &keys::settings("EdDSA")).await;
    operate(&apps[0], "DELETE FROM signing_keys").await;
    join_all(apps.iter().map(TestApp::poll_keys)).await;
    assert_eq!(count(&apps[0], "signing_keys").await, 1);
    for app in &apps {
        assert_eq!(published(app).await, published(&apps[0]).await);
    }
}
