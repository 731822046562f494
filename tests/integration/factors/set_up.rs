//! Setting up an authenticator app.

use std::time::Duration;

use super::app::{ADA, STEP, codes, enter, first_step, key, protected, set_up, turn_on};
use crate::support::{
    PASSWORD, TestApp,
    browser::Browser,
    records::{count, details, security_log, texts},
};

#[tokio::test]
async fn set_up_shows_qr_code_and_key() {
    let app = TestApp::with(&[("LATCHKEY_PRODUCT_NAME", "Example: shop")]).await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    assert!(browser.page("/account/security").await.contains("Set up two-step sign-in"));
    assert_eq!(browser.get("/account/two-step").await.header("location"), "/account/security", "nothing to show");
    browser.post("set-up-totp", &[]).await;
    let response = browser.get("/account/two-step").await;
    let page = &response.body;
    assert!(page.contains(r#"role="img""#), "{page}");
    assert!(page.contains("<svg viewBox=\"0 0 ") && page.contains("<path d=\""), "{page}");
    assert!(!page.contains("<?xml") && !page.contains("style=\""), "the policy allows no inline style");
    let key = key(page);
    assert_eq!(key.replace(' ', "").len(), 32, "{key}");
    let uri = format!(
        "otpauth://totp/Example%20%20shop:ada%40example.com?secret={}&amp;issuer=Example%20%20shop",
        key.replace(' ', "")
    );
    assert!(page.contains(&uri), "{uri} in {page}");
    assert_eq!(response.header("cache-control"), "no-store");
}

#[tokio::test]
async fn first_code_turns_it_on() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    let phone = set_up(&app, &browser).await;
    for (code, error) in [
        ("", "Enter the code from your authenticator app."),
        ("abc", "This code isn’t right, or it was used."),
        (phone.wrong().as_str(), "This code isn’t right, or it was used."),
    ] {
        assert_eq!(browser.post("confirm-totp", &[("code", code)]).await.header("location"), "/account/two-step");
        assert!(browser.page("/account/two-step").await.contains(error), "{code}");
    }
    let other = Browser::new(&app);
    other.sign_in(ADA, PASSWORD).await;
    assert!(other.is_signed_in().await, "one step until the set-up is complete");

    let spaced = format!(" {} {}", &phone.code()[..3], &phone.code()[3..]);
    let answer = browser.post("confirm-totp", &[("code", &spaced)]).await;
    assert_eq!(answer.header("location"), "/account/recovery-codes");
    let page = browser.page("/account/recovery-codes").await;
    assert!(page.contains("Save these codes now") && page.contains("download=\"recovery-codes.txt\""), "{page}");
    let shown = codes(&page);
    assert_eq!(shown.len(), 10);
    assert!(shown.iter().all(|code| code.len() == 11 && page.contains(&code.replace('-', "%2D"))), "{page}");
    let again = browser.page("/account/recovery-codes").await;
    assert!(codes(&again).is_empty() && again.contains("are shown once"), "{again}");
    let security = browser.page("/account/security").await;
    assert!(security.contains("10 recovery codes remain.") && security.contains("On since"), "{security}");
    assert!(browser.is_signed_in().await && other.is_signed_in().await, "sessions continue");
    assert_eq!(details(&app, "authn_factor_added").await, [Some("totp".to_owned())]);
    assert!(browser.page("/account/activity").await.contains("Two-step sign-in turned on"));
}

#[tokio::test]
async fn key_is_shown_to_its_session_only() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    let other = Browser::new(&app);
    other.sign_in(ADA, PASSWORD).await;
    let phone = set_up(&app, &browser).await;
    assert_eq!(other.get("/account/two-step").await.header("location"), "/account/security");
    let answer = other.post("confirm-totp", &[("code", &phone.code())]).await;
    assert_eq!(answer.header("location"), "/account/security");
    assert!(other.page("/account/security").await.contains("The set-up took too long."));
    app.wait(Duration::from_mins(15));
    assert_eq!(browser.get("/account/two-step").await.header("location"), "/account/security", "too late");
    browser.post("confirm-totp", &[("code", &phone.code())]).await;
    assert_eq!(count(&app, "totp_factors WHERE confirmed_at IS NOT NULL").await, 0);
}

#[tokio::test]
async fn set_up_again_replaces_the_key() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    let first = set_up(&app, &browser).await;
    let second = set_up(&app, &browser).await;
    assert_ne!(first.code(), second.code());
    browser.post("confirm-totp", &[("code", &first.code())]).await;
    assert_eq!(count(&app, "totp_factors WHERE confirmed_at IS NOT NULL").await, 0);
    browser.post("confirm-totp", &[("code", &second.code())]).await;
    assert_eq!(count(&app, "totp_factors WHERE confirmed_at IS NOT NULL").await, 1);
    assert_eq!(browser.post("set-up-totp", &[]).await.header("location"), "/account/security", "it is on");
    assert_eq!(count(&app, "totp_factors").await, 1);
}

#[tokio::test]
async fn change_needs_password_or_recent_sign_in() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    app.wait(Duration::from_mins(15));
    assert!(browser.page("/account/security").await.contains(r#"id="factors-password""#));
    for (password, error) in [("", "Enter your current password."), ("wrong", "This isn’t your current password.")] {
        browser.post("set-up-totp", &[("current_password", password)]).await;
        assert!(browser.page("/account/security").await.contains(error), "{password}");
    }
    assert_eq!(count(&app, "totp_factors").await, 0);
    let answer = browser.post("set-up-totp", &[("current_password", PASSWORD)]).await;
    assert_eq!(answer.header("location"), "/account/two-step");
    for action in ["set-up-totp", "confirm-totp", "renew-recovery-codes", "remove-totp", "untrust-device"] {
        let answer = Browser::new(&app).post(action, &[("current_password", PASSWORD)]).await;
        assert!(answer.header("location").starts_with("/sign-in?next="), "{action}");
    }
}

#[tokio::test]
async fn database_has_neither_key_nor_codes() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    let hashes = texts(&app, "recovery_codes", &["hash"]).await;
    assert_eq!(hashes.len(), 10);
    for (hash, code) in hashes.iter().zip(&ada.codes) {
        assert!(hash.starts_with("$argon2id$") && !hash.contains(&code.replace('-', "")), "{hash}");
    }
    let different: std::collections::BTreeSet<_> = hashes.iter().collect();
    assert_eq!(different.len(), 10);
    assert_eq!(count(&app, "totp_factors WHERE length(secret) = 48").await, 1, "nonce, key and tag");
    let log = format!("{:?}", security_log(&app).await);
    assert!(!log.contains(&ada.codes[0]) && !log.contains(&ada.phone.code()));
}

#[tokio::test]
async fn another_master_secret_admits_no_code() {
    let app = TestApp::new().await;
    protected(&app).await;
    let other = [("LATCHKEY_SECRET", "Rk2vX8q0mZ5tYw7nB1cD4eF6gH9jK3lMpQ4sT6u")];
    let other = app.restarted_with(&other).await.expect("the service starts");
    let browser = first_step(&other).await;
    assert_eq!(enter(&browser, "123456").await, "/sign-in/second-step");
    assert_eq!(browser.get("/sign-in/second-step").await.status, 500, "the key cannot be opened");
    assert!(!browser.is_signed_in().await);
}

#[tokio::test]
async fn deleting_the_account_deletes_its_factors() {
    let app = TestApp::new().await;
    let ada = protected(&app).await;
    let device = first_step(&app).await;
    device.post("second-step", &[("code", &ada.phone.code()), ("trust", "true")]).await;
    first_step(&app).await;
    assert_eq!(count(&app, "trusted_devices").await, 1);
    ada.browser.post("delete-account", &[("current_password", PASSWORD)]).await;
    for table in ["users", "totp_factors", "recovery_codes", "trusted_devices", "one_time_secrets"] {
        assert_eq!(count(&app, table).await, 0, "{table}");
    }
}

#[tokio::test]
async fn two_set_ups_at_once_have_one_result() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    let phone = set_up(&app, &browser).await;
    let code = phone.code();
    let attempts = (0..4).map(|_| {
        let (browser, code) = (browser.clone(), code.clone());
        async move { browser.post("confirm-totp", &[("code", &code)]).await.header("location").to_owned() }
    });
    let answers = futures::future::join_all(attempts).await;
    let done = answers.iter().filter(|answer| *answer == "/account/recovery-codes").count();
    assert_eq!(done, 1, "{answers:?}");
    assert_eq!(count(&app, "recovery_codes").await, 10);
}

#[tokio::test]
async fn code_of_the_set_up_signs_nobody_in() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    browser.sign_up(ADA).await;
    let ada = turn_on(&app, browser).await;
    let other = first_step(&app).await;
    let code_of_set_up = ada.phone.code_at(-1);
    assert_eq!(enter(&other, &code_of_set_up).await, "/sign-in/second-step", "it was used");
    app.wait(STEP);
    assert_eq!(enter(&other, &ada.phone.code()).await, "/account");
}
