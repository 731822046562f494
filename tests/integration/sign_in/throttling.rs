//! Rate limits on password guesses. They apply before hashing and never end a session.

use std::time::Duration;

use futures::future::join_all;
use serde_json::json;

use crate::support::{
    NEW_PASSWORD, PASSWORD, TestApp, WRONG_PASSWORD,
    browser::{ACCESS, Browser},
    client::{TestClient, TestResponse},
    person::Person,
};

pub(super) async fn attempt(program: &TestClient, email: &str, password: &str) -> TestResponse {
    let body = json!({ "email": email, "password": password });
    program.post("/api/auth/sign-in/email").json(&body).await
}

pub(super) async fn status(program: &TestClient, email: &str, password: &str) -> u16 {
    attempt(program, email, password).await.status.as_u16()
}

/// Uses the attempts that may fail without a delay.
async fn spend_free_attempts(program: &TestClient, email: &str) {
    for _ in 0..5 {
        assert_eq!(status(program, email, WRONG_PASSWORD).await, 401);
    }
}

pub(super) fn retry_after(response: &TestResponse) -> u64 {
    assert_eq!(response.status, 429, "{}", response.body);
    response.header("retry-after").parse().expect("seconds")
}

#[tokio::test]
async fn account_delay_grows_to_an_hour() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    let program = app.client();
    spend_free_attempts(&program, "ada@example.com").await;
    for expected in [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600] {
        let refused = attempt(&program, "ada@example.com", PASSWORD).await;
        assert_eq!(retry_after(&refused), expected, "the correct password is delayed too");
        app.wait(Duration::from_millis(expected * 1000 - 1));
        let refused = attempt(&program, "ada@example.com", PASSWORD).await;
        assert_eq!(retry_after(&refused), 1, "a refused attempt does not extend the delay");
        app.wait(Duration::from_millis(1));
        assert_eq!(status(&program, "ada@example.com", WRONG_PASSWORD).await, 401);
    }
    app.wait(Duration::from_hours(24));
    spend_free_attempts(&program, "ada@example.com").await;
}

#[tokio::test]
async fn api_429_has_both_retry_headers() {
    let app = TestApp::new().await;
    let program = app.client();
    spend_free_attempts(&program, "ada@example.com").await;
    let refused = attempt(&program, "ada@example.com", WRONG_PASSWORD).await;
    assert_eq!(retry_after(&refused), 5);
    assert_eq!(refused.header("x-retry-after"), "5");
    assert!(refused.json()["message"].is_string());
}

#[tokio::test]
async fn form_shows_the_delay() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    let browser = Browser::new(&app);
    for _ in 0..5 {
        browser.sign_in("ada@example.com", WRONG_PASSWORD).await;
    }
    browser.sign_in("ada@example.com", PASSWORD).await;
    let page = browser.page("/sign-in").await;
    assert!(page.contains("Too many attempts. Try again in 5 seconds."));
    assert!(page.contains(r#"value="ada@example.com""#));
    app.wait(Duration::from_secs(5));
    browser.sign_in("ada@example.com", PASSWORD).await;
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn unknown_account_is_throttled_alike() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    let program = app.client();
    let mut seen = Vec::new();
    for email in ["ada@example.com", "nobody@example.com"] {
        spend_free_attempts(&program, email).await;
        let refused = attempt(&program, email, WRONG_PASSWORD).await;
        seen.push((retry_after(&refused), refused.body));
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn address_spellings_share_one_limit() {
    let app = TestApp::new().await;
    let program = app.client();
    for email in ["ada@example.com", "ADA@example.com", "Ada@example.com", "\u{ff41}da@example.com", "ada@EXAMPLE.com"]
    {
        assert_eq!(status(&program, email, WRONG_PASSWORD).await, 401);
    }
    assert_eq!(status(&program, "Ada@Example.Com", WRONG_PASSWORD).await, 429);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn parallel_attempts_are_counted_before_hashing() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    for email in ["ada@example.com", "nobody@example.com"] {
        let program = app.client();
        let body = json!({ "email": email, "password": WRONG_PASSWORD });
        let attempts = (0..25).map(|_| program.post("/api/auth/sign-in/email").json(&body).into_future());
        let responses = join_all(attempts).await;
        let tried = responses.iter().filter(|response| response.status == 401).count();
        let refused = responses.iter().filter(|response| response.status == 429).count();
        assert!((1..=5).contains(&tried), "{tried} attempts on {email} were hashed");
        assert_eq!(tried + refused, 25);
    }
}

#[tokio::test]
async fn account_limit_survives_a_restart() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    spend_free_attempts(&app.client(), "ada@example.com").await;
    app.wait(Duration::from_secs(2));
    let app = app.restarted().await;
    assert_eq!(retry_after(&attempt(&app.client(), "ada@example.com", PASSWORD).await), 3);
}

#[tokio::test]
async fn account_limit_is_per_network() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    spend_free_attempts(&app.client(), "ada@example.com").await;
    assert_eq!(status(&app.client(), "ada@example.com", PASSWORD).await, 429);
    assert_eq!(status(&app.client_at("198.51.100.7"), "ada@example.com", PASSWORD).await, 200);
    assert_eq!(status(&app.client(), "ada@example.com", PASSWORD).await, 429, "the guessing network is still delayed");
}

#[tokio::test]
async fn success_clears_failed_attempts() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    let program = app.client();
    for _ in 0..3 {
        for _ in 0..4 {
            assert_eq!(status(&program, "ada@example.com", WRONG_PASSWORD).await, 401);
        }
        assert_eq!(status(&program, "ada@example.com", PASSWORD).await, 200);
    }
    spend_free_attempts(&program, "ada@example.com").await;
}

#[tokio::test]
async fn ipv6_limit_is_per_64_bit_prefix() {
    let app = TestApp::with(&[("LATCHKEY_TRUSTED_PROXIES", "192.0.2.1")]).await;
    let program = app.client();
    let from = |address: &'static str| {
        let body = json!({ "email": "ada@example.com", "password": WRONG_PASSWORD });
        let request = program.post("/api/auth/sign-in/email").json(&body).header("x-forwarded-for", address);
        async move { request.await.status.as_u16() }
    };
    for address in ["2001:db8::1", "2001:db8::2", "2001:db8::ffff:1", "2001:db8:0:0:a::", "2001:db8::3"] {
        assert_eq!(from(address).await, 401, "{address}");
    }
    assert_eq!(from("2001:db8::4").await, 429);
    assert_eq!(from("2001:db8:0:1::1").await, 401, "another /64 has its own limit");
    assert_eq!(from("10.0.0.1, 2001:db8::5").await, 429, "only the address from the proxy counts");
}

#[tokio::test]
async fn untrusted_forwarded_address_is_ignored() {
    let app = TestApp::new().await;
    let program = app.client();
    for number in 0..6 {
        let body = json!({ "email": "ada@example.com", "password": WRONG_PASSWORD });
        let request = program.post("/api/auth/sign-in/email").json(&body);
        let response = request.header("x-forwarded-for", format!("198.51.100.{number}")).await;
        assert_eq!(response.status, if number < 5 { 401 } else { 429 });
    }
}

#[tokio::test]
async fn network_limit_covers_all_accounts() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    let guesser = app.client_at("203.0.113.1");
    for number in 0..60 {
        assert_eq!(status(&guesser, &format!("person{number}@example.com"), WRONG_PASSWORD).await, 401);
    }
    assert_eq!(retry_after(&attempt(&guesser, "ada@example.com", PASSWORD).await), 2);
    assert_eq!(status(&app.client_at("203.0.113.2"), "ada@example.com", PASSWORD).await, 200);
    app.wait(Duration::from_secs(2));
    assert_eq!(status(&guesser, "ada@example.com", PASSWORD).await, 200);
}

#[tokio::test]
async fn sign_up_limit_is_per_network() {
    let app = TestApp::new().await;
    let sign_up = |number: u32| {
        let body = json!({ "name": "", "email": format!("person{number}@example.com"), "password": PASSWORD });
        app.client_at("192.0.2.2").post("/api/auth/sign-up/email").json(&body).into_future()
    };
    for number in 0..40 {
        sign_up(number).await.assert_ok();
    }
    assert_eq!(retry_after(&sign_up(40).await), 30);
    let browser = Browser::new(&app);
    browser.sign_up("ada@example.com").await;
    assert!(browser.page("/sign-up").await.contains("Too many attempts. Try again in 30 seconds."));
    app.wait(Duration::from_secs(30));
    sign_up(40).await.assert_ok();
}

#[tokio::test]
async fn throttled_account_keeps_its_sessions() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let browser = Browser::new(&app);
    browser.sign_in("ada@example.com", PASSWORD).await;
    for number in 0..25 {
        let guesser = app.client_at(&format!("198.18.{number}.1"));
        for _ in 0..4 {
            attempt(&guesser, "ada@example.com", WRONG_PASSWORD).await;
        }
    }
    let refused = attempt(&app.client_at("198.18.0.2"), "ada@example.com", PASSWORD).await;
    assert_eq!(retry_after(&refused), 60, "the limit of all networks together is reached");
    ada.get(&app, "").await.assert_ok();
    app.wait(Duration::from_secs(12));
    assert!(browser.is_signed_in().await);
    browser.remove_cookie(ACCESS);
    assert!(browser.is_signed_in().await, "renewal is not rate limited");
    let form = [("current_password", PASSWORD), ("new_password", NEW_PASSWORD)];
    browser.post("change-password", &form).await;
    assert!(browser.page("/account/security").await.contains("Your password is changed"));
}

#[tokio::test]
async fn password_change_guesses_are_throttled() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let body = json!({ "currentPassword": WRONG_PASSWORD, "newPassword": NEW_PASSWORD });
    let guess = || app.client().post("/api/auth/change-password").bearer(&ada.session_token).json(&body).into_future();
    for _ in 0..5 {
        assert_eq!(guess().await.status, 400);
    }
    assert_eq!(retry_after(&guess().await), 5);
    let events = ada.events(&app).await;
    assert_eq!(events[0], "authn_login_fail_max");
    assert_eq!(events[1], "authn_password_change_fail");
    Person::sign_in(&app, "ada@example.com").await;
}

#[tokio::test]
async fn empty_current_passwords_are_throttled() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let body = json!({ "currentPassword": "", "newPassword": NEW_PASSWORD });
    let mut statuses = Vec::new();
    for _ in 0..200 {
        let change = app.client().post("/api/auth/change-password").bearer(&ada.session_token).json(&body);
        statuses.push(change.await.status.as_u16());
    }
    assert_eq!((statuses[0], statuses.last()), (400, Some(&429)));
    Person::sign_in(&app, "ada@example.com").await;
}

#[tokio::test]
async fn rate_limit_off_admits_everything() {
    let app = TestApp::with(&[("LATCHKEY_RATE_LIMIT", "off")]).await;
    app.person("ada@example.com").await;
    let program = app.client();
    for _ in 0..100 {
        assert_eq!(status(&program, "ada@example.com", WRONG_PASSWORD).await, 401);
    }
    assert_eq!(status(&program, "ada@example.com", PASSWORD).await, 200);
}
