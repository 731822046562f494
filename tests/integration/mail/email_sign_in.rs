//! Sign-in with a code, on the pages.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::json;

use super::codes::{
    ADA, ASKED, ON, app, ask, asked, code, enter, is_verified, message, password_works, refusal, verified_person,
};
use crate::support::{
    PASSWORD, TestApp,
    browser::Browser,
    client::TestResponse,
    records::{count, details, operate, security_log},
};

#[tokio::test]
async fn code_signs_a_user_in() {
    let app = app().await;
    verified_person(&app, ADA).await;
    let browser = Browser::new(&app);
    assert!(browser.page("/sign-in").await.contains("E-mail me a code"));
    let code = code(&asked(&app, &browser, ADA).await);
    let page = browser.page("/sign-in/code").await;
    for part in [ADA, r#"inputmode="numeric""#, r#"autocomplete="one-time-code""#, "follow the link"] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert_eq!(enter(&browser, &format!(" {} {}", &code[..3], &code[3..])).await.header("location"), "/account");
    assert!(browser.is_signed_in().await && password_works(&app, ADA).await);
    assert!(browser.cookie(ASKED).is_none(), "the request is forgotten");
    let kinds = details(&app, "authn_login_success").await;
    assert_eq!(kinds, [Some("email_code".to_owned()), Some("password".to_owned())]);
    assert!(browser.page("/account/security").await.contains("Current password"));
}

#[tokio::test]
async fn cookie_of_the_browser_is_protected() {
    let folder = tempfile::tempdir().expect("a folder");
    let mail = format!("file:{}", folder.path().display());
    let settings = [ON, ("LATCHKEY_BASE_URL", "https://auth.example.com"), ("LATCHKEY_MAIL", &mail)];
    let app = TestApp::with(&settings).await;
    let browser = Browser::at(&app, "https://auth.example.com", "192.0.2.2");
    let answer = ask(&browser, ADA).await;
    let cookie = answer.set_cookie("__Host-latchkey_code").expect("a cookie");
    for part in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age=600"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    assert!(!cookie.contains("ada@") && !cookie.contains("example"), "{cookie}");
}

#[tokio::test]
async fn code_creates_an_account() {
    for mode in ["open", "verify"] {
        let app = TestApp::with(&[ON, ("LATCHKEY_SIGN_UP", mode)]).await;
        let browser = Browser::new(&app);
        let message = asked(&app, &browser, ADA).await;
        assert!(message.text.contains("signing in creates one"), "{}", message.text);
        assert_eq!(count(&app, "users").await, 0, "the message creates nothing");
        enter(&browser, &code(&message)).await;
        let account = browser.page("/account").await;
        assert!(account.contains("Your account is created") && account.contains(ADA), "{account}");
        assert!(is_verified(&app).await);
        assert_eq!(count(&app, "users WHERE name = ''").await, 1);
        assert_eq!(count(&app, "credentials").await, 0, "no password");
        assert!(!password_works(&app, ADA).await);
        assert_eq!(count(&app, "user_events WHERE kind = 'user.created'").await, 1);
        let log = security_log(&app).await;
        assert!(log.iter().any(|event| event.kind == "user_created" && event.address.is_some()));
    }
}

#[tokio::test]
async fn closed_sign_up_creates_no_account() {
    let app = TestApp::with(&[ON, ("LATCHKEY_SIGN_UP", "closed")]).await;
    let browser = Browser::new(&app);
    assert_eq!(ask(&browser, ADA).await.header("location"), "/sign-in/code");
    assert!(message(&app, ADA).await.is_none());
    assert_eq!(count(&app, "outbox WHERE state = 3").await, 1, "dropped");
    assert!(refusal(&browser, "123456").await.body.contains("This code isn’t right"));
    assert_eq!(count(&app, "users").await + count(&app, "one_time_secrets").await, 0);
}

/// What differs between addresses must not be visible.
fn shape(response: &TestResponse, email: &str) -> (StatusCode, Vec<String>, String) {
    let cookies = response.set_cookies();
    let names = cookies.iter().map(|cookie| cookie.split('=').next().unwrap_or_default().to_owned()).collect();
    let body = response.body.replace(email, "ADDRESS");
    // Each response has a nonce of its own.
    let mut parts = body.split("nonce=\"");
    let first = parts.next().unwrap_or_default().to_owned();
    let others = parts.map(|part| part.split_once('"').map_or(part, |(_, rest)| rest));
    (response.status, names, first + &others.collect::<String>())
}

#[tokio::test]
async fn answers_reveal_no_account() {
    let app = TestApp::with(&[ON, ("LATCHKEY_RATE_LIMIT", "off")]).await;
    verified_person(&app, ADA).await;
    let grace = verified_person(&app, "grace@example.com").await;
    app.disable(&grace.user_id).await;
    operate(&app, "DELETE FROM outbox").await;
    let mut shapes = Vec::new();
    for email in [ADA, "grace@example.com", "alan@example.com"] {
        let browser = Browser::new(&app);
        let mut steps = vec![shape(&ask(&browser, email).await, email)];
        steps.push(shape(&browser.get("/sign-in/code").await, email));
        steps.push(shape(&refusal(&browser, "not a code").await, email));
        let api = json!({ "email": email, "type": "sign-in" });
        steps.push(shape(&browser.post_json("/api/auth/email-otp/send-verification-otp", &api).await, email));
        let api = json!({ "email": email });
        steps.push(shape(&browser.post_json("/api/auth/sign-in/magic-link", &api).await, email));
        steps.push(shape(&browser.post_json("/api/auth/email-otp/request-password-reset", &api).await, email));
        shapes.push(steps);
    }
    assert_eq!(shapes[0], shapes[1]);
    assert_eq!(shapes[0], shapes[2]);
    assert_eq!(count(&app, "outbox WHERE state = 0").await, 12, "all are queued, and the outbox decides");
}

#[tokio::test]
async fn disabled_account_gets_no_message() {
    let app = app().await;
    let ada = verified_person(&app, ADA).await;
    let browser = Browser::new(&app);
    let code = code(&asked(&app, &browser, ADA).await);
    app.disable(&ada.user_id).await;
    assert!(refusal(&browser, &code).await.body.contains("This code isn’t right"));
    assert!(!browser.is_signed_in().await);
    let other = Browser::new(&app);
    ask(&other, ADA).await;
    app.deliver_mail().await;
    assert_eq!(app.mailbox().len(), 2, "no further message");
    assert_eq!(count(&app, "users").await, 1, "no second account");
}

/// GHSA-qq9h-g4jm-xgf3, CVE-2026-53516
#[tokio::test]
async fn code_cleans_an_unverified_account() {
    let app = app().await;
    let (attacker, victim) = (Browser::new(&app), Browser::new(&app));
    attacker.sign_up(ADA).await;
    assert!(attacker.is_signed_in().await);
    let code = code(&asked(&app, &victim, ADA).await);
    assert!(attacker.is_signed_in().await, "a request changes nothing");
    enter(&victim, &code).await;
    assert!(victim.is_signed_in().await && !attacker.is_signed_in().await);
    assert!(is_verified(&app).await && !password_works(&app, ADA).await);
    assert_eq!((count(&app, "users").await, count(&app, "credentials").await), (1, 0));
    assert!(security_log(&app).await.iter().any(|event| event.kind == "user_email_verified"));
    assert_eq!(count(&app, "user_events WHERE kind = 'session.ended'").await, 1);
}

#[tokio::test]
async fn unchecked_box_ends_with_the_browser() {
    let app = app().await;
    for (remember, stays) in [(&[][..], false), (&[("remember", "true")][..], true)] {
        let browser = Browser::new(&app);
        browser.post("request-sign-in", &[&[("email", ADA)], remember].concat()).await;
        enter(&browser, &code(&message(&app, ADA).await.expect("a message"))).await;
        assert!(browser.is_signed_in().await);
        browser.restart();
        assert_eq!(browser.is_signed_in().await, stays);
        app.wait(Duration::from_secs(1));
    }
}

#[tokio::test]
async fn off_offers_nothing() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    assert!(!browser.page("/sign-in").await.contains("E-mail me a code"));
    for page in ["/sign-in/email", "/sign-in/code", "/sign-in/link", "/sign-in/link?token=x"] {
        assert_eq!(browser.get(page).await.status, StatusCode::NOT_FOUND, "{page}");
    }
    for action in ["request-sign-in", "sign-in-with-code", "sign-in-with-link"] {
        let answer = browser.post(action, &[("email", ADA), ("code", "123456"), ("link", "x")]).await;
        assert_eq!(answer.header("location"), "/sign-in/email", "{action}");
    }
    assert_eq!(count(&app, "outbox").await, 0);
    assert!(browser.cookie(ASKED).is_none());
}

#[tokio::test]
async fn typed_address_needs_no_second_page() {
    let app = app().await;
    let browser = Browser::new(&app);
    let form = [("email", ADA), ("password", "half typed"), ("remember", "true"), ("from", "sign-in")];
    assert_eq!(browser.post("request-sign-in", &form).await.header("location"), "/sign-in/code");
    let empty = [("email", " "), ("from", "sign-in"), ("next", "/account/sessions")];
    let answer = browser.post("request-sign-in", &empty).await;
    assert_eq!(answer.header("location"), "/sign-in/email?next=%2Faccount%2Fsessions");
    let page = browser.page(answer.header("location")).await;
    assert!(page.contains("Sign in by e-mail") && !page.contains("That didn’t go through"), "{page}");
    browser.post("request-sign-in", &[("email", ""), ("next", "/account/sessions")]).await;
    assert!(browser.page("/sign-in/email").await.contains("Enter your e-mail address."));
    browser.post("request-sign-in", &[("email", "ada@"), ("from", "sign-in")]).await;
    let page = browser.page("/sign-in/email").await;
    assert!(page.contains("Enter an e-mail address like") && page.contains(r#"value="ada@""#), "{page}");
}

#[tokio::test]
async fn user_continues_at_the_next_page() {
    let app = TestApp::with(&[ON, ("LATCHKEY_TRUSTED_ORIGINS", "https://app.example.com")]).await;
    for (next, expected) in [
        ("/account/sessions", "/account/sessions"),
        ("https://app.example.com/tasks", "https://app.example.com/tasks"),
        ("https://evil.example/", "/account"),
    ] {
        let browser = Browser::new(&app);
        browser.post("request-sign-in", &[("email", ADA), ("next", next)]).await;
        let page = browser.get("/sign-in/code").await;
        let policy = page.header("content-security-policy");
        assert_eq!(policy.contains("https://app.example.com"), next.contains("app.example"), "{policy}");
        let code = code(&message(&app, ADA).await.expect("a message"));
        assert_eq!(enter(&browser, &code).await.header("location"), expected);
        assert_eq!(browser.get("/sign-in/code").await.header("location"), "/sign-in/email");
        app.wait(Duration::from_secs(1));
    }
}

#[tokio::test]
async fn newer_message_replaces_the_older_one() {
    let app = app().await;
    let browser = Browser::new(&app);
    let older = code(&asked(&app, &browser, ADA).await);
    app.wait(Duration::from_secs(1));
    let newer = code(&asked(&app, &browser, ADA).await);
    assert!(browser.page("/sign-in/code").await.contains("We’ve sent another message."));
    if older != newer {
        assert!(refusal(&browser, &older).await.body.contains("This code isn’t right"));
    }
    enter(&browser, &newer).await;
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn empty_and_used_codes_are_refused() {
    let app = app().await;
    let browser = Browser::new(&app);
    let code = code(&asked(&app, &browser, ADA).await);
    assert!(refusal(&browser, " ").await.body.contains("Enter the code from the message."));
    let thief = browser.stolen();
    enter(&browser, &code).await;
    assert!(refusal(&thief, &code).await.body.contains("This code isn’t right"));
    assert_eq!(count(&app, "sessions").await, 1);
}

#[tokio::test]
async fn session_of_another_user_is_replaced() {
    let app = app().await;
    let browser = Browser::new(&app);
    browser.sign_up("grace@example.com").await;
    ask(&browser, ADA).await;
    let code = code(&message(&app, ADA).await.expect("a message"));
    enter(&browser, &code).await;
    assert!(browser.page("/account").await.contains(ADA));
    assert_eq!(count(&app, "sessions WHERE ended_at IS NULL").await, 1);
    browser.sign_in("grace@example.com", PASSWORD).await;
    assert!(browser.page("/account").await.contains("grace@example.com"), "the password still works");
}

#[tokio::test]
async fn outage_is_reported_on_the_page() {
    let app = app().await;
    let browser = Browser::new(&app);
    asked(&app, &browser, ADA).await;
    app.close_database().await;
    assert_eq!(enter(&browser, "123456").await.header("location"), "/sign-in/code");
    assert_eq!(browser.get("/sign-in/code").await.status, StatusCode::SERVICE_UNAVAILABLE);
    ask(&browser, ADA).await;
    assert_eq!(browser.get("/sign-in/email").await.status, StatusCode::SERVICE_UNAVAILABLE);
}
