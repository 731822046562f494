//! The pages and their forms.

use std::time::Duration;

use serde_json::json;

use super::{SET_UP, assert_full, assert_restricted, begin, complete, required, restricted};
use crate::{
    factors::app::ADA,
    support::{
        NEW_PASSWORD, PASSWORD, TestApp, WRONG_PASSWORD,
        browser::{Browser, SESSION},
        records::{count, texts},
        tokens::sign_in_of_browser,
    },
};

#[tokio::test]
async fn sign_up_leads_to_the_set_up() {
    let app = required().await;
    let browser = restricted(&app).await;
    assert!(browser.cookie(SESSION).is_some());
    let page = browser.page(SET_UP).await;
    assert!(page.contains("Set up two-step sign-in") && page.contains("/actions/sign-out"), "{page}");
    assert_restricted(&browser).await;
    let other = Browser::new(&app);
    assert_eq!(other.sign_in(ADA, PASSWORD).await.header("location"), SET_UP);
    assert_restricted(&other).await;
}

#[tokio::test]
async fn restricted_session_opens_no_page() {
    let app = required().await;
    let browser = restricted(&app).await;
    for page in ["", "/security", "/sessions", "/activity", "/delete", "/two-step", "/recovery-codes"] {
        let answer = browser.get(&format!("/account{page}")).await;
        let expected = format!("/sign-in/set-up?next=%2Faccount{}", page.replace('/', "%2F"));
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, expected.as_str()));
    }
    assert_eq!(browser.get("/").await.header("location"), SET_UP);
    let sign_in = browser.get("/sign-in?next=%2Faccount%2Fsessions").await;
    assert_eq!(sign_in.header("location"), "/sign-in/set-up?next=%2Faccount%2Fsessions");
    let stronger = browser.get("/sign-in?acr=aal2").await;
    assert_eq!(stronger.header("location"), SET_UP);
}

#[tokio::test]
async fn restricted_forms_change_nothing() {
    let app = required().await;
    let browser = restricted(&app).await;
    let before = texts(&app, "users", &["email", "name"]).await;
    for (action, form) in [
        ("update-profile", &[("name", "Eve")][..]),
        ("change-password", &[("current_password", PASSWORD), ("new_password", NEW_PASSWORD)]),
        ("request-email-change", &[("email", "eve@example.com"), ("current_password", PASSWORD)]),
        ("delete-account", &[("current_password", PASSWORD)]),
        ("request-deletion", &[]),
        ("revoke-other-sessions", &[]),
        ("send-verification", &[]),
        ("renew-recovery-codes", &[]),
        ("remove-totp", &[]),
        ("replace-totp", &[]),
        ("untrust-device", &[]),
    ] {
        let answer = browser.post(action, form).await;
        assert!(answer.header("location").starts_with("/sign-in/set-up?next="), "{action}");
    }
    assert_eq!(texts(&app, "users", &["email", "name"]).await, before);
    assert_restricted(&browser).await;
}

#[tokio::test]
async fn first_code_continues_the_session() {
    let app = required().await;
    let browser = restricted(&app).await;
    let signed_up = app.now().seconds();
    app.wait(Duration::from_secs(20));
    let (_, codes) = complete(&app, &browser).await;
    assert_eq!(codes.len(), 10);
    assert_full(&browser).await;
    assert_eq!(count(&app, "sessions").await, 1, "the same session");
    let signed_in = (signed_up, json!(["pwd", "otp", "mfa"]), "aal2".to_owned());
    assert_eq!(sign_in_of_browser(&browser), signed_in);
    assert_eq!(browser.get(SET_UP).await.header("location"), "/account");
    app.wait(Duration::from_mins(20));
    assert_full(&browser).await;
    assert_eq!(sign_in_of_browser(&browser), signed_in, "a renewal changes nothing");
}

#[tokio::test]
async fn set_up_keeps_the_next_page() {
    let app = TestApp::with(&[super::REQUIRED, ("LATCHKEY_TRUSTED_ORIGINS", "https://app.example.com")]).await;
    let browser = restricted(&app).await;
    let next = "https://app.example.com/in";
    let form = [("email", ADA), ("password", PASSWORD), ("next", next)];
    let page = browser.post("sign-in", &form).await.header("location").to_owned();
    assert_eq!(page, "/sign-in/set-up?next=https%3A%2F%2Fapp.example.com%2Fin");
    let answer = browser.get(&page).await;
    assert!(answer.body.contains(r#"name="next" value="https://app.example.com/in""#), "{}", answer.body);
    let next = [("next", next)];
    assert_eq!(browser.post("set-up-totp", &next).await.header("location"), page);
    let answer = browser.get(&page).await;
    assert!(answer.body.contains(r#"name="next" value="https://app.example.com/in""#), "{}", answer.body);
    let phone = crate::factors::app::Phone::with_key(&app, &crate::factors::app::key(&answer.body));
    let wrong = [("code", "000000"), next[0]];
    assert_eq!(browser.post("confirm-totp", &wrong).await.header("location"), page);
    assert!(browser.page(&page).await.contains("This code isn’t right"));
    let code = phone.code();
    let codes = browser.post("confirm-totp", &[("code", &code), next[0]]).await.header("location").to_owned();
    assert_eq!(codes, "/account/recovery-codes?next=https%3A%2F%2Fapp.example.com%2Fin");
    assert!(browser.page(&codes).await.contains(r#"href="https://app.example.com/in""#));
}

#[tokio::test]
async fn foreign_next_page_is_dropped() {
    let app = required().await;
    let browser = restricted(&app).await;
    for next in ["https://evil.example", "//evil.example", "javascript:alert(1)"] {
        let answer = browser.post("set-up-totp", &[("next", next)]).await;
        assert_eq!(answer.header("location"), SET_UP, "{next}");
        let page = browser.page(&format!("{SET_UP}?next={next}")).await;
        assert!(!page.contains("evil.example") && !page.contains("javascript"), "{next}");
    }
}

#[tokio::test]
async fn old_restricted_session_needs_the_password() {
    let app = required().await;
    let browser = restricted(&app).await;
    app.wait(Duration::from_mins(16));
    assert!(browser.page(SET_UP).await.contains(r#"id="set-up-password""#));
    for (password, error) in
        [("", "Enter your current password."), (WRONG_PASSWORD, "This isn’t your current password.")]
    {
        let answer = browser.post("set-up-totp", &[("current_password", password)]).await;
        assert_eq!(answer.header("location"), SET_UP);
        assert!(browser.page(SET_UP).await.contains(error), "{password}");
    }
    assert_eq!(count(&app, "totp_factors").await, 0);
    browser.post("set-up-totp", &[("current_password", PASSWORD)]).await;
    assert_eq!(count(&app, "totp_factors").await, 1);
}

#[tokio::test]
async fn restricted_session_signs_out() {
    let app = required().await;
    let browser = restricted(&app).await;
    begin(&app, &browser).await;
    assert_eq!(browser.post("sign-out", &[]).await.header("location"), "/sign-in");
    assert_eq!((browser.cookie(SESSION), count(&app, "sessions WHERE ended_at IS NULL").await), (None, 0));
    assert_eq!(browser.get(SET_UP).await.header("location"), "/sign-in");
}

#[tokio::test]
async fn set_up_that_took_too_long_begins_again() {
    let app = required().await;
    let browser = restricted(&app).await;
    let phone = begin(&app, &browser).await;
    app.wait(Duration::from_mins(15));
    let answer = browser.post("confirm-totp", &[("code", &phone.code())]).await;
    assert_eq!(answer.header("location"), SET_UP);
    assert!(browser.page(SET_UP).await.contains("The set-up took too long. Begin again."));
    assert_restricted(&browser).await;
}

#[tokio::test]
async fn other_users_are_not_affected_by_default() {
    let app = TestApp::new().await;
    let browser = Browser::new(&app);
    assert_eq!(browser.sign_up(ADA).await.header("location"), "/account");
    assert!(browser.is_signed_in().await);
    assert_eq!(browser.get(SET_UP).await.header("location"), "/account");
    assert_eq!(Browser::new(&app).get(SET_UP).await.header("location"), "/sign-in");
}
