//! Guesses from many networks: each is counted at every level of network sizes.

use std::time::Duration;

use super::throttling::{attempt, retry_after, status};
use crate::support::{
    PASSWORD, TestApp, WRONG_PASSWORD,
    records::{count, texts},
};

const ADA: &str = "ada@example.com";

/// The guesses at Ada's password that these addresses have at once.
async fn guesses(app: &TestApp, addresses: impl Iterator<Item = String>) -> usize {
    let mut admitted = 0;
    for address in addresses {
        let guesser = app.client_at(&address);
        for _ in 0..8 {
            admitted += usize::from(status(&guesser, ADA, WRONG_PASSWORD).await == 401);
        }
    }
    admitted
}

/// Uses up the limit of all networks together.
async fn exhaust_account(app: &TestApp) {
    let addresses = (0..26).map(|number| format!("198.18.{number}.1"));
    assert_eq!(guesses(app, addresses).await, 101, "a hundred, and one of a network without failures");
}

#[tokio::test]
async fn account_is_counted_at_each_level() {
    for (address, guessed) in [
        // IPv4 /24, IPv6 /56, /48 and /32.
        ("192.0.2.*", 20),
        ("2001:db8:1:10*::1", 10),
        ("2001:db8:1:*00::1", 20),
        ("2001:db8:*::1", 50),
    ] {
        let app = TestApp::new().await;
        app.person(ADA).await;
        let addresses = (1..16).map(|number| address.replace('*', &format!("{number:x}")));
        let addresses = addresses.filter(|address| address.parse::<std::net::IpAddr>().is_ok());
        let admitted = guesses(&app, addresses).await;
        // While the /32 is used up, a /48 without failures has one attempt of the reserve.
        let reserve = usize::from(guessed == 50);
        assert_eq!(admitted, guessed + reserve, "{address}");
    }
}

#[tokio::test]
async fn site_has_at_most_40_guesses_per_burst() {
    let app = TestApp::new().await;
    app.person(ADA).await;
    let addresses = || (0..20).map(|number| format!("2001:db8:1:{number:x}00::1"));
    let mut admitted = guesses(&app, addresses()).await;
    for _ in 0..30 {
        app.wait(Duration::from_secs(4));
        for address in addresses() {
            admitted += usize::from(status(&app.client_at(&address), ADA, WRONG_PASSWORD).await == 401);
        }
    }
    assert!((20..=40).contains(&admitted), "{admitted} guesses in two minutes");
    assert_eq!(status(&app.client_at("2001:db8:2::1"), ADA, PASSWORD).await, 200, "another site");
}

#[tokio::test]
async fn owner_on_new_device_waits_for_seconds() {
    let app = TestApp::new().await;
    app.person(ADA).await;
    exhaust_account(&app).await;
    app.wait(Duration::from_secs(10));
    // A network without failures has an attempt, and an attacker in another one uses it first.
    assert_eq!(status(&app.client_at("198.18.100.1"), ADA, WRONG_PASSWORD).await, 401);
    let owner = app.client_at("203.0.113.7");
    assert_eq!(retry_after(&attempt(&owner, ADA, PASSWORD).await), 10);
    app.wait(Duration::from_secs(10));
    assert_eq!(status(&owner, ADA, PASSWORD).await, 200);
}

#[tokio::test]
async fn reserve_admits_one_guess_per_10_s() {
    let app = TestApp::new().await;
    app.person(ADA).await;
    exhaust_account(&app).await;
    // The limit of all networks waits for an hour by then, and the networks of one site are one.
    let used = app.client_at("198.18.0.2");
    assert!(retry_after(&attempt(&used, ADA, PASSWORD).await) >= 60, "a site with failures has no reserve");
    let mut admitted = 0;
    for second in 0..50 {
        let fresh = app.client_at(&format!("198.19.{second}.1"));
        admitted += usize::from(status(&fresh, ADA, WRONG_PASSWORD).await == 401);
        app.wait(Duration::from_secs(1));
    }
    assert!((4..=5).contains(&admitted), "{admitted} guesses in 50 s");
}

#[tokio::test]
async fn refused_attempt_leaves_no_row() {
    let app = TestApp::new().await;
    app.person(ADA).await;
    guesses(&app, (1..5).map(|host| format!("192.0.2.{host}"))).await;
    assert_eq!(count(&app, "attempts").await, 4 + 2, "four addresses, their /24 and the account");
    let before = texts(&app, "attempts", &["key", "failures", "last_attempt_at", "next_allowed_at"]).await;
    app.wait(Duration::from_secs(1));
    // Refused at the address, and at the /24.
    for address in ["192.0.2.1", "192.0.2.9"] {
        assert_eq!(status(&app.client_at(address), ADA, PASSWORD).await, 429, "{address}");
    }
    assert_eq!(texts(&app, "attempts", &["key", "failures", "last_attempt_at", "next_allowed_at"]).await, before);
}

#[tokio::test]
async fn success_deletes_all_rows_of_the_attempt() {
    for address in ["192.0.2.1", "2001:db8::1"] {
        let app = TestApp::new().await;
        app.person(ADA).await;
        let program = app.client_at(address);
        assert_eq!(status(&program, ADA, WRONG_PASSWORD).await, 401);
        assert!(count(&app, "attempts").await >= 3);
        assert_eq!(status(&program, ADA, PASSWORD).await, 200);
        assert_eq!(count(&app, "attempts").await, 0, "{address}");
    }
}

#[tokio::test]
async fn password_change_has_limits_of_its_own() {
    let app = TestApp::new().await;
    let ada = app.person(ADA).await;
    exhaust_account(&app).await;
    let body = serde_json::json!({ "password": PASSWORD });
    let confirmed = app.client().post("/api/auth/verify-password").bearer(&ada.session_token).json(&body).await;
    confirmed.assert_ok();
}
