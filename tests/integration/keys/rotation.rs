//! Key rotation refuses no valid token; a withdrawn key is refused immediately.

use std::{collections::BTreeSet, time::Duration};

use axum::http::StatusCode;
use futures::future::join_all;
use latchkey::domain::Timestamp;

use crate::support::{
    PASSWORD, SECRET, TestApp,
    browser::{ACCESS, Browser},
    keys::{self, operator, published, signer, stored},
    person::{Person, access_token},
    records::count,
};

const MINUTE: Duration = Duration::from_mins(1);
const DAY: Duration = Duration::from_hours(24);

/// How long backends cache the key set.
const CACHE: Duration = Duration::from_mins(5);

/// A key is published this long before it signs: the cache time and a minute.
const AHEAD: Duration = Duration::from_mins(6);

/// A key is published this long after it last signed: access-token lifetime, leeway, a minute of clock
/// skew, and the cache time.
const KEPT: Duration = Duration::from_secs(15 * 60 + 5 + 60 + 5 * 60);

const MILLISECOND: Duration = Duration::from_millis(1);

async fn is_accepted(app: &TestApp, person: &Person, token: &str) -> bool {
    let response = app.client().get(&person.path("")).bearer(token).await;
    assert!([200, 401].contains(&response.status.as_u16()), "{}", response.status);
    response.status == StatusCode::OK
}

/// The id of the key that signs now.
async fn signing(app: &TestApp, person: &Person) -> String {
    signer(&access_token(app, &person.session_token).await)
}

#[tokio::test]
async fn next_key_is_published_before_it_signs() {
    let app = keys::app("EdDSA").await;
    let ada = app.person("ada@example.com").await;
    let old = signing(&app, &ada).await;
    let next = operator(&app).await.rotate().await.unwrap().id;
    app.poll_keys().await;
    assert_eq!(published(&app).await, [old.as_str(), next.as_str()]);
    app.wait(CACHE);
    assert_eq!(signing(&app, &ada).await, old, "a cached set may not have the next key yet");
    app.wait(AHEAD.saturating_sub(CACHE + MILLISECOND));
    assert_eq!(signing(&app, &ada).await, old);
    app.wait(MILLISECOND);
    assert_eq!(signing(&app, &ada).await, next);
}

#[tokio::test]
async fn retired_key_is_published_until_tokens_expire() {
    let app = keys::app("ES256").await;
    let ada = app.person("ada@example.com").await;
    let old = signing(&app, &ada).await;
    operator(&app).await.rotate().await.unwrap();
    app.poll_keys().await;
    app.wait(AHEAD.saturating_sub(MILLISECOND));
    let last = access_token(&app, &ada.session_token).await;
    assert_eq!(signer(&last), old);
    app.wait(Duration::from_mins(15));
    assert!(is_accepted(&app, &ada, &last).await, "within the leeway");
    app.wait(KEPT.saturating_sub(Duration::from_mins(15) + MILLISECOND));
    assert!(published(&app).await.contains(&old));
    app.wait(MILLISECOND * 2);
    assert!(!published(&app).await.contains(&old));
    app.poll_keys().await;
    assert_eq!(published(&app).await.len(), 1);
}

#[tokio::test]
async fn rotation_follows_the_configured_interval() {
    let app = TestApp::with(&[("LATCHKEY_JWT_SECRET", ""), ("LATCHKEY_KEY_ROTATION", "30d")]).await;
    let ada = app.person("ada@example.com").await;
    let first = signing(&app, &ada).await;
    app.wait((DAY * 30).saturating_sub(AHEAD + MILLISECOND));
    let ada = Person::sign_in(&app, "ada@example.com").await;
    app.poll_keys().await;
    assert_eq!(published(&app).await, [first.as_str()]);
    app.wait(MILLISECOND);
    app.poll_keys().await;
    app.poll_keys().await;
    let set = published(&app).await;
    assert_eq!((set.len(), set[0].as_str()), (2, first.as_str()));
    app.wait(AHEAD.saturating_sub(MILLISECOND));
    assert_eq!(signing(&app, &ada).await, first);
    app.wait(MILLISECOND);
    assert_eq!(signing(&app, &ada).await, set[1], "thirty days after the first");
    app.wait(KEPT);
    app.poll_keys().await;
    assert_eq!(published(&app).await, [set[1].as_str()]);
}

#[tokio::test]
async fn rotation_off_keeps_the_key() {
    let app = TestApp::with(&[("LATCHKEY_JWT_SECRET", ""), ("LATCHKEY_KEY_ROTATION", "off")]).await;
    let before = published(&app).await;
    app.wait(DAY * 4000);
    app.poll_keys().await;
    assert_eq!(published(&app).await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn parallel_rotation_creates_one_next_key() {
    let mut settings = keys::settings("EdDSA").to_vec();
    settings.push(("LATCHKEY_KEY_ROTATION", "30d"));
    let apps = TestApp::start_in_parallel(4, &settings).await;
    for _ in 0..3 {
        apps[0].wait(DAY * 30);
        join_all((0..5).flat_map(|_| &apps).map(TestApp::poll_keys)).await;
        for app in &apps {
            assert_eq!(published(app).await, published(&apps[0]).await);
        }
        apps[0].purge().await;
        assert_eq!(count(&apps[0], "signing_keys").await, 2, "the current and the next key");
        apps[0].wait(AHEAD + KEPT);
        join_all(apps.iter().map(TestApp::poll_keys)).await;
        assert_eq!(published(&apps[0]).await.len(), 1);
    }
}

#[tokio::test]
async fn new_key_reaches_replicas_after_one_poll() {
    let app = keys::app("EdDSA").await;
    let replica = app.replica().await;
    let ada = app.person("ada@example.com").await;
    let old = signing(&app, &ada).await;
    operator(&app).await.retire_now(&old).await.unwrap();
    app.poll_keys().await;
    let token = access_token(&app, &ada.session_token).await;
    assert_ne!(signer(&token), old);
    assert!(!is_accepted(&replica, &ada, &token).await, "the replica does not know the key yet");
    replica.poll_keys().await;
    assert!(is_accepted(&replica, &ada, &token).await);
}

#[tokio::test]
async fn withdrawn_key_is_refused_after_one_poll() {
    let app = keys::app("EdDSA").await;
    let replica = app.replica().await;
    let ada = app.person("ada@example.com").await;
    let browser = Browser::new(&app);
    browser.sign_in("ada@example.com", PASSWORD).await;
    let compromised = signing(&app, &ada).await;
    operator(&app).await.retire_now(&compromised).await.unwrap();
    for app in [&app, &replica] {
        assert!(is_accepted(app, &ada, &ada.access_token).await);
        app.poll_keys().await;
        assert!(!is_accepted(app, &ada, &ada.access_token).await);
        assert!(!published(app).await.contains(&compromised));
    }
    assert!(browser.is_signed_in().await, "the browser renews its access token");
    assert_ne!(signer(&browser.cookie(ACCESS).expect("a token")), compromised);
    assert_eq!(count(&app, "signing_keys").await, 1, "the withdrawn key is deleted");
}

#[tokio::test]
async fn retired_key_verifies_but_no_longer_signs() {
    let app = keys::app("EdDSA").await;
    let replica = app.replica().await;
    let ada = app.person("ada@example.com").await;
    let old = signing(&app, &ada).await;
    let until = operator(&app).await.retire(&old).await.unwrap().expect("a retirement time");
    for app in [&app, &replica] {
        app.poll_keys().await;
    }
    app.wait(Duration::from_secs(2));
    let token = access_token(&app, &ada.session_token).await;
    assert_ne!(signer(&token), old);
    for app in [&app, &replica] {
        assert!(is_accepted(app, &ada, &ada.access_token).await);
        assert!(is_accepted(app, &ada, &token).await);
        assert!(published(app).await.contains(&old));
    }
    app.wait(until.since(app.now()));
    assert!(!published(&app).await.contains(&old));
    let again = operator(&app).await.retire(&old).await.unwrap_err();
    assert!(again.to_string().contains("retired already"), "{again}");
}

#[tokio::test]
async fn next_key_can_be_cancelled() {
    let app = keys::app("EdDSA").await;
    let ada = app.person("ada@example.com").await;
    let keeper = operator(&app).await;
    let old = signing(&app, &ada).await;
    let next = keeper.rotate().await.unwrap().id;
    assert_eq!(keeper.retire(&next).await.unwrap(), None);
    app.poll_keys().await;
    app.wait(DAY);
    app.poll_keys().await;
    assert_eq!(published(&app).await, [old.as_str()]);
    assert_eq!(stored(&app).await[0].retire_at, None, "the old key is not retired");
}

#[tokio::test]
async fn shared_secrets_rotate_by_key_id() {
    let new = "Rk2vX8q0mZ5tYw7nB1cD4eF6gH9jK3lM";
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let both = app.restarted_with(&[("LATCHKEY_JWT_SECRET", &format!("{new} {SECRET}"))]).await.unwrap();
    assert!(is_accepted(&both, &ada, &ada.access_token).await);
    let token = access_token(&both, &ada.session_token).await;
    assert_ne!(signer(&token), signer(&ada.access_token), "the first secret signs");
    assert!(!is_accepted(&app, &ada, &token).await, "the old configuration refuses the new secret");
    let swapped = app.restarted_with(&[("LATCHKEY_JWT_SECRET", &format!("{SECRET} {new}"))]).await.unwrap();
    assert!(is_accepted(&swapped, &ada, &token).await);
    let only = app.restarted_with(&[("LATCHKEY_JWT_SECRET", new)]).await.unwrap();
    assert!(is_accepted(&only, &ada, &token).await);
    assert!(!is_accepted(&only, &ada, &ada.access_token).await);
}

/// A backend that verifies tokens offline and caches the key set as long as allowed.
struct Backend {
    fetched_at: Timestamp,
    known: Vec<String>,
}

impl Backend {
    async fn refresh(&mut self, app: &TestApp) {
        let now = app.now();
        if now.since(self.fetched_at) >= CACHE {
            (self.fetched_at, self.known) = (now, published(app).await);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rotation_under_load_refuses_no_valid_token() {
    let app = keys::app("EdDSA").await;
    let apps = [app.replica().await, app];
    let ada = apps[0].person("ada@example.com").await;
    let keeper = operator(&apps[0]).await;
    let mut backends =
        [0, 2, 4].map(|minutes| (minutes, Backend { fetched_at: Timestamp::from_millis(0), known: Vec::new() }));
    let mut tokens: Vec<(Timestamp, String)> = Vec::new();
    let (mut requests, mut signers) = (0, BTreeSet::new());
    for minute in 0..45 {
        for (number, (_, backend)) in backends.iter_mut().enumerate().filter(|(_, (minutes, _))| minute >= *minutes) {
            // Each backend uses another process, which may have polled later.
            backend.refresh(&apps[number % 2]).await;
        }
        let rotate = async {
            if [3, 10].contains(&minute) {
                keeper.rotate().await.expect("a key");
                apps[0].poll_keys().await;
                keeper.rotate().await.expect("another key");
            }
            join_all(apps.iter().map(TestApp::poll_keys)).await;
        };
        let ada = &ada;
        let load = join_all((0..8).map(|number| {
            let (issuing, checking) = (&apps[number % 2], &apps[(number + 1) % 2]);
            let earlier = tokens.get(tokens.len() * number / 8).map(|(_, token)| token.clone());
            async move {
                let fresh = access_token(issuing, &ada.session_token).await;
                for token in earlier.iter().chain([&fresh]) {
                    assert!(is_accepted(checking, ada, token).await, "refused in minute {minute}");
                    assert!(is_accepted(issuing, ada, token).await, "refused in minute {minute}");
                }
                fresh
            }
        }));
        let ((), fresh) = tokio::join!(rotate, load);
        requests += fresh.len() * 5;
        let now = apps[0].now();
        tokens.extend(fresh.into_iter().map(|token| (now, token)));
        tokens.retain(|(issued, _)| now.since(*issued) < Duration::from_mins(14));
        for (_, token) in &tokens {
            signers.insert(signer(token));
            for (minutes, backend) in backends.iter().filter(|(minutes, _)| minute >= *minutes) {
                assert!(backend.known.contains(&signer(token)), "minute {minute}, the backend of {minutes}");
            }
        }
        apps[0].wait(MINUTE);
    }
    assert!(requests >= 1_500, "{requests} requests");
    assert_eq!(signers.len(), 5, "every key has signed");
}
