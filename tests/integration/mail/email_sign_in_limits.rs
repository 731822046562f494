//! Sign-in with a code: guesses, other browsers, parallel uses, and a stolen database.

use std::time::Duration;

use axum::http::StatusCode;
use futures::future::join_all;
use sha2::{Digest, Sha256};

use super::{
    codes::{ADA, ASKED, ON, app, ask, asked, code, enter, message, password_works, refusal, verified_person, wrong},
    inbox::{label, link, open, token},
};
use crate::support::{
    BASE_URL, TestApp,
    browser::Browser,
    records::{count, details, texts},
};

const REFUSED: &str = "This code isn’t right";

#[tokio::test]
async fn code_needs_the_browser_that_asked() {
    let app = app().await;
    let (earlier, asking) = (Browser::new(&app), Browser::new(&app));
    asked(&app, &earlier, ADA).await;
    app.wait(Duration::from_secs(1));
    let code = code(&asked(&app, &asking, ADA).await);
    assert!(refusal(&earlier, &code).await.body.contains(REFUSED), "a browser that asked for another code");
    assert_eq!(enter(&Browser::new(&app), &code).await.header("location"), "/sign-in/email", "no cookie");
    let forged = Browser::new(&app);
    forged.set_cookie(ASKED, "forged");
    assert_eq!(enter(&forged, &code).await.header("location"), "/sign-in/email");
    assert_eq!(count(&app, "attempts").await, 0, "no attempt on the code");
    enter(&asking, &code).await;
    assert!(asking.is_signed_in().await);
}

#[tokio::test]
async fn code_expires_after_ten_minutes() {
    let app = app().await;
    let browser = Browser::new(&app);
    let code = code(&asked(&app, &browser, ADA).await);
    let cookie = browser.cookie(ASKED).expect("a cookie");
    app.wait(Duration::from_mins(10));
    assert_eq!(enter(&browser, &code).await.header("location"), "/sign-in/email", "the cookie has expired");
    browser.set_cookie(ASKED, &cookie);
    assert!(refusal(&browser, &code).await.body.contains("This code has expired"));
    assert_eq!(count(&app, "users").await, 0);
}

#[tokio::test]
async fn fifth_wrong_code_uses_it_up() {
    let app = app().await;
    verified_person(&app, ADA).await;
    let browser = Browser::new(&app);
    let code = code(&asked(&app, &browser, ADA).await);
    for _ in 0..5 {
        assert!(refusal(&browser, &wrong(&code)).await.body.contains(REFUSED));
    }
    assert!(refusal(&browser, &code).await.body.contains("too many wrong attempts"));
    assert!(refusal(&browser, &code).await.body.contains(REFUSED), "the code is gone");
    assert!(!browser.is_signed_in().await);
    assert_eq!(details(&app, "authn_login_fail").await, vec![Some("email_code".to_owned()); 5]);
    assert_eq!(count(&app, "events WHERE kind = 'authn_login_fail' AND user_id IS NOT NULL").await, 5);
}

#[tokio::test]
async fn text_without_digits_is_no_guess() {
    let app = app().await;
    let browser = Browser::new(&app);
    let code = code(&asked(&app, &browser, ADA).await);
    for typed in ["1", "1234567", "letters", "12345a"] {
        for _ in 0..3 {
            assert!(refusal(&browser, typed).await.body.contains(REFUSED));
        }
    }
    assert_eq!(count(&app, "attempts").await, 0);
    enter(&browser, &code).await;
    assert!(browser.is_signed_in().await);
}

/// Uses up the budget of wrong codes: three codes with five attempts each.
async fn use_up_budget(app: &TestApp, attacker: &Browser) {
    for _ in 0..3 {
        app.wait(Duration::from_secs(1));
        let code = code(&asked(app, attacker, ADA).await);
        for _ in 0..5 {
            assert!(refusal(attacker, &wrong(&code)).await.body.contains(REFUSED));
        }
    }
}

#[tokio::test]
async fn new_code_gives_no_further_attempts() {
    let app = app().await;
    verified_person(&app, ADA).await;
    let attacker = Browser::new(&app);
    use_up_budget(&app, &attacker).await;
    app.wait(Duration::from_secs(1));
    let code = code(&asked(&app, &attacker, ADA).await);
    let refused = refusal(&attacker, &code).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "even the right code");
    assert!(refused.header("retry-after").parse::<u64>().expect("a number") > 86_000);
    let other_network = Browser::at(&app, BASE_URL, "198.51.100.7");
    app.wait(Duration::from_secs(1));
    let code = super::codes::code(&asked(&app, &other_network, ADA).await);
    assert_eq!(refusal(&other_network, &code).await.status, StatusCode::TOO_MANY_REQUESTS, "from every network");
    assert_eq!(details(&app, "authn_login_fail_max").await, vec![Some("account".to_owned()); 2]);
    app.wait(Duration::from_hours(24));
    let code = super::codes::code(&asked(&app, &attacker, ADA).await);
    enter(&attacker, &code).await;
    assert!(attacker.is_signed_in().await, "a day later");
}

#[tokio::test]
async fn owner_signs_in_while_codes_are_refused() {
    let app = app().await;
    verified_person(&app, ADA).await;
    let known = Browser::new(&app);
    enter(&known, &code(&asked(&app, &known, ADA).await)).await;
    known.post("sign-out", &[]).await;
    use_up_budget(&app, &Browser::new(&app)).await;
    assert!(password_works(&app, ADA).await, "with the password");
    app.wait(Duration::from_secs(1));
    let message = asked(&app, &known, ADA).await;
    let other = Browser::new(&app);
    let page = open(&other, &link(&message)).await;
    other.post("sign-in-with-link", &[("link", &label(&page))]).await;
    assert!(other.is_signed_in().await, "with the link");
    app.wait(Duration::from_hours(1));
    let message = asked(&app, &known, ADA).await;
    enter(&known, &code(&message)).await;
    assert!(known.is_signed_in().await, "with a code on a known device");
}

#[tokio::test]
async fn messages_per_address_are_limited() {
    let app = app().await;
    for _ in 0..7 {
        let answer = ask(&Browser::new(&app), ADA).await;
        assert_eq!(answer.header("location"), "/sign-in/code", "the answer is the same");
    }
    assert_eq!(count(&app, "outbox WHERE kind = 'sign_in'").await, 5, "per hour");
    let browser = Browser::new(&app);
    for number in 0..20 {
        ask(&browser, &format!("user{number}@example.com")).await;
    }
    assert_eq!(browser.get("/sign-in/email").await.status, StatusCode::TOO_MANY_REQUESTS, "per network");
}

#[tokio::test]
async fn parallel_uses_of_one_code_have_one_success() {
    let app = TestApp::with(&[ON, ("LATCHKEY_RATE_LIMIT", "off")]).await;
    let browser = Browser::new(&app);
    let code = code(&asked(&app, &browser, ADA).await);
    let tabs: Vec<_> = (0..100).map(|_| browser.stolen()).collect();
    let answers = join_all(tabs.iter().map(|tab| enter(tab, &code))).await;
    let signed_in = answers.iter().filter(|answer| answer.header("location") == "/account").count();
    assert_eq!((signed_in, count(&app, "sessions").await, count(&app, "users").await), (1, 1, 1));
}

#[tokio::test]
async fn parallel_guesses_are_counted_one_by_one() {
    let app = TestApp::with(&[ON, ("LATCHKEY_RATE_LIMIT", "off")]).await;
    let browser = Browser::new(&app);
    let code = code(&asked(&app, &browser, ADA).await);
    let tabs: Vec<_> = (0..50).map(|_| browser.stolen()).collect();
    let guess = wrong(&code);
    join_all(tabs.iter().map(|tab| enter(tab, &guess))).await;
    assert_eq!(count(&app, "one_time_secrets WHERE attempts = 5 AND used_at IS NOT NULL").await, 1);
    enter(&browser, &code).await;
    assert!(!browser.is_signed_in().await);
}

#[tokio::test]
async fn stolen_database_has_no_usable_code() {
    let app = app().await;
    let browser = Browser::new(&app);
    ask(&browser, ADA).await;
    let is_sqlite = app.database_url().starts_with("sqlite");
    let hex =
        |column: &str| if is_sqlite { format!("lower(hex({column}))") } else { format!("encode({column}, 'hex')") };
    let queued = texts(&app, "outbox", &["kind", "account", &hex("sealed")]).await.join("\n");
    let message = message(&app, ADA).await.expect("a message");
    let (code, token) = (code(&message), token(&message));
    let columns = ["purpose", "owner", "payload", &hex("digest"), &hex("browser"), &hex("code")];
    let rows = texts(&app, "one_time_secrets", &columns).await;
    assert_eq!(rows.len(), 1);
    let stored = format!("{queued}\n{}", rows[0]);
    let digests = [code.clone(), token.clone()].map(|secret| format!("{:x}", Sha256::digest(secret)));
    let plain = [code.as_str(), &token, ADA, "example.com", &browser.cookie(ASKED).expect("a cookie")];
    for secret in plain.into_iter().chain(digests.iter().map(String::as_str)) {
        assert!(!stored.contains(secret), "{secret} in {stored}");
    }
    // The code can be searched for only with the key: no digest of a code and stored values is stored.
    let tag = rows[0].rsplit(' ').next().expect("a tag");
    assert_eq!(tag.len(), 64);
    let browser_digest = rows[0].split(' ').nth(4).expect("a digest");
    for message in [format!("{code}{browser_digest}"), format!("sign-in {browser_digest} {code}")] {
        assert_ne!(format!("{:x}", Sha256::digest(message)), tag);
    }
}
