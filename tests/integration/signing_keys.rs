//! The keys that sign access tokens: made once, kept sealed, shared by all processes.

use std::time::Duration;

use futures::future::join_all;

use crate::{
    bad_tokens::{Forge, ForgeKey},
    support::{
        BASE_URL, MASTER_SECRET, TestApp,
        browser::{ACCESS, Browser},
        keys::{self, learns, opened, operator, published, signer, stored},
        log::CapturedLog,
        person::{Person, access_token},
        records::{count, operate},
    },
};

const PAIRS: [&str; 2] = ["EdDSA", "ES256"];
const OTHER_SECRET: &str = "Rk2vX8q0mZ5tYw7nB1cD4eF6gH9jK3lM";

/// A token that the person could have, signed by another key.
fn forged(app: &TestApp, person: &Person, key: ForgeKey) -> String {
    let session_id = person.session_token.split_once('.').expect("two parts").0.parse().expect("an id");
    let forge = Forge {
        key,
        issuer: BASE_URL.to_owned(),
        audience: BASE_URL.to_owned(),
        access_ttl: Duration::from_mins(15),
        user_id: person.user_id.parse().expect("an id"),
        session_id,
        ended_session_id: session_id,
        now: app.clock.clock().now(),
    };
    forge.good()
}

async fn status(app: &TestApp, person: &Person, token: &str) -> u16 {
    let request = app.program().get(&person.path("")).authorization_bearer(token);
    request.await.status_code().as_u16()
}

#[tokio::test]
async fn without_a_shared_secret_an_ed25519_key_is_made_that_signs_at_once() {
    let app = TestApp::with(&[("LATCHKEY_JWT_SECRET", "")]).await;
    let ada = app.person("ada@example.com").await;
    let keys = stored(&app).await;
    assert_eq!((keys.len(), keys[0].algorithm.as_str()), (1, "EdDSA"));
    assert_eq!(signer(&ada.access_token), keys[0].id);
    assert_eq!(status(&app, &ada, &ada.access_token).await, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_processes_that_start_at_once_make_one_key() {
    for algorithm in PAIRS {
        let apps = TestApp::started_at_once(6, &keys::settings(algorithm)).await;
        assert_eq!(count(&apps[0], "signing_keys").await, 1);
        let ada = apps[0].person("ada@example.com").await;
        for app in &apps {
            assert_eq!(status(app, &ada, &ada.access_token).await, 200);
            assert_eq!(published(app).await, [signer(&ada.access_token)]);
        }
    }
}

#[tokio::test]
async fn a_restart_keeps_the_key() {
    let app = keys::app("EdDSA").await;
    let ada = app.person("ada@example.com").await;
    let restarted = app.restarted().await;
    assert_eq!(status(&restarted, &ada, &ada.access_token).await, 200);
    assert_eq!(published(&restarted).await, published(&app).await);
}

#[tokio::test]
async fn a_stolen_database_alone_signs_nothing() {
    for algorithm in PAIRS {
        let app = keys::app(algorithm).await;
        let ada = app.person("ada@example.com").await;
        let row = stored(&app).await.remove(0);
        assert!(opened(&row, OTHER_SECRET).is_none(), "sealed under the master secret");
        let owner = opened(&row, MASTER_SECRET).expect("whoever has both can sign");
        assert_eq!(status(&app, &ada, &forged(&app, &ada, owner)).await, 200);
        for secret in [&row.public_key, &row.sealed_private_key, &row.id.clone().into_bytes()] {
            let thief = forged(&app, &ada, ForgeKey::secret(secret.clone()));
            assert_eq!(status(&app, &ada, &thief).await, 401);
        }
    }
}

#[tokio::test]
async fn a_key_that_somebody_wrote_into_the_database_is_not_used() {
    let app = keys::app("EdDSA").await;
    let ada = app.person("ada@example.com").await;
    let (ours, theirs) = (stored(&app).await.remove(0), ForgeKey::new("EdDSA"));
    let mut row = ours.clone();
    (row.id, row.public_key) = (theirs.kid(), theirs.public());
    row.not_before = row.not_before.plus(Duration::from_millis(1));
    let store = app.store().await;
    let with_theirs = |mut keys: Vec<_>| {
        keys.push(row);
        Ok::<_, latchkey::store::StoreError>((keys, ()))
    };
    store.change_signing_keys(with_theirs).await.expect("the database answers");
    let log = CapturedLog::start();
    learns(&app).await;
    learns(&app).await;
    assert_eq!(log.text().matches("is not used").count(), 1, "said once, not each second: {}", log.text());
    assert_eq!(published(&app).await, [ours.id.as_str()]);
    assert_eq!(status(&app, &ada, &forged(&app, &ada, theirs)).await, 401);
    assert_eq!(signer(&access_token(&app, &ada.session_token).await), ours.id);
    let refused = app.restarted_with(&[]).await.err().expect("it does not start");
    assert!(refused.to_string().contains("another master secret"), "{refused}");
}

#[tokio::test]
async fn a_wrong_master_secret_stops_the_start_and_says_what_to_do() {
    let app = keys::app("EdDSA").await;
    let kid = published(&app).await.remove(0);
    let refused = app.restarted_with(&[("LATCHKEY_SECRET", OTHER_SECRET)]).await.err().expect("it does not start");
    let message = refused.to_string();
    for words in [&kid, "LATCHKEY_SECRET", "restore the file", "latchkey keys retire KID --now"] {
        assert!(message.contains(words), "{words} in {message}");
    }
    assert!(app.restarted_with(&[]).await.is_ok(), "nothing was changed by it");
    assert_eq!(count(&app, "signing_keys").await, 1);
}

#[tokio::test]
async fn a_lost_master_secret_can_be_given_up_for() {
    let app = keys::app("EdDSA").await;
    let kid = published(&app).await.remove(0);
    let browser = Browser::new(&app);
    browser.sign_up("ada@example.com").await;
    keys::operator_with(&app, OTHER_SECRET).await.retire_now(&kid).await.unwrap();
    assert_eq!(count(&app, "signing_keys").await, 0, "nothing is sealed under a secret that may be wrong too");
    let again = app.restarted_with(&[("LATCHKEY_SECRET", OTHER_SECRET)]).await.expect("it starts");
    assert_ne!(published(&again).await, [kid]);
    assert!(browser.now_at(&again).is_signed_in().await, "its session goes on");
}

#[tokio::test]
async fn what_a_running_service_lost_to_a_wrong_secret_it_makes_anew_itself() {
    let app = keys::app("ES256").await;
    let kid = published(&app).await.remove(0);
    keys::operator_with(&app, OTHER_SECRET).await.retire_now(&kid).await.unwrap();
    learns(&app).await;
    assert_eq!(published(&app).await.len(), 1);
    assert_ne!(published(&app).await, [kid]);
    app.person("ada@example.com").await.get(&app, "").await.assert_status_ok();
}

#[tokio::test]
async fn another_algorithm_has_keys_of_its_own_and_browsers_renew_unseen() {
    let app = keys::app("EdDSA").await;
    let ada = app.person("ada@example.com").await;
    let browser = Browser::new(&app);
    browser.sign_in("ada@example.com", crate::support::PASSWORD).await;
    let before = browser.cookie(ACCESS).expect("a token");
    let app = app.restarted_with(&keys::settings("ES256")).await.expect("it starts");
    assert_eq!(status(&app, &ada, &ada.access_token).await, 401, "the key is not in the ring");
    assert_eq!(published(&app).await.len(), 1, "one family at a time");
    let there = browser.now_at(&app);
    assert!(there.is_signed_in().await);
    assert_ne!(signer(&there.cookie(ACCESS).expect("a token")), signer(&before));
    let ended = stored(&app).await.into_iter().filter(|key| key.retire_at.is_some()).count();
    assert_eq!(ended, 1, "the other key has an end");
    app.wait(Duration::from_hours(1));
    app.state.auth.clean().await.expect("the database answers");
    assert_eq!(count(&app, "signing_keys").await, 1);
}

#[tokio::test]
async fn a_retired_key_is_refused_whatever_its_token_says() {
    for algorithm in PAIRS {
        let app = keys::app(algorithm).await;
        app.person("ada@example.com").await;
        let old = keys::signing_key(&app).await;
        operator(&app).await.rotate().await.unwrap();
        learns(&app).await;
        let end = stored(&app).await[0].retire_at.expect("an end");
        app.wait(end.since(app.clock.clock().now()).saturating_sub(Duration::from_millis(1)));
        let ada = Person::sign_in(&app, "ada@example.com").await;
        assert_eq!(status(&app, &ada, &forged(&app, &ada, old.clone())).await, 200);
        app.wait(Duration::from_millis(1));
        assert_eq!(status(&app, &ada, &forged(&app, &ada, old.clone())).await, 401, "without any poll");
        learns(&app).await;
        assert_eq!(status(&app, &ada, &forged(&app, &ada, old)).await, 401);
    }
}

#[tokio::test]
async fn a_shared_secret_instead_of_key_pairs_is_never_stored() {
    let app = keys::app("HS256").await;
    app.person("ada@example.com").await.get(&app, "").await.assert_status_ok();
    learns(&app).await;
    assert_eq!(count(&app, "signing_keys").await, 0);
}

#[tokio::test]
async fn a_database_out_of_reach_leaves_the_known_keys_in_use() {
    let app = keys::app("EdDSA").await;
    let ada = app.person("ada@example.com").await;
    app.lose_database().await;
    assert!(app.state.auth.refresh_keys().await.is_err());
    assert!(app.state.auth.verify_access_token(&ada.access_token).is_ok());
    assert_eq!(published(&app).await, [signer(&ada.access_token)]);
}

#[tokio::test]
async fn the_secret_of_an_older_version_is_named_once_and_not_read() {
    let app = TestApp::with(&[("LATCHKEY_JWT_SECRET", "")]).await;
    let file = app.config().database.data_dir.join("jwt-secret");
    std::fs::write(&file, OTHER_SECRET).unwrap();
    let log = CapturedLog::start();
    app.restarted_with(&[]).await.expect("it starts");
    assert_eq!(log.text().matches("LATCHKEY_JWT_SECRET").count(), 1, "{}", log.text());
    assert!(!log.text().contains(OTHER_SECRET));
    let log = CapturedLog::start();
    app.restarted_with(&[("LATCHKEY_JWT_SECRET", OTHER_SECRET)]).await.expect("it starts");
    assert!(!log.text().contains("jwt-secret"), "{}", log.text());
}

#[tokio::test]
async fn the_log_tells_of_every_key_that_comes_and_goes() {
    let app = keys::app("EdDSA").await;
    let old = published(&app).await.remove(0);
    let log = CapturedLog::start();
    let new = operator(&app).await.rotate().await.unwrap().id;
    learns(&app).await;
    operator(&app).await.retire_now(&old).await.unwrap();
    learns(&app).await;
    learns(&app).await;
    for (event, kid) in [("signing_key_published", &new), ("signing_key_withdrawn", &old)] {
        let told = |line: &&str| line.contains(event) && line.contains(kid) && line.contains("latchkey::security");
        assert_eq!(log.text().lines().filter(told).count(), 1, "{event}: {}", log.text());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_key_that_is_given_up_is_replaced_once_however_many_notice() {
    let apps = TestApp::started_at_once(4, &keys::settings("EdDSA")).await;
    operate(&apps[0], "DELETE FROM signing_keys").await;
    join_all(apps.iter().map(learns)).await;
    assert_eq!(count(&apps[0], "signing_keys").await, 1);
    for app in &apps {
        assert_eq!(published(app).await, published(&apps[0]).await);
    }
}
