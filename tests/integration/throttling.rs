//! Guessing is slowed down, before any password is hashed, and nobody loses a session they have.

use std::time::Duration;

use axum_test::{TestResponse, TestServer};
use futures::future::join_all;
use serde_json::{Value, json};

use crate::support::{PASSWORD, TestApp, browser::Browser, person::Person};

const WRONG: &str = "wrong password 1";

async fn attempt(program: &TestServer, email: &str, password: &str) -> TestResponse {
    let body = json!({ "email": email, "password": password });
    program.post("/api/auth/sign-in/email").json(&body).await
}

async fn status(program: &TestServer, email: &str, password: &str) -> u16 {
    attempt(program, email, password).await.status_code().as_u16()
}

/// Spends the attempts that may fail without a wait.
async fn spend_free_attempts(program: &TestServer, email: &str) {
    for _ in 0..5 {
        assert_eq!(status(program, email, WRONG).await, 401);
    }
}

fn wait_of(answer: &TestResponse) -> u64 {
    assert_eq!(answer.status_code(), 429, "{}", answer.text());
    answer.header("retry-after").to_str().expect("text").parse().expect("seconds")
}

#[tokio::test]
async fn the_wait_grows_from_seconds_to_an_hour() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    let program = app.program();
    spend_free_attempts(&program, "ada@example.com").await;
    for expected in [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600] {
        let refused = attempt(&program, "ada@example.com", PASSWORD).await;
        assert_eq!(wait_of(&refused), expected, "even the right password has to wait");
        app.wait(Duration::from_millis(expected * 1000 - 1));
        let refused = attempt(&program, "ada@example.com", PASSWORD).await;
        assert_eq!(wait_of(&refused), 1, "being refused prolongs no wait");
        app.wait(Duration::from_millis(1));
        assert_eq!(status(&program, "ada@example.com", WRONG).await, 401);
    }
    app.wait(Duration::from_hours(24));
    spend_free_attempts(&program, "ada@example.com").await;
}

#[tokio::test]
async fn the_api_says_429_with_retry_after_in_both_spellings() {
    let app = TestApp::new().await;
    let program = app.program();
    spend_free_attempts(&program, "ada@example.com").await;
    let refused = attempt(&program, "ada@example.com", WRONG).await;
    assert_eq!(wait_of(&refused), 5);
    assert_eq!(refused.header("x-retry-after"), "5");
    assert!(refused.json::<Value>()["message"].is_string());
}

#[tokio::test]
async fn the_form_says_how_long_to_wait() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    let browser = Browser::new(&app);
    for _ in 0..5 {
        browser.sign_in("ada@example.com", WRONG).await;
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
async fn an_account_that_does_not_exist_is_throttled_like_one_that_does() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    let program = app.program();
    let mut seen = Vec::new();
    for email in ["ada@example.com", "nobody@example.com"] {
        spend_free_attempts(&program, email).await;
        let refused = attempt(&program, email, WRONG).await;
        seen.push((wait_of(&refused), refused.text()));
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn every_spelling_of_an_address_is_one_account() {
    let app = TestApp::new().await;
    let program = app.program();
    for email in ["ada@example.com", "ADA@example.com", "Ada@example.com", "\u{ff41}da@example.com", "ada@EXAMPLE.com"]
    {
        assert_eq!(status(&program, email, WRONG).await, 401);
    }
    assert_eq!(status(&program, "Ada@Example.Com", WRONG).await, 429);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn parallel_attempts_are_counted_one_by_one_before_any_is_hashed() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    for email in ["ada@example.com", "nobody@example.com"] {
        let program = app.program();
        let body = json!({ "email": email, "password": WRONG });
        let attempts = (0..25).map(|_| program.post("/api/auth/sign-in/email").json(&body).into_future());
        let answers = join_all(attempts).await;
        let tried = answers.iter().filter(|answer| answer.status_code() == 401).count();
        let refused = answers.iter().filter(|answer| answer.status_code() == 429).count();
        assert!((1..=5).contains(&tried), "{tried} of {email} were tried");
        assert_eq!(tried + refused, 25);
    }
}

#[tokio::test]
async fn a_restart_forgives_no_attempt_on_an_account() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    spend_free_attempts(&app.program(), "ada@example.com").await;
    app.wait(Duration::from_secs(2));
    let app = app.restarted().await;
    assert_eq!(wait_of(&attempt(&app.program(), "ada@example.com", PASSWORD).await), 3);
}

#[tokio::test]
async fn the_owner_signs_in_from_another_network_without_a_wait() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    spend_free_attempts(&app.program(), "ada@example.com").await;
    assert_eq!(status(&app.program(), "ada@example.com", PASSWORD).await, 429);
    assert_eq!(status(&app.program_at("198.51.100.7"), "ada@example.com", PASSWORD).await, 200);
    assert_eq!(status(&app.program(), "ada@example.com", PASSWORD).await, 429, "the guesser goes on waiting");
}

#[tokio::test]
async fn a_success_forgives_the_attempts_before_it() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    let program = app.program();
    for _ in 0..3 {
        for _ in 0..4 {
            assert_eq!(status(&program, "ada@example.com", WRONG).await, 401);
        }
        assert_eq!(status(&program, "ada@example.com", PASSWORD).await, 200);
    }
    spend_free_attempts(&program, "ada@example.com").await;
}

#[tokio::test]
async fn an_ipv6_network_is_its_first_64_bits() {
    let app = TestApp::with(&[("LATCHKEY_TRUSTED_PROXIES", "192.0.2.1")]).await;
    let program = app.program();
    let from = |address: &'static str| {
        let body = json!({ "email": "ada@example.com", "password": WRONG });
        let request = program.post("/api/auth/sign-in/email").json(&body).add_header("x-forwarded-for", address);
        async move { request.await.status_code().as_u16() }
    };
    for address in ["2001:db8::1", "2001:db8::2", "2001:db8::ffff:1", "2001:db8:0:0:a::", "2001:db8::3"] {
        assert_eq!(from(address).await, 401, "{address}");
    }
    assert_eq!(from("2001:db8::4").await, 429);
    assert_eq!(from("2001:db8:0:1::1").await, 401, "another /64");
    assert_eq!(from("10.0.0.1, 2001:db8::5").await, 429, "what a client writes itself proves nothing");
}

#[tokio::test]
async fn a_forwarded_address_counts_only_from_a_trusted_proxy() {
    let app = TestApp::new().await;
    let program = app.program();
    for number in 0..6 {
        let body = json!({ "email": "ada@example.com", "password": WRONG });
        let request = program.post("/api/auth/sign-in/email").json(&body);
        let answer = request.add_header("x-forwarded-for", format!("198.51.100.{number}")).await;
        assert_eq!(answer.status_code(), if number < 5 { 401 } else { 429 });
    }
}

#[tokio::test]
async fn one_network_cannot_try_a_password_on_every_account() {
    let app = TestApp::new().await;
    app.person("ada@example.com").await;
    let guesser = app.program_at("203.0.113.1");
    for number in 0..60 {
        assert_eq!(status(&guesser, &format!("person{number}@example.com"), WRONG).await, 401);
    }
    assert_eq!(wait_of(&attempt(&guesser, "ada@example.com", PASSWORD).await), 2);
    assert_eq!(status(&app.program_at("203.0.113.2"), "ada@example.com", PASSWORD).await, 200);
    app.wait(Duration::from_secs(2));
    assert_eq!(status(&guesser, "ada@example.com", PASSWORD).await, 200);
}

#[tokio::test]
async fn one_network_cannot_make_accounts_without_end() {
    let app = TestApp::new().await;
    let sign_up = |number: u32| {
        let body = json!({ "name": "", "email": format!("person{number}@example.com"), "password": PASSWORD });
        app.program_at("192.0.2.2").post("/api/auth/sign-up/email").json(&body).into_future()
    };
    for number in 0..40 {
        sign_up(number).await.assert_status_ok();
    }
    assert_eq!(wait_of(&sign_up(40).await), 30);
    let browser = Browser::new(&app);
    browser.sign_up("ada@example.com").await;
    assert!(browser.page("/sign-up").await.contains("Too many attempts. Try again in 30 seconds."));
    app.wait(Duration::from_secs(30));
    sign_up(40).await.assert_status_ok();
}

#[tokio::test]
async fn nobody_loses_a_session_they_have_while_their_account_is_throttled() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let browser = Browser::new(&app);
    browser.sign_in("ada@example.com", PASSWORD).await;
    for number in 0..25 {
        let guesser = app.program_at(&format!("203.0.113.{number}"));
        for _ in 0..4 {
            attempt(&guesser, "ada@example.com", WRONG).await;
        }
    }
    let refused = attempt(&app.program_at("198.51.100.7"), "ada@example.com", PASSWORD).await;
    assert_eq!(wait_of(&refused), 60, "the budget all networks share is used up");
    ada.get(&app, "").await.assert_status_ok();
    app.wait(Duration::from_secs(12));
    assert!(browser.is_signed_in().await);
    browser.remove_cookie(crate::support::browser::ACCESS);
    assert!(browser.is_signed_in().await, "renewal asks nobody's permission");
    let form = [("current_password", PASSWORD), ("new_password", "amber kettle balcony 7")];
    browser.post("change-password", &form).await;
    assert!(browser.page("/account").await.contains("Your password is changed"));
}

#[tokio::test]
async fn guessing_the_current_password_is_slowed_down_too_and_the_owner_sees_it() {
    let app = TestApp::new().await;
    let ada = app.person("ada@example.com").await;
    let body = json!({ "currentPassword": WRONG, "newPassword": "amber kettle balcony 7" });
    let guess = || {
        app.program()
            .post("/api/auth/change-password")
            .authorization_bearer(&ada.session_token)
            .json(&body)
            .into_future()
    };
    for _ in 0..5 {
        assert_eq!(guess().await.status_code(), 400);
    }
    assert_eq!(wait_of(&guess().await), 5);
    let events = ada.events(&app).await;
    assert_eq!(events[0], "authn_login_fail_max");
    assert_eq!(events[1], "authn_password_change_fail");
    Person::sign_in(&app, "ada@example.com").await;
}

#[tokio::test]
async fn switched_off_it_admits_everything() {
    let app = TestApp::with(&[("LATCHKEY_RATE_LIMIT", "off")]).await;
    app.person("ada@example.com").await;
    let program = app.program();
    for _ in 0..100 {
        assert_eq!(status(&program, "ada@example.com", WRONG).await, 401);
    }
    assert_eq!(status(&program, "ada@example.com", PASSWORD).await, 200);
}
