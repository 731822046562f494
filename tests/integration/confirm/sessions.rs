//! What a confirmation changes: how and when the user of this session signed in, and nothing else.

use std::time::Duration;

use serde_json::json;

use super::app::{
    ADA, FRESH, SECURITY, app, by_mail, confirm, give_mail_code, give_password, next_code, refused, with_password,
    with_password_and_app,
};
use crate::support::{
    PASSWORD,
    browser::{ACCESS, Browser, SESSION},
    records::{count, details, texts},
    tokens::sign_in_of_browser,
};

#[tokio::test]
async fn only_a_proof_changes_how_and_when() {
    let app = app().await;
    let browser = with_password(&app).await;
    assert!(browser.is_signed_in().await, "renewed");
    let before = sign_in_of_browser(&browser);
    let label = refused(&browser, "set-up-totp", &[]).await;
    assert_eq!(sign_in_of_browser(&browser), before, "a refused form");
    app.wait(Duration::from_secs(30));
    let [session, access] = [SESSION, ACCESS].map(|name| browser.cookie(name));
    give_password(&browser, &label).await;
    let confirmed = (app.now().seconds(), json!(["pwd"]), "aal1".to_owned());
    assert_eq!(sign_in_of_browser(&browser), confirmed);
    assert_eq!(browser.cookie(SESSION), session, "the same session");
    assert_ne!(browser.cookie(ACCESS), access);
    for _ in 0..3 {
        app.wait(Duration::from_mins(20));
        assert!(browser.is_signed_in().await);
        assert_eq!(sign_in_of_browser(&browser), confirmed, "a renewal");
    }
    assert_ne!(browser.cookie(SESSION), session, "renewed");
    assert_eq!(details(&app, "authn_reauthenticated").await, [Some("password".to_owned())]);
    assert!(browser.page("/account/activity").await.contains("Identity confirmed"));
}

#[tokio::test]
async fn other_sessions_stay_as_they_are() {
    let app = app().await;
    let other = with_password(&app).await;
    let browser = Browser::new(&app);
    browser.sign_in(ADA, PASSWORD).await;
    app.wait(FRESH);
    let label = refused(&browser, "set-up-totp", &[]).await;
    let sessions = "sessions WHERE auth_time = created_at";
    assert_eq!(count(&app, "sessions").await - count(&app, sessions).await, 0);
    give_password(&browser, &label).await;
    assert_eq!(count(&app, "sessions").await - count(&app, sessions).await, 1);
    refused(&other, "set-up-totp", &[]).await;
}

#[tokio::test]
async fn lifetimes_of_the_session_stay() {
    let app = app().await;
    let browser = by_mail(&app).await;
    let label = refused(&browser, "set-up-totp", &[]).await;
    let columns = ["absolute_expires_at", "idle_expires_at", "generation", "last_seen_at"];
    let before = texts(&app, "sessions", &columns).await;
    give_mail_code(&app, &browser, &label).await;
    assert_eq!(texts(&app, "sessions", &columns).await, before);
}

#[tokio::test]
async fn confirmation_keeps_a_renewal_of_its_request() {
    let app = app().await;
    let browser = with_password(&app).await;
    let label = refused(&browser, "set-up-totp", &[]).await;
    // The access token is in the last third of its lifetime.
    app.wait(Duration::from_mins(12));
    let session = browser.cookie(SESSION);
    give_password(&browser, &label).await;
    assert_ne!(browser.cookie(SESSION), session, "the next session token");
    assert_eq!(sign_in_of_browser(&browser).0, app.now().seconds());
    app.wait(Duration::from_hours(1));
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn strength_is_that_of_the_proof() {
    let app = app().await;
    let ada = with_password_and_app(&app).await;
    let label = refused(&ada.browser, "request-email-change", &[("email", "grace@example.org")]).await;
    let code = next_code(&app, &ada);
    let answer = confirm(&ada.browser, &label, &[("current_password", PASSWORD), ("code", &code)]).await;
    assert_eq!(answer.header("location"), SECURITY);
    let now = app.now().seconds();
    assert_eq!(sign_in_of_browser(&ada.browser), (now, json!(["pwd", "otp", "mfa"]), "aal2".to_owned()));
    app.wait(FRESH);
    let label = refused(&ada.browser, "renew-recovery-codes", &[]).await;
    let recovery = &ada.codes[0];
    let answer = confirm(&ada.browser, &label, &[("current_password", PASSWORD), ("code", recovery)]).await;
    assert_eq!(answer.header("location"), "/account/recovery-codes");
    let now = app.now().seconds();
    assert_eq!(sign_in_of_browser(&ada.browser), (now, json!(["pwd", "recovery", "mfa"]), "aal2".to_owned()));
}

#[tokio::test]
async fn password_changed_meanwhile_ends_the_session() {
    let app = app().await;
    let browser = with_password(&app).await;
    let label = refused(&browser, "set-up-totp", &[]).await;
    let other = Browser::new(&app);
    other.sign_in(ADA, PASSWORD).await;
    let change = [("current_password", PASSWORD), ("new_password", crate::support::NEW_PASSWORD)];
    other.post("change-password", &change).await;
    assert_eq!(give_password(&browser, &label).await, "/sign-in?next=%2Faccount%2Fconfirm");
    assert_eq!(count(&app, "totp_factors").await, 0);
}
